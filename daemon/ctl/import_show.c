/* What `import` shows (import.h). */
#include "ctl/import.h"

#include "base/map.h"
#include "base/mem.h"
#include "ctl/print.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_ROWS = 5, SHOWN_VANISHED = 50 };

/* What a column of the header is taken for, as people read it. */
static void column_meaning(const struct table *table, const struct mapping *m, size_t column, char *out, size_t bytes)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (m->column[f] == (int)column) {
			snprintf(out, bytes, "%s%s", field_name((enum field)f), m->times[f] > 1 ? ", in 万元" : "");
			return;
		}
		if (m->passed_over[f] == (int)column) {
			snprintf(out, bytes, "not imported: %s stands in a better column", field_name((enum field)f));
			return;
		}
	}
	if (m->layout == LAYOUT_MATRIX && mapping_is_room_column(table, m, column))
		snprintf(out, bytes, "a room: %s", field_name(m->measure));
	else
		snprintf(out, bytes, "not imported");
}

static void show_sheet(const struct table *table, const struct mapping *m)
{
	const struct table_row *header = &table->rows[m->header];
	struct print_table t;

	printf("\n%s%s is %s, header in row %u", table->name[0] ? "sheet " : "it", table->name,
	       m->layout == LAYOUT_LIST ? "a list, one row per unit"
	                                : "a matrix, one row per floor and one column per room",
	       header->number);
	if (m->layout == LAYOUT_MATRIX)
		printf("; its cells are %s (%s)", field_name(m->measure), m->measure_why);
	puts("");
	print_table_init(&t, "  column|header|taken for");
	for (size_t i = 0; i < header->count; i++) {
		char column[8], meaning[128];

		table_column_name(i, column);
		column_meaning(table, m, i, meaning, sizeof meaning);
		print_cellf(&t, "  %s", column);
		print_cell(&t, header->cells[i]);
		print_cell(&t, meaning);
	}
	print_table_show(&t);
}

static void price_text(const struct listing_unit *u, char *out, size_t bytes)
{
	decimal_fen_text(u->price_fen, out, bytes);
}

static void area_text(const struct listing_unit *u, enum field field, char *out, size_t bytes)
{
	out[0] = '\0';
	if (u->has[field])
		decimal_text(u->value[field], out, bytes);
}

static void show_first(const struct listing *l)
{
	struct print_table t;

	printf("\nthe first units, as they are understood:\n");
	print_table_init(&t, "  unit|building|entrance|>floor|>room|type|>gross m²|>inside m²|>list price 元");
	for (size_t i = 0; i < l->count && i < FIRST_ROWS; i++) {
		const struct listing_unit *u = &l->units[i];
		char gross[32], inside[32], price[40];

		area_text(u, FIELD_GROSS, gross, sizeof gross);
		area_text(u, FIELD_INSIDE, inside, sizeof inside);
		price_text(u, price, sizeof price);
		print_cellf(&t, "  %s", u->at.id);
		print_cell(&t, u->at.building), print_cell(&t, u->at.entrance), print_cell(&t, u->at.floor);
		print_cell(&t, u->at.room);
		print_cellf(&t, "%s%s", u->type, u->type_derived ? " (derived)" : "");
		print_cell(&t, gross), print_cell(&t, inside), print_cell(&t, price);
	}
	print_table_show(&t);
}

/* Units per building, in the order of the file. */
static void show_buildings(const struct listing *l)
{
	const char *last = NULL;
	size_t count = 0;

	printf("units: %zu (", l->count);
	for (size_t i = 0; i <= l->count; i++) {
		const char *now = i < l->count ? l->units[i].at.building : NULL;

		if (last && (!now || strcmp(last, now) != 0)) {
			printf("%s %zu%s", last, count, now ? ", " : "");
			count = 0;
		}
		last = now;
		count++;
	}
	puts(")");
}

