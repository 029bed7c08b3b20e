/* do, deals, queue, thaw: the way of a deal from the command line. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"
#include "listing/decimal.h"
#include "wire/command_table.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- do: any command of the contract */

static int unknown_command(const char *name)
{
	const struct command_row *row;

	fprintf(stderr, "listingctl: there is no command %s; there are\n", name);
	for (size_t i = 0; (row = command_at(i)); i++) {
		if (!row->function || !row->args[0].name)
			continue;
		fprintf(stderr, "  %-16s", row->cmd);
		for (size_t a = 0; a < COMMAND_ARGS_MAX && row->args[a].name; a++)
			if (row->args[a].kind != ARG_NONE)
				fprintf(stderr, " %s=", row->args[a].name);
		fputc('\n', stderr);
	}
	return CTL_USAGE;
}

/* The value that the command line gives an argument; NULL when it does not. */
static const char *given(const struct ctl *c, const char *name)
{
	size_t bytes = strlen(name);

	for (size_t i = 1; i < c->count; i++)
		if (strncmp(c->arguments[i], name, bytes) == 0 && c->arguments[i][bytes] == '=')
			return c->arguments[i] + bytes + 1;
	return NULL;
}

static int check_names(const struct ctl *c, const struct command_row *row)
{
	for (size_t i = 1; i < c->count; i++) {
		size_t bytes = strcspn(c->arguments[i], "=");
		bool known = false;

		for (size_t a = 0; a < COMMAND_ARGS_MAX && row->args[a].name; a++)
			known |= row->args[a].kind != ARG_NONE && strlen(row->args[a].name) == bytes &&
			         strncmp(row->args[a].name, c->arguments[i], bytes) == 0;
		if (!known || c->arguments[i][bytes] != '=')
			return ctl_fail(CTL_USAGE, "%s takes no %s", row->cmd, c->arguments[i]);
	}
	return 0;
}

static int take_argument(const struct ctl *c, const struct command_row *row, const struct command_arg *a,
                         const char **out)
{
	const char *value = a->kind == ARG_NONE ? NULL : given(c, a->name);
	bool must = a->kind == ARG_TEXT || a->kind == ARG_INT || a->kind == ARG_DECISION;

	if (must && (!value || !*value))
		return ctl_fail(CTL_USAGE, "%s needs %s=…", row->cmd, a->name);
	*out = value ? value : "";
	if (a->kind == ARG_DECISION) {
		if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
			return ctl_fail(CTL_USAGE, "%s must be true or false", a->name);
		*out = strcmp(value, "true") == 0 ? "yes" : "no";
	}
	return 0;
}

static void show_pairs(const struct ctl *c, const struct reply *r)
{
	struct emit j = { 0 };

	if (!c->json) {
		for (size_t i = 1; i + 1 < r->count; i += 2)
			printf("%s%s %s", i > 1 ? ", " : "", reply_text(r, i), reply_text(r, i + 1));
		putchar('\n');
		return;
	}
	emit_open(&j, NULL, '{');
	for (size_t i = 1; i + 1 < r->count; i += 2)
		emit_text(&j, reply_text(r, i), reply_text(r, i + 1));
	emit_close(&j, '}');
	emit_show(&j);
}

int verb_do(struct ctl *c)
{
	const struct command_row *row = command_find(c->arguments[0]);
	const char *args[COMMAND_ARGS_MAX];
	size_t n = 0;
	int status;

	if (!row || !row->function)
		return unknown_command(c->arguments[0]);
	if (!row->args[0].name)
		return ctl_fail(CTL_USAGE, "%s is no command for `do`: see listingctl buyer add --help, account add --help",
		                row->cmd);
	if ((status = check_names(c, row)) != 0)
		return status;
	for (; n < COMMAND_ARGS_MAX && row->args[n].name; n++)
		if ((status = take_argument(c, row, &row->args[n], &args[n])) != 0)
			return status;
	if ((status = ctl_connect(c)) != 0)
		return status;
	struct reply *r = ctl_write(c, row->function, ctl_option(c, "project"), n, args, &status);
	if (r)
		show_pairs(c, r);
	reply_free(r);
	return status;
}

int verb_thaw(struct ctl *c)
{
	const char *args[] = { ctl_option(c, "reason") };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_write(c, "ld_thaw", ctl_option(c, "project"), 1, args, &status);
	if (r && !c->json)
		printf("The project takes changes again (event %s).\n", reply_get(r, 1, "seq"));
	else if (r)
		show_pairs(c, r);
	reply_free(r);
	return status;
}

