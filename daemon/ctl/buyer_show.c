#include "ctl/buyer_show.h"

#include "core/person.h"

#include <stdio.h>

static void show_columns(const struct buyer_file *f)
{
	struct print_table t;

	printf("\nheader in row %u\n", f->header->number);
	print_table_init(&t, "  column|header|taken for");
	for (size_t i = 0; i < f->header->count; i++) {
		const char *meaning = "not imported";
		char column[8];

		for (int field = 0; field < f->fields; field++)
			if (f->column[field] == (int)i)
				meaning = buyer_field_name((enum buyer_field)field);
		table_column_name(i, column);
		print_cellf(&t, "  %s", column);
		print_cell(&t, f->header->cells[i]);
		print_cell(&t, meaning);
	}
	print_table_show(&t);
}

static const char *text_or(const char *text) { return text ? text : ""; }

void buyer_show_file(const struct buyer_file *f, const char *path)
{
	printf("%s: %s%s%s\n", path, f->file.format, f->file.encoding[0] ? ", " : "", f->file.encoding);
	if (f->header)
		show_columns(f);
}

void buyer_show_problems(const struct buyer_file *f)
{
	fflush(stdout);
	for (size_t i = 0; i < f->problem_count; i++) {
		const struct buyer_problem *p = &f->problems[i];
		char column[8] = "";

		if (p->column >= 0)
			table_column_name((size_t)p->column, column);
		if (p->row)
			fprintf(stderr, "problem: row %u%s%s: %s\n", p->row, column[0] ? ", column " : "", column, p->what);
		else
			fprintf(stderr, "problem: the file: %s\n", p->what);
	}
}

void buyer_emit_file(struct emit *j, const struct buyer_file *f, const char *path)
{
	if (path)
		emit_text(j, "file", path);
	emit_text(j, "format", text_or(f->file.format));
	emit_text(j, "encoding", text_or(f->file.encoding));
	emit_open(j, "columns", '{');
	for (int field = 0; f->header && field < f->fields; field++)
		if (f->column[field] >= 0)
			emit_text(j, buyer_field_name((enum buyer_field)field), f->header->cells[f->column[field]]);
	emit_close(j, '}');
	emit_int(j, "buyers", (int64_t)f->count);
	emit_open(j, "problems", '[');
	for (size_t i = 0; i < f->problem_count; i++) {
		char column[8] = "";

		if (f->problems[i].column >= 0)
			table_column_name((size_t)f->problems[i].column, column);
		emit_open(j, NULL, '{');
		emit_int(j, "row", f->problems[i].row);
		emit_text(j, "column", column);
		emit_text(j, "what", f->problems[i].what);
		emit_close(j, '}');
	}
	emit_close(j, ']');
	emit_int(j, "problem_count", (int64_t)f->problem_count);
}

static void emit_row(struct emit *j, const struct buyer_row *r)
{
	char phone[PERSON_BYTES], card[PERSON_BYTES];

	person_mask_phone(text_or(r->b.phone), phone);
	person_mask_card(text_or(r->b.card), card);
	emit_open(j, NULL, '{');
	emit_int(j, "row", r->number);
	emit_text(j, "name", text_or(r->b.name));
	emit_text(j, "phone", phone);
	emit_text(j, "card", card);
	emit_text(j, "level", text_or(r->b.level));
	emit_text(j, "consultant", text_or(r->b.consultant));
	emit_text(j, "qualification", text_or(r->b.qualification));
	if (r->group)
		emit_text(j, "group", r->group);
	if (r->draw)
		emit_text(j, "draw", r->draw);
	emit_close(j, '}');
}

void buyer_emit_first(struct emit *j, const struct buyer_file *f)
{
	emit_open(j, "first", '[');
	for (size_t i = 0; i < f->count && i < BUYER_FIRST_ROWS; i++)
		emit_row(j, &f->rows[i]);
	emit_close(j, ']');
}

void buyer_show_strangers(const struct buyer_strangers *s)
{
	fflush(stdout);
	for (size_t i = 0; i < s->count; i++)
		fprintf(stderr, "note: row %u: there is no account %s; its buyers are seen by the office only\n",
		        s->rows[i]->number, s->rows[i]->b.consultant);
}

void buyer_emit_strangers(struct emit *j, const struct buyer_strangers *s)
{
	emit_open(j, "unknown_consultants", '[');
	for (size_t i = 0; i < s->count; i++) {
		emit_open(j, NULL, '{');
		emit_int(j, "row", s->rows[i]->number);
		emit_text(j, "consultant", s->rows[i]->b.consultant);
		emit_close(j, '}');
	}
	emit_close(j, ']');
}
