/* hook list, hook dead, hook retry, hook skip: what is told to other systems, and what they did not take. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is listed of dead letters at a time; more would be a job for a program, with --json. */
#define DEAD_MAX "1000"

/* A plain read of one of the project's keys. */
static struct reply *ask_key(struct ctl *c, int *status, const char *command, const char *suffix, const char *more)
{
	char *key = ctl_key(ctl_option(c, "project"), suffix);
	struct reply *r = ctl_ask(c, status, command, key, more, NULL);

	mem_free(key);
	return r;
}

static int64_t last_seq(struct ctl *c, int *status)
{
	struct reply *r = ask_key(c, status, "HGET", ":meta", "seq");
	int64_t seq = -1;

	if (r && r->kind == REPLY_TEXT)
		seq = strtoll(r->text, NULL, 10);
	else if (r)
		*status = ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", ctl_option(c, "project"));
	reply_free(r);
	return seq;
}

/* --- hook list */

struct listing {
	struct print_table table;
	struct emit json;
};

static void show_target(struct ctl *c, struct listing *out, const char *target, const struct reply *h, int64_t last)
{
	int64_t seq = reply_get_int(h, 0, "seq", 0), tries = reply_get_int(h, 0, "tries", 0);
	const char *kind = reply_get(h, 0, "kind");

	if (c->json) {
		emit_open(&out->json, NULL, '{');
		emit_text(&out->json, "target", target);
		emit_text(&out->json, "kind", kind ? kind : "");
		emit_int(&out->json, "seq", seq);
		emit_int(&out->json, "lag", last - seq);
		emit_int(&out->json, "tries", tries);
		emit_close(&out->json, '}');
		return;
	}
	print_cell(&out->table, target);
	print_cell(&out->table, kind ? kind : "-");
	print_cellf(&out->table, "%lld", (long long)seq);
	print_cellf(&out->table, "%lld", (long long)(last - seq));
	print_cellf(&out->table, "%lld", (long long)tries);
}

static int list_targets(struct ctl *c, struct listing *out, int64_t last)
{
	int status = 0;
	struct reply *names = ask_key(c, &status, "SMEMBERS", ":hooks", NULL);

	for (size_t i = 0; names && i < names->count && status == 0; i++) {
		char *suffix = mem_printf(":hook:%s", reply_text(names, i));
		struct reply *h = ask_key(c, &status, "HGETALL", suffix, NULL);

		if (h)
			show_target(c, out, reply_text(names, i), h, last);
		reply_free(h);
		mem_free(suffix);
	}
	reply_free(names);
	return status;
}

int verb_hook_list(struct ctl *c)
{
	struct listing out = { 0 };
	int status = ctl_connect(c);
	int64_t last = status == 0 ? last_seq(c, &status) : 0;

	if (status != 0)
		return status;
	if (c->json) {
		emit_open(&out.json, NULL, '{');
		emit_int(&out.json, "seq", last);
		emit_open(&out.json, "targets", '[');
	} else {
		print_table_init(&out.table, "target|kind|>told up to|>behind|>tries");
	}
	status = list_targets(c, &out, last);
	if (c->json) {
		emit_close(&out.json, ']');
		emit_close(&out.json, '}');
		emit_show(&out.json);
	} else {
		print_table_end(&out.table, status == 0);
	}
	return status;
}

/* --- hook dead */

static struct reply *read_dead(struct ctl *c, int *status)
{
	char *key = ctl_key(ctl_option(c, "project"), ":dead");
	struct reply *r = ctl_ask(c, status, "XRANGE", key, "-", "+", "COUNT", DEAD_MAX, NULL);

	mem_free(key);
	return r;
}

static const char *or_empty(const char *text) { return text ? text : ""; }

/* Whether a dead letter is of the target that --target names, if it names one. */
static bool is_asked_for(const struct ctl *c, const struct reply *letter)
{
	const char *target = ctl_option(c, "target");

	return letter->count == 2 && (!target || strcmp(or_empty(reply_get(&letter->items[1], 0, "target")), target) == 0);
}