/* --- deals, queue */

static const char *text_of(const struct json *j, const char *name)
{
	const char *text = json_text_of(j, name);

	return text ? text : "";
}

static int64_t whole_of(const struct json *j, const char *name)
{
	int64_t n = 0;

	return json_whole(json_member(j, name), &n) ? n : 0;
}

static void cell_fen(struct print_table *t, int64_t fen)
{
	char text[40];

	decimal_fen_text(fen, text, sizeof text);
	print_cell(t, text);
}

static void cell_time(struct print_table *t, int64_t ms)
{
	char text[40];

	print_time(ms, text, sizeof text);
	print_cell(t, text);
}

/* Where the list behind the pairs begins: after `name N`. */
static size_t list_begin(const struct reply *r, const char *name)
{
	for (size_t i = 1; i + 1 < r->count; i += 2)
		if (strcmp(reply_text(r, i), name) == 0)
			return i + 2;
	return r->count;
}

static void show_deal(struct print_table *t, const struct json *j)
{
	print_cell(t, text_of(j, "id"));
	print_cell(t, text_of(j, "unit"));
	print_cell(t, text_of(j, "buyer"));
	print_cell(t, text_of(j, "consultant"));
	print_cell(t, text_of(j, "status"));
	print_cell(t, text_of(j, "application"));
	cell_fen(t, whole_of(j, "price_fen"));
	cell_fen(t, whole_of(j, "paid_fen"));
	print_cell(t, text_of(j, "review"));
	cell_time(t, whole_of(j, "ended_ms") ? 0 : whole_of(j, "deadline"));
}

static void show_deals(const struct ctl *c, const struct reply *r)
{
	struct print_table t;
	struct emit e = { 0 };

	print_table_init(&t, "deal|unit|buyer|consultant|status|application|>price|>paid|review|until");
	emit_open(&e, NULL, '[');
	for (size_t i = list_begin(r, "deals"); i < r->count; i++) {
		struct json *j = ctl_record(reply_text(r, i));

		if (j)
			show_deal(&t, j);
		if (j)
			emit_raw(&e, NULL, reply_text(r, i));
		json_free(j);
	}
	emit_close(&e, ']');
	print_table_end(&t, !c->json);
	if (c->json)
		emit_show(&e);
	else
		buf_fini(&e.b);
}

int verb_deals(struct ctl *c)
{
	const char *consultant = ctl_option(c, "consultant");
	const char *args[] = { consultant ? consultant : "", ctl_option(c, "all") ? "all" : "open", "1000" };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_read_with(c, "ld_deals", ctl_option(c, "project"), 3, args, &status);
	if (r)
		show_deals(c, r);
	reply_free(r);
	return status;
}

static void show_item(struct print_table *t, struct emit *e, const struct reply *r, size_t i, int64_t now_ms)
{
	const char *member = reply_text(r, i);
	int64_t since_ms = strtoll(reply_text(r, i + 1), NULL, 10);
	struct json *j = ctl_record(reply_text(r, i + 2));
	char kind[24], age[40];

	snprintf(kind, sizeof kind, "%.*s", (int)strcspn(member, "|"), member);
	print_duration(now_ms - since_ms, age, sizeof age);
	print_cell(t, kind);
	print_cell(t, age);
	print_cell(t, text_of(j, "id"));
	print_cell(t, text_of(j, "unit"));
	print_cell(t, json_text_of(j, "kind") ? text_of(j, "by") : text_of(j, "consultant"));
	print_cell(t, text_of(j, "kind"));
	emit_open(e, NULL, '{');
	emit_text(e, "kind", kind);
	emit_int(e, "since", since_ms);
	if (j)
		emit_raw(e, "record", reply_text(r, i + 2));
	emit_close(e, '}');
	json_free(j);
}

int verb_queue(struct ctl *c)
{
	const char *args[] = { "application filing money unpaid refund review correction sign approval overdue" };
	struct print_table t;
	struct emit e = { 0 };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_read_with(c, "ld_queue", ctl_option(c, "project"), 1, args, &status);
	if (!r)
		return status;
	print_table_init(&t, "waits for|>since|what|unit|of|asks for");
	emit_open(&e, NULL, '[');
	for (size_t i = list_begin(r, "items"); i + 2 < r->count; i += 3)
		show_item(&t, &e, r, i, reply_get_int(r, 1, "now", 0));
	emit_close(&e, ']');
	print_table_end(&t, !c->json);
	if (c->json)
		emit_show(&e);
	else
		buf_fini(&e.b);
	reply_free(r);
	return 0;
}
