/* buyer import: a file of buyers into a project. What the file says is shown first; only a file without a problem goes
 * further, and then all of it or nothing. */
#include "ctl/buyer_file.h"
#include "ctl/buyers.h"
#include "ctl/print.h"

#include "base/map.h"
#include "base/mem.h"
#include "core/person.h"
#include "seal/vault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_ROWS = 5 };

struct outcome {
	bool dry, written;
	size_t added, changed;
	const char **pairs; /* id (lent) and record */
};

/* Whose number it is already: an id, or NULL. */
static const char *owner(const struct buyers *all, const struct map *index, const char *number,
                         void (*make)(const struct vault *, const char *, char[33]))
{
	char ix[33];

	if (!number || !number[0])
		return NULL;
	make(all->vault, number, ix);
	return map_get(index, ix);
}

static char *new_id(const struct buyers *all, const struct buyer *b)
{
	const char *number = b->phone ? b->phone : b->card;
	char name[VAULT_NAME_BYTES];
	char *seed = mem_printf("%s/import/%s", all->project, number);

	vault_name(all->vault, seed, name);
	vault_wipe(seed);
	return mem_printf("b%s", name);
}

/* A row without an id is the buyer who has its numbers, or a new one. */
static void find_buyer(struct buyer_file *f, const struct buyers *all, const struct map *in_file, struct buyer_row *r)
{
	const char *by_phone = owner(all, all->by_phone, r->b.phone, buyer_phone_index);
	const char *by_card = owner(all, all->by_card, r->b.card, buyer_card_index);

	if (!r->b.id) {
		r->b.id = by_phone || by_card ? mem_strdup(by_phone ? by_phone : by_card) : new_id(all, &r->b);
		if (by_phone && map_get(in_file, by_phone))
			buyer_file_problem(f, r->number, BUYER_PHONE, "buyer %s, who has this number, stands in another row",
			                   by_phone);
	}
	/* Who has the number and stands in the file, too, may be giving it up: Redis decides that. */
	if (by_phone && strcmp(by_phone, r->b.id) != 0 && !map_get(in_file, by_phone))
		buyer_file_problem(f, r->number, BUYER_PHONE, "buyer %s of the project has this telephone number", by_phone);
	if (by_card && strcmp(by_card, r->b.id) != 0 && !map_get(in_file, by_card))
		buyer_file_problem(f, r->number, BUYER_CARD, "buyer %s of the project has this card number", by_card);
}

/* Compares with the project: what is new, what differs, what is in the way. */
static void compare(struct buyer_file *f, const struct buyers *all, struct outcome *o)
{
	struct map *in_file = map_new();

	for (size_t i = 0; i < f->count; i++)
		if (f->rows[i].b.id)
			map_set(in_file, f->rows[i].b.id, &f->rows[i]);
	o->pairs = mem_calloc(f->count * 2, sizeof *o->pairs);
	for (size_t i = 0; i < f->count; i++) {
		struct buyer_row *r = &f->rows[i];
		char *json = NULL;

		find_buyer(f, all, in_file, r);
		o->added += !map_get(all->by_id, r->b.id);
		const char *bad = buyers_prepare(all, &r->b, &json);
		if (bad)
			buyer_file_problem(f, r->number, -1, "%s", bad);
		o->pairs[i * 2] = r->b.id;
		o->pairs[i * 2 + 1] = json;
	}
	map_free(in_file, NULL);
}

/* --- showing */

