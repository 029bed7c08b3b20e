/* export: the events with all their fields, for programs that make figures of their own. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"
#include "ctl/trail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of the CSV form, after `seq`. New ones are added before the last two; the hash ends every event. */
static const char *const columns[] = {
	"t",   "at",  "by",     "role",  "u",     "i",   "st",   "rev",     "dl",    "deal",    "hold",   "on",
	"why", "cat", "b",      "price", "slip",  "no",  "kind", "fen",     "paid",  "late",    "result", "contract",
	"req", "to",  "refund", "from",  "count", "set", "uuid", "version", "added", "changed", "more",   "h",
};

enum { COLUMNS = sizeof columns / sizeof columns[0], MORE = COLUMNS - 2 };

/* Fields that are written as JSON numbers; what only looks like a number (a slip, a receipt) is a name. */
static const char *const numbers[] = { "at",   "i",      "rev",   "dl",      "price", "fen",    "paid",
	                                   "late", "refund", "count", "version", "added", "changed" };

struct export_run {
	bool csv;
	struct buf out;
};

static bool is_number(const char *name, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || digits > 16 || value[digits])
		return false;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (strcmp(numbers[i], name) == 0)
			return true;
	return false;
}

/* All values of a field, for some stand several times in an event (`set`); joined by commas. False when it has none. */
static bool values_of(const struct trail_event *e, const char *name, struct buf *out)
{
	bool found = false;

	for (size_t i = 0; i < e->count; i++) {
		if (strcmp(e->fields[i].name, name) != 0)
			continue;
		if (found)
			buf_addc(out, ',');
		buf_adds(out, e->fields[i].value);
		found = true;
	}
	return found;
}

static bool stands_before(const struct trail_event *e, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(e->fields[i].name, e->fields[at].name) == 0)
			return true;
	return false;
}

/* The fields of an event as members of an object; `wanted` NULL for all. */
static void put_members(struct emit *j, const struct trail_event *e, bool (*wanted)(const char *name))
{
	struct buf value = { 0 };

	for (size_t i = 0; i < e->count; i++) {
		const char *name = e->fields[i].name;

		if (stands_before(e, i) || (wanted && !wanted(name)))
			continue;
		buf_clear(&value);
		values_of(e, name, &value);
		if (is_number(name, buf_str(&value)))
			emit_int(j, name, strtoll(buf_str(&value), NULL, 10));
		else
			emit_text(j, name, buf_str(&value));
	}
	buf_fini(&value);
}

static void put_ndjson(struct buf *out, const struct trail_event *e)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_int(&j, "seq", e->seq);
	put_members(&j, e, NULL);
	emit_close(&j, '}');
	buf_add(out, j.b.data, j.b.len_bytes);
	buf_addc(out, '\n');
	buf_fini(&j.b);
}

/* --- CSV (RFC 4180) */

/* A spreadsheet takes a cell that begins like this for a formula; an apostrophe makes it text. */
static bool looks_like_formula(const char *text) { return *text && strchr("=+-@\t\r", *text); }

static void put_cell(struct buf *out, const char *text)
{
	bool quoted = text[strcspn(text, "\",\r\n")] != '\0';

	if (quoted)
		buf_addc(out, '"');
	if (looks_like_formula(text))
		buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	if (quoted)
		buf_addc(out, '"');
}

static bool has_no_column(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (i != MORE && strcmp(columns[i], name) == 0)
			return false;
	return true;
}

/* What a later version writes and this one has no column for, as JSON; nothing when there is none. */
static void more_of(const struct trail_event *e, struct buf *out)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	put_members(&j, e, has_no_column);
	emit_close(&j, '}');
	if (j.b.len_bytes > 2)
		buf_add(out, j.b.data, j.b.len_bytes);
	buf_fini(&j.b);
}

static void put_csv(struct buf *out, const struct trail_event *e)
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
		put_cell(out, buf_str(&value));
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

static void show(void *ctx, const struct trail_event *e)
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