static void show_sums(const struct listing *l)
{
	char sum[64], exact[64];

	decimal_fen_text(l->sum_fen, sum, sizeof sum);
	decimal_fen_text(decimal_wide_fen(l->exact_sum), exact, sizeof exact);
	puts("");
	show_buildings(l);
	printf("sum of list prices: %s 元; exact sum, rounded once at the end: %s 元\n", sum, exact);
	if (l->priced_by_area > 0)
		printf("list price of %zu units: " IMPORT_ROUNDING "\n", l->priced_by_area);
	if (l->areas_derived > 0)
		printf("gross area of %zu units: list price ÷ unit price, rounded half up to 0.01 m²\n", l->areas_derived);
	if (l->types_derived > 0)
		printf("unit type of %zu units: derived from the area, as the file has none\n", l->types_derived);
	if (l->filled_down > 0)
		printf("building of %zu rows: filled down from the merged cell above\n", l->filled_down);
}

static void show_problems(const struct listing *l)
{
	for (int error = 1; error >= 0; error--)
		for (size_t i = 0; i < l->problem_count; i++) {
			const struct listing_problem *p = &l->problems[i];
			char where[256];

			if (p->error != (bool)error)
				continue;
			listing_where(l, p, where, sizeof where);
			fprintf(error ? stderr : stdout, "%s: %s: %s\n", error ? "problem" : "note", where, p->what);
		}
	if (l->error_count > 0 && l->problem_count < l->error_count)
		fprintf(stderr, "problem: and more; %zu in all\n", l->error_count);
}

void import_show_file(const struct ctl *c, const struct listing *l)
{
	if (l->file.count > 0)
		printf("%s: %s%s%s%s%s\n", c->arguments[0], l->file.format, l->file.encoding[0] ? ", " : "", l->file.encoding,
		       l->file.delimiter[0] ? ", divided by " : "", l->file.delimiter);
	for (size_t i = 0; i < l->file.count; i++)
		if (l->mappings[i].layout != LAYOUT_NONE)
			show_sheet(&l->file.tables[i], &l->mappings[i]);
	if (l->count > 0) {
		show_first(l);
		show_sums(l);
	}
	fflush(stdout);
	show_problems(l);
}

void import_show_end(const struct ctl *c, const struct listing *l, const struct import_diff *d, int status)
{
	const char *project = ctl_option(c, "project");

	if (status == CTL_BAD_DATA) {
		fflush(stdout);
		fprintf(stderr, "listingctl: %s: %zu problem%s; nothing was changed\n", c->arguments[0], l->error_count,
		        l->error_count == 1 ? "" : "s");
		return;
	}
	if (status != 0)
		return;
	if (d->kept > 0)
		printf("note: type or area of %zu units stay as the project has them, as the file does not say them\n",
		       d->kept);
	for (size_t i = 0; i < d->vanished_count && i < SHOWN_VANISHED; i++)
		printf("note: unit %s of the project is not in the file; it stays as it is\n", d->vanished[i]);
	if (d->vanished_count > SHOWN_VANISHED)
		printf("note: and %zu more units that are not in the file\n", d->vanished_count - SHOWN_VANISHED);
	if (!d->known) {
		puts("Dry run: nothing was written. Redis is not reached, so the file was not compared with the project.");
		return;
	}
	printf("%s%s: %zu new, %zu changed, %zu unchanged, %zu not in the file%s%s.\n",
	       d->dry ? "Dry run, nothing was written; project " : "Imported into project ", project, d->added, d->changed,
	       d->unchanged, d->vanished_count, d->dry ? "" : "; catalogue version ", d->dry ? "" : d->version);
}

/* --- JSON */