static void show_letter(struct ctl *c, struct listing *out, const struct reply *letter)
{
	const struct reply *fields = &letter->items[1];
	const char *target = or_empty(reply_get(fields, 0, "target")), *why = or_empty(reply_get(fields, 0, "why"));
	int64_t seq = reply_get_int(fields, 0, "seq", 0), at = reply_get_int(fields, 0, "at", 0);
	char when[40];

	if (c->json) {
		emit_open(&out->json, NULL, '{');
		emit_text(&out->json, "id", reply_text(letter, 0));
		emit_text(&out->json, "target", target);
		emit_int(&out->json, "seq", seq);
		emit_int(&out->json, "at", at);
		emit_text(&out->json, "why", why);
		emit_close(&out->json, '}');
		return;
	}
	print_time(at, when, sizeof when);
	print_cell(&out->table, reply_text(letter, 0));
	print_cell(&out->table, target);
	print_cellf(&out->table, "%lld", (long long)seq);
	print_cell(&out->table, when);
	print_cell(&out->table, why);
}

int verb_hook_dead(struct ctl *c)
{
	struct listing out = { 0 };
	int status = ctl_connect(c);

	if (status == 0)
		last_seq(c, &status);
	struct reply *letters = status == 0 ? read_dead(c, &status) : NULL;
	if (!letters)
		return status;
	if (c->json) {
		emit_open(&out.json, NULL, '{');
		emit_open(&out.json, "dead", '[');
	} else {
		print_table_init(&out.table, "id|target|>event|since|why");
	}
	for (size_t i = 0; i < letters->count; i++)
		if (is_asked_for(c, &letters->items[i]))
			show_letter(c, &out, &letters->items[i]);
	reply_free(letters);
	if (c->json) {
		emit_close(&out.json, ']');
		emit_close(&out.json, '}');
		emit_show(&out.json);
	} else {
		print_table_show(&out.table);
	}
	return 0;
}

/* --- hook retry, hook skip */

static int change_letter(struct ctl *c, const char *fn, const char *id, const char *reason)
{
	const char *args[] = { id, reason };
	int status = 0;
	struct reply *r = ctl_write(c, fn, ctl_option(c, "project"), reason ? 2 : 1, args, &status);

	reply_free(r);
	return status;
}

static int retry_all(struct ctl *c, size_t *count)
{
	int status = 0;
	struct reply *letters = read_dead(c, &status);

	for (size_t i = 0; letters && i < letters->count && status == 0; i++)
		if (is_asked_for(c, &letters->items[i])) {
			status = change_letter(c, "ld_dead_retry", reply_text(&letters->items[i], 0), NULL);
			*count += status == 0;
		}
	reply_free(letters);
	return status;
}

static void show_done(const struct ctl *c, const char *name, const char *text, size_t count)
{
	struct emit j = { 0 };

	if (!c->json) {
		printf("%zu dead letter%s %s.\n", count, count == 1 ? "" : "s", text);
		return;
	}
	emit_open(&j, NULL, '{');
	emit_int(&j, name, (int64_t)count);
	emit_close(&j, '}');
	emit_show(&j);
}

int verb_hook_retry(struct ctl *c)
{
	bool all = ctl_option(c, "all") != NULL;
	size_t count = 0;
	int status = 0;

	if (all == (c->count > 0))
		return ctl_fail(CTL_USAGE, "hook retry takes the ids of dead letters, or --all");
	if ((status = ctl_connect(c)) == 0 && all)
		status = retry_all(c, &count);
	for (size_t i = 0; i < c->count && status == 0; i++) {
		status = change_letter(c, "ld_dead_retry", c->arguments[i], NULL);
		count += status == 0;
	}
	if (status == 0)
		show_done(c, "retried", "will be sent again", count);
	return status;
}

int verb_hook_skip(struct ctl *c)
{
	int status = ctl_connect(c);

	if (status == 0)
		status = change_letter(c, "ld_dead_skip", c->arguments[0], ctl_option(c, "reason"));
	if (status == 0)
		show_done(c, "skipped", "given up", 1);
	return status;
}
