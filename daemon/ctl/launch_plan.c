/* launch plan, launch list: the sessions of a project. */
#include "ctl/duration.h"
#include "ctl/launch.h"
#include "ctl/print.h"

#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *or_empty(const char *text) { return text ? text : ""; }

/* --- plan */

enum { RULES_MAX_BYTES = 6000 };

/* An option as people write it, and the field that it becomes. */
static const struct plan_option {
	const char *option, *field;
	enum { TEXT, TIME, DURATION, ROUNDS, RULES } kind;
} plan_options[] = {
	{ "name", "name", TEXT },
	{ "mode", "mode", TEXT },
	{ "opens", "opens_ms", TIME },
	{ "closes", "closes_ms", TIME },
	{ "hold", "hold_ms", DURATION },
	{ "limit", "limit", TEXT },
	{ "window-size", "window_size", TEXT },
	{ "window", "window_ms", DURATION },
	{ "groups", "groups", ROUNDS },
	{ "active-max", "active_max", TEXT },
	{ "rules", "rules", RULES },
};

enum { PLAN_OPTIONS = sizeof plan_options / sizeof plan_options[0], PLAN_FIRST = 3, SEED_BYTES = 32 };

struct plan {
	size_t count;
	const char *args[PLAN_FIRST + 2 * PLAN_OPTIONS]; /* the values are owned */
	char seed[2 * SEED_BYTES + 1], commitment[2 * SEED_BYTES + 1];
};

static char *number_text(int64_t n) { return n < 0 ? NULL : mem_printf("%lld", (long long)n); }

/* "A=10m,B=5m" as "A=600000,B=300000"; NULL when it is none. */
static char *read_rounds(const char *text)
{
	struct buf out = { 0 };

	while (*text) {
		const char *is = strchr(text, '='), *end = NULL;
		int64_t ms = is ? duration_read(is + 1, &end) : -1;

		if (ms < 0) {
			buf_fini(&out);
			return NULL;
		}
		buf_addf(&out, "%s%.*s=%lld", out.len_bytes ? "," : "", (int)(is - text), text, (long long)ms);
		text = end + (*end == ',');
	}
	return buf_take(&out);
}

/* The rules are UTF-8 text with lines; Redis checks the rest. NULL when the file is not to be read or too long. */
static char *read_rules(const char *path)
{
	char *text = mem_zalloc(RULES_MAX_BYTES + 2);
	FILE *file = fopen(path, "re");
	size_t bytes = file ? fread(text, 1, RULES_MAX_BYTES + 1, file) : 0;
	bool fine = file && !ferror(file) && bytes <= RULES_MAX_BYTES && strlen(text) == bytes;

	if (file)
		fclose(file);
	if (!fine) {
		mem_free(text);
		return NULL;
	}
	char *to = text + (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0), *start = to;
	struct buf lines = { 0 };
	for (; *start; start++)
		if (*start != '\r')
			buf_addc(&lines, *start == '\t' ? ' ' : *start);
	mem_free(text);
	return buf_take(&lines);
}

static char *read_value(const struct plan_option *o, const char *text, int64_t utc_offset_min)
{
	switch (o->kind) {
	case TIME: return number_text(launch_time_read(text, utc_offset_min));
	case DURATION: return number_text(duration_read_all(text));
	case ROUNDS: return read_rounds(text);
	case RULES: return read_rules(text);
	default: return mem_strdup(text);
	}
}

static int bad_value(const struct plan_option *o, const char *text)
{
	static const char *const should[] = {
		[TIME] = "a time is 2026-12-01 10:00, or milliseconds",
		[DURATION] = "a duration is a number and s, m, h or d, as in 10m",
		[ROUNDS] = "rounds are groups and durations, as in A=10m,B=5m",
		[RULES] = "the rules are a text file of at most 6000 bytes",
	};

	return ctl_fail(CTL_USAGE, "--%s %s: %s", o->option, text, should[o->kind]);
}

static void plan_fini(struct plan *p)
{
	for (size_t i = PLAN_FIRST + 1; i < p->count; i += 2)
		mem_free((void *)(uintptr_t)p->args[i]);
	sodium_memzero(p, sizeof *p);
}

