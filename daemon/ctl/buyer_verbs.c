/* buyer add, buyer import. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"
#include "listing/normalise.h"
#include "listing/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS = 5, MAX_NAMES = 4, MAX_BUYERS = 20000 };

/* A buyer's fields, in the order of the record, and what a header may call them. */
static const struct buyer_field {
	const char *name, *header[MAX_NAMES];
} fields[FIELDS] = {
	{ "id", { "id", "编号", "客户编号", "客户id" } },
	{ "name", { "name", "姓名", "客户姓名", "客户" } },
	{ "phone", { "phone", "电话", "手机", "手机号" } },
	{ "level", { "level", "级别", "客户级别", "等级" } },
	{ "consultant", { "consultant", "置业顾问", "顾问", "销售" } },
};

static char *record(const char *const values[FIELDS])
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	for (size_t i = 0; i < FIELDS; i++)
		emit_text(&j, fields[i].name, values[i] ? values[i] : "");
	emit_close(&j, '}');
	return buf_take(&j.b);
}

/* Sends pairs of id and record. */
static int put(struct ctl *c, size_t argc, const char *const *argv)
{
	int status = ctl_connect(c);
	struct reply *r = status == 0 ? ctl_write(c, "ld_buyer_put", ctl_option(c, "project"), argc, argv, &status) : NULL;
	struct emit j = { 0 };

	if (!r)
		return status;
	if (c->json) {
		emit_open(&j, NULL, '{');
		emit_int(&j, "count", reply_get_int(r, 1, "count", 0));
		emit_close(&j, '}');
		emit_show(&j);
	} else {
		printf("%lld buyers stored.\n", (long long)reply_get_int(r, 1, "count", 0));
	}
	reply_free(r);
	return 0;
}

int verb_buyer_add(struct ctl *c)
{
	const char *const values[FIELDS] = { c->arguments[0], ctl_option(c, "name"), ctl_option(c, "phone"),
		                                 ctl_option(c, "level"), ctl_option(c, "consultant") };
	char *json = record(values);
	const char *args[] = { c->arguments[0], json };
	int status = put(c, 2, args);

	mem_free(json);
	return status;
}

/* --- from a file */

/* The column of each field; a name that is not there is a problem. */
static int find_columns(const char *path, const struct table_row *header, int column[FIELDS])
{
	int status = 0;

	for (size_t f = 0; f < FIELDS; f++) {
		column[f] = -1;
		for (size_t i = 0; i < header->count; i++) {
			char name[64], unit[64];

			normalise_name(header->cells[i], name, sizeof name, unit, sizeof unit);
			for (size_t n = 0; n < MAX_NAMES && column[f] < 0; n++)
				if (strcmp(fields[f].header[n], name) == 0)
					column[f] = (int)i;
		}
		if (column[f] < 0)
			status = ctl_fail(CTL_BAD_DATA, "%s: row %u names no column %s (%s)", path, header->number, fields[f].name,
			                  fields[f].header[1]);
	}
	return status;
}

static int read_row(const char *path, const struct table_row *row, const int column[FIELDS], const char **pair)
{
	char *clean[FIELDS];
	int status = 0;

	for (size_t f = 0; f < FIELDS; f++)
		clean[f] = normalise_text(table_cell(row, (size_t)column[f]));
	if (!clean[0][0] || !clean[1][0])
		status = ctl_fail(CTL_BAD_DATA, "%s: row %u: a buyer needs an id and a name", path, row->number);
	pair[0] = mem_strdup(clean[0]);
	pair[1] = record((const char *const *)clean);
	for (size_t f = 0; f < FIELDS; f++)
		mem_free(clean[f]);
	return status;
}

static int import(struct ctl *c, const char *path, const struct table *table)
{
	int column[FIELDS], status;

	if (table->row_count < 2 || table->row_count > MAX_BUYERS)
		return ctl_fail(CTL_BAD_DATA, "%s: it has a header and 1 to %d buyers", path, MAX_BUYERS);
	if ((status = find_columns(path, &table->rows[0], column)) != 0)
		return status;
	size_t count = (table->row_count - 1) * 2;
	const char **args = mem_calloc(count, sizeof *args);
	for (size_t r = 1; r < table->row_count; r++) {
		int wrong = read_row(path, &table->rows[r], column, &args[(r - 1) * 2]);
		status = wrong != 0 ? wrong : status;
	}
	if (status == 0)
		status = put(c, count, args);
	for (size_t i = 0; i < count; i++)
		mem_free((void *)(uintptr_t)args[i]);
	mem_free(args);
	return status;
}

int verb_buyer_import(struct ctl *c)
{
	const char *path = c->arguments[0];
	struct table_file file;
	char why[TABLE_WHY];

	if (access(path, R_OK) != 0)
		return ctl_fail(CTL_IO, "%s: %s", path, strerror(errno));
	if (table_read(path, &file, why) != 0)
		return ctl_fail(CTL_BAD_DATA, "%s: %s", path, why);
	int status = import(c, path, &file.tables[0]);
	table_file_fini(&file);
	return status;
}