static void json_sheet(struct emit *j, const struct table *table, const struct mapping *m)
{
	static const char *const layouts[] = { "none", "list", "matrix" };
	const struct table_row *header = &table->rows[m->header];

	emit_open(j, NULL, '{');
	emit_text(j, "sheet", table->name);
	emit_text(j, "layout", layouts[m->layout]);
	if (m->layout == LAYOUT_MATRIX)
		emit_text(j, "measure", field_name(m->measure));
	if (m->layout != LAYOUT_NONE) {
		emit_int(j, "header_row", header->number);
		emit_open(j, "columns", '[');
		for (size_t i = 0; i < header->count; i++) {
			char column[8], meaning[128];

			table_column_name(i, column);
			column_meaning(table, m, i, meaning, sizeof meaning);
			emit_open(j, NULL, '{');
			emit_text(j, "column", column);
			emit_text(j, "header", header->cells[i]);
			emit_text(j, "field", meaning);
			emit_close(j, '}');
		}
		emit_close(j, ']');
	}
	emit_close(j, '}');
}

static void json_problems(struct emit *j, const char *name, const struct listing *l, bool error)
{
	emit_open(j, name, '[');
	for (size_t i = 0; i < l->problem_count; i++) {
		const struct listing_problem *p = &l->problems[i];
		char column[8] = "";

		if (p->error != error)
			continue;
		if (p->column >= 0)
			table_column_name((size_t)p->column, column);
		emit_open(j, NULL, '{');
		emit_text(j, "sheet", p->sheet < l->file.count ? l->file.tables[p->sheet].name : "");
		emit_int(j, "row", p->row);
		emit_text(j, "column", column);
		emit_text(j, "what", p->what);
		emit_close(j, '}');
	}
	emit_close(j, ']');
}

static void json_diff(struct emit *j, const struct import_diff *d)
{
	emit_bool(j, "written", d->written);
	if (!d->known)
		return;
	emit_int(j, "added", (int64_t)d->added);
	emit_int(j, "changed", (int64_t)d->changed);
	emit_int(j, "unchanged", (int64_t)d->unchanged);
	emit_int(j, "kept", (int64_t)d->kept);
	emit_open(j, "vanished", '[');
	for (size_t i = 0; i < d->vanished_count; i++)
		emit_text(j, NULL, d->vanished[i]);
	emit_close(j, ']');
	if (d->written)
		emit_raw(j, "catalog_version", d->version);
}

void import_show_json(const struct ctl *c, const struct listing *l, const struct import_diff *d)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_text(&j, "project", ctl_option(c, "project"));
	if (!ctl_option(c, "nameless"))
		emit_text(&j, "file", c->arguments[0]);
	emit_text(&j, "format", l->file.count > 0 ? l->file.format : "");
	emit_text(&j, "encoding", l->file.count > 0 ? l->file.encoding : "");
	emit_text(&j, "delimiter", l->file.count > 0 ? l->file.delimiter : "");
	emit_open(&j, "sheets", '[');
	for (size_t i = 0; i < l->file.count; i++)
		if (l->file.tables[i].row_count > 0)
			json_sheet(&j, &l->file.tables[i], &l->mappings[i]);
	emit_close(&j, ']');
	emit_int(&j, "units", (int64_t)l->count);
	emit_int(&j, "sum_list_price_fen", l->sum_fen);
	emit_int(&j, "sum_exact_fen", decimal_wide_fen(l->exact_sum));
	emit_text(&j, "rounding", IMPORT_ROUNDING);
	emit_int(&j, "priced_by_area", (int64_t)l->priced_by_area);
	emit_int(&j, "areas_derived", (int64_t)l->areas_derived);
	emit_int(&j, "types_derived", (int64_t)l->types_derived);
	emit_open(&j, "first", '[');
	for (size_t i = 0; i < l->count && i < FIRST_ROWS; i++)
		emit_raw(&j, NULL, d->json[i]);
	emit_close(&j, ']');
	json_problems(&j, "problems", l, true);
	json_problems(&j, "warnings", l, false);
	emit_int(&j, "problem_count", (int64_t)l->error_count);
	emit_bool(&j, "dry_run", d->dry);
	json_diff(&j, d);
	emit_close(&j, '}');
	emit_show(&j);
}