static void make_seed(struct plan *p)
{
	unsigned char raw[SEED_BYTES], digest[crypto_hash_sha256_BYTES];

	randombytes_buf(raw, sizeof raw);
	sodium_bin2hex(p->seed, sizeof p->seed, raw, sizeof raw);
	crypto_hash_sha256(digest, (const unsigned char *)p->seed, strlen(p->seed));
	sodium_bin2hex(p->commitment, sizeof p->commitment, digest, sizeof digest);
	sodium_memzero(raw, sizeof raw);
}

static int plan_read(struct ctl *c, struct plan *p)
{
	const char *launch = ctl_option(c, "launch");
	int status = 0;
	int64_t utc_offset_min = launch_utc_offset(c, &status);

	p->args[0] = or_empty(launch);
	if (!launch)
		make_seed(p);
	p->args[1] = p->seed;
	p->args[2] = p->commitment;
	p->count = PLAN_FIRST;
	for (size_t i = 0; status == 0 && i < PLAN_OPTIONS; i++) {
		const char *text = ctl_option(c, plan_options[i].option);
		char *value = text ? read_value(&plan_options[i], text, utc_offset_min) : NULL;

		if (text && !value)
			status = bad_value(&plan_options[i], text);
		if (!value)
			continue;
		p->args[p->count++] = plan_options[i].field;
		p->args[p->count++] = value;
	}
	return status;
}

int verb_launch_plan(struct ctl *c)
{
	struct plan p = { 0 };
	int status = ctl_connect(c);

	if (status == 0)
		status = plan_read(c, &p);
	struct reply *r =
		status == 0 ? ctl_write(c, "ld_launch_put", ctl_option(c, "project"), p.count, p.args, &status) : NULL;
	if (r && c->json)
		ctl_show_reply(r);
	else if (r)
		printf("Session %s is planned.\ncommitment of the draw's seed (SHA-256), to be published now: %s\n",
		       or_empty(reply_get(r, 1, "launch")), or_empty(reply_get(r, 1, "commit")));
	reply_free(r);
	plan_fini(&p);
	return status;
}

/* --- list */

static void list_row(struct print_table *t, const struct json *l, int64_t utc_offset_min)
{
	char opens[LAUNCH_TIME_BYTES], closes[LAUNCH_TIME_BYTES];

	launch_time_text(launch_int(l, "opens_at"), utc_offset_min, opens);
	launch_time_text(launch_int(l, "closes_at"), utc_offset_min, closes);
	print_cell(t, launch_text(l, "id")), print_cell(t, launch_text(l, "name")), print_cell(t, launch_text(l, "mode"));
	print_cell(t, launch_text(l, "phase")), print_cell(t, opens), print_cell(t, closes);
	print_cellf(t, "%lld", (long long)launch_int(l, "admitted"));
	print_cellf(t, "%lld", (long long)launch_int(l, "entered"));
	print_cellf(t, "%lld", (long long)launch_int(l, "units"));
	print_cellf(t, "%.12s…", launch_text(l, "commit"));
}

int verb_launch_list(struct ctl *c)
{
	struct print_table t;
	struct emit j = { 0 };
	int status = ctl_connect(c);
	int64_t utc_offset_min = status == 0 ? launch_utc_offset(c, &status) : 0;
	struct reply *r = status == 0 ? launches_read(c, &status) : NULL;

	if (!r)
		return status;
	print_table_init(&t, "session|name|mode|phase|opens|closes|>admitted|>entered|>units|commitment");
	emit_open(&j, NULL, '[');
	for (size_t i = LAUNCHES_FIRST; i + 1 < r->count; i += 2) {
		struct json *l = ctl_record(reply_text(r, i));

		list_row(&t, l, utc_offset_min);
		emit_raw(&j, NULL, reply_text(r, i));
		json_free(l);
	}
	emit_close(&j, ']');
	print_table_end(&t, !c->json);
	if (c->json)
		emit_show(&j);
	buf_fini(&j.b);
	reply_free(r);
	return 0;
}