static void show_columns(const struct buyer_file *f)
{
	struct print_table t;

	printf("\nheader in row %u\n", f->header->number);
	print_table_init(&t, "  column|header|taken for");
	for (size_t i = 0; i < f->header->count; i++) {
		const char *meaning = "not imported";
		char column[8];

		for (int field = 0; field < BUYER_FIELDS; field++)
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

static void show_first(const struct buyer_file *f)
{
	struct print_table t;

	puts("\nthe first buyers, as they are understood (numbers masked):");
	print_table_init(&t, "  >row|id|name|phone|card|level|consultant|qualification|>tags");
	for (size_t i = 0; i < f->count && i < FIRST_ROWS; i++) {
		const struct buyer *b = &f->rows[i].b;
		char phone[PERSON_BYTES], card[PERSON_BYTES];

		person_mask_phone(text_or(b->phone), phone);
		person_mask_card(text_or(b->card), card);
		print_cellf(&t, "%u", f->rows[i].number);
		print_cell(&t, text_or(b->id)), print_cell(&t, text_or(b->name));
		print_cell(&t, phone), print_cell(&t, card), print_cell(&t, text_or(b->level));
		print_cell(&t, text_or(b->consultant)), print_cell(&t, text_or(b->qualification));
		print_cellf(&t, "%zu", b->wish_count);
	}
	print_table_show(&t);
}

static void show(const struct ctl *c, const struct buyer_file *f, const struct outcome *o)
{
	printf("%s: %s%s%s\n", c->arguments[0], f->file.format, f->file.encoding[0] ? ", " : "", f->file.encoding);
	if (f->header)
		show_columns(f);
	if (f->count)
		show_first(f);
	printf("\nbuyers: %zu\n", f->count);
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
	if (f->problem_count)
		ctl_fail(CTL_BAD_DATA, "%s: %zu problem%s; nothing was changed", c->arguments[0], f->problem_count,
		         f->problem_count == 1 ? "" : "s");
	else if (o->written)
		printf("Imported into project %s: %zu new, %zu changed, %zu unchanged.\n", ctl_option(c, "project"), o->added,
		       o->changed, f->count - o->added - o->changed);
	else if (o->dry)
		printf("Dry run, nothing was written; project %s: %zu new, %zu known.\n", ctl_option(c, "project"), o->added,
		       f->count - o->added);
}

static void show_json(const struct ctl *c, const struct buyer_file *f, const struct outcome *o)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_text(&j, "project", ctl_option(c, "project"));
	emit_text(&j, "file", c->arguments[0]);
	emit_text(&j, "format", text_or(f->file.format));
	emit_text(&j, "encoding", text_or(f->file.encoding));
	emit_open(&j, "columns", '{');
	for (int field = 0; f->header && field < BUYER_FIELDS; field++)
		if (f->column[field] >= 0)
			emit_text(&j, buyer_field_name((enum buyer_field)field), f->header->cells[f->column[field]]);
	emit_close(&j, '}');
	emit_int(&j, "buyers", (int64_t)f->count);
	emit_open(&j, "problems", '[');
	for (size_t i = 0; i < f->problem_count; i++) {
		char column[8] = "";

		if (f->problems[i].column >= 0)
			table_column_name((size_t)f->problems[i].column, column);
		emit_open(&j, NULL, '{');
		emit_int(&j, "row", f->problems[i].row);
		emit_text(&j, "column", column);
		emit_text(&j, "what", f->problems[i].what);
		emit_close(&j, '}');
	}
	emit_close(&j, ']');
	emit_bool(&j, "dry_run", o->dry);
	emit_bool(&j, "written", o->written);
	if (!f->problem_count) {
		emit_int(&j, "added", (int64_t)o->added);
		if (o->written)
			emit_int(&j, "changed", (int64_t)o->changed);
	}
	emit_close(&j, '}');
	emit_show(&j);
}

/* --- the verb */

/* A consultant is known by the account, not by the name: a buyer of nobody is seen by the office only. */
static int check_consultants(struct ctl *c, const struct buyer_file *f)
{
	int status = 0;
	struct reply *r = ctl_ask(c, &status, "HKEYS", "ld:accounts", NULL);
	struct map *known = map_new();

	for (size_t i = 0; r && i < r->count; i++)
		map_set(known, reply_text(r, i), r);
	for (size_t i = 0; r && i < f->count; i++) {
		const char *consultant = f->rows[i].b.consultant;

		if (!consultant || !consultant[0] || map_get(known, consultant))
			continue;
		fprintf(stderr, "note: row %u: there is no account %s; its buyers are seen by the office only\n",
		        f->rows[i].number, consultant);
		map_set(known, consultant, r); /* said once */
	}
	map_free(known, NULL);
	reply_free(r);
	return status;
}

static int write_all(struct ctl *c, const struct buyer_file *f, struct outcome *o)
{
	int status = 0;
	struct reply *r = ctl_write(c, "ld_buyer_put", ctl_option(c, "project"), f->count * 2, o->pairs, &status);

	if (r) {
		o->written = true;
		o->added = (size_t)reply_get_int(r, 1, "added", 0);
		o->changed = (size_t)reply_get_int(r, 1, "changed", 0);
	}
	reply_free(r);
	return status;
}

static int import(struct ctl *c, struct buyer_file *f, struct outcome *o)
{
	struct buyers all = { 0 };
	int status = ctl_connect(c);

	if (status == 0)
		status = buyers_read(c, &all);
	if (status == 0) {
		compare(f, &all, o);
		if (f->problem_count)
			status = CTL_BAD_DATA;
		else
			status = check_consultants(c, f);
		if (status == 0 && !o->dry)
			status = write_all(c, f, o);
	}
	buyers_fini(&all);
	return status;
}

int verb_buyer_import(struct ctl *c)
{
	struct outcome o = { .dry = ctl_option(c, "dry-run") != NULL };
	struct buyer_file f;

	if (access(c->arguments[0], R_OK) != 0)
		return ctl_fail(CTL_IO, "%s: %s", c->arguments[0], strerror(errno));
	int status = buyer_file_read(c->arguments[0], &f) == 0 ? 0 : CTL_BAD_DATA;
	if (status == 0)
		status = import(c, &f, &o);
	if (status == 0 || status == CTL_BAD_DATA)
		(c->json ? show_json : show)(c, &f, &o);
	for (size_t i = 0; o.pairs && i < f.count; i++)
		mem_free((void *)(uintptr_t)o.pairs[i * 2 + 1]);
	mem_free(o.pairs);
	buyer_file_fini(&f);
	return status;
}
