/* export: the events with all their fields, for programs that make figures of their own. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/csv.h"
#include "ctl/print.h"
#include "ctl/trail.h"
#include "wire/emit.h"
#include "wire/trail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of the CSV form, after `seq`. New ones are added before the last two; the hash ends every event. */
static const char *const columns[] = {
	"type",    "at",     "by",       "role",    "unit",      "index",      "status",  "rev",   "deadline",   "deal",
	"holder",  "why",    "catalog",  "buyer",   "price_fen", "slip",       "receipt", "kind",  "amount_fen", "paid_fen",
	"late",    "result", "contract", "request", "to",        "refund_fen", "from",    "count", "set",        "uuid",
	"version", "added",  "changed",  "was",     "val",       "before",     "more",    "hash",
};

enum { COLUMNS = sizeof columns / sizeof columns[0], MORE = COLUMNS - 2 };

struct export_run {
	bool csv;
	struct buf out;
};

/* All values of a column, for some fields stand several times in an event (`set`); joined by commas. */
static void values_of(const struct trail_entry *e, const char *column, struct buf *out)
{
	for (size_t i = 0; i < e->count; i++) {
		if (strcmp(trail_outside_name(e->fields[i].name), column) != 0)
			continue;
		if (out->len_bytes > 0)
			buf_addc(out, ',');
		trail_put_text(out, &e->fields[i]);
	}
}

static void put_ndjson(struct buf *out, const struct trail_entry *e)
{
	encode_trail_entry(out, e);
	buf_addc(out, '\n');
}

/* --- CSV */

static bool has_column(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (i != MORE && strcmp(columns[i], name) == 0)
			return true;
	return false;
}

/* What a later version writes and this one has no column for, as JSON; nothing when there is none. */
static void more_of(const struct trail_entry *e, struct buf *out)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	for (size_t i = 0; i < e->count; i++)
		if (!has_column(trail_outside_name(e->fields[i].name)))
			emit_text(&j, e->fields[i].name, e->fields[i].value);
	emit_close(&j, '}');
	if (j.b.len_bytes > 2)
		buf_add(out, j.b.data, j.b.len_bytes);
	buf_fini(&j.b);
}

static void put_csv(struct buf *out, const struct trail_entry *e)
{
	struct buf value = { 0 };

	buf_addi(out, e->seq);
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_clear(&value);
		if (i == MORE)
			more_of(e, &value);
		else
			values_of(e, columns[i], &value);
		buf_addc(out, ',');
		csv_put_cell(out, buf_str(&value));
	}
	buf_adds(out, "\r\n");
	buf_fini(&value);
}

static void put_heads(struct buf *out)
{
	buf_adds(out, "seq");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(out, ",%s", columns[i]);
	buf_adds(out, "\r\n");
}

/* --- the verb */

static void show(void *ctx, const struct trail_entry *e)
{
	struct export_run *x = ctx;

	if (x->csv)
		put_csv(&x->out, e);
	else
		put_ndjson(&x->out, e);
	fwrite(x->out.data, 1, x->out.len_bytes, stdout);
	buf_clear(&x->out);
}

static int read_seq(const struct ctl *c, const char *option, int64_t *out)
{
	const char *text = ctl_option(c, option);

	if (!text)
		return 0;
	if (text[0] == '\0' || strlen(text) > 15 || text[strspn(text, "0123456789")] || strtoll(text, NULL, 10) < 1)
		return ctl_fail(CTL_USAGE, "--%s %s is no event number", option, text);
	*out = strtoll(text, NULL, 10);
	return 0;
}

int verb_export(struct ctl *c)
{
	const char *format = ctl_option(c, "format"), *project = ctl_option(c, "project");
	struct export_run x = { .csv = format && strcmp(format, "csv") == 0 };
	int64_t from = 1, to = INT64_MAX, last = 0;
	int status;

	if (format && !x.csv && strcmp(format, "ndjson") != 0)
		return ctl_fail(CTL_USAGE, "--format %s: there are ndjson and csv", format);
	if ((status = read_seq(c, "from", &from)) != 0 || (status = read_seq(c, "to", &to)) != 0 ||
	    (status = ctl_connect(c)) != 0 || (status = ctl_trail_end(c, project, &last)) != 0)
		return status;
	if (x.csv) {
		put_heads(&x.out);
		fwrite(x.out.data, 1, x.out.len_bytes, stdout);
		buf_clear(&x.out);
	}
	status = ctl_trail_read(c, project, from, to < last ? to : last, show, &x);
	buf_fini(&x.out);
	return status;
}
