/* launch show: how a session goes, as the control room sees it. */
#include "ctl/launch.h"
#include "ctl/print.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNFINISHED_ITEMS = 6 };

static const char *const numbers[] = { "now",    "elapsed_ms", "closes_at", "admitted", "entered",    "online",
	                                   "active", "waiting",    "available", "locked",   "subscribed", "withheld" };
enum { NUMBERS = sizeof numbers / sizeof numbers[0], STATES_FROM = 8 };

/* Behind `ok` and its pairs, of which `items` is the last. */
static size_t first_item(const struct reply *r)
{
	return r->count - (size_t)reply_get_int(r, 1, "items", 0) * UNFINISHED_ITEMS;
}

static void show_json(const struct reply *r)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_text(&j, "launch", reply_get(r, 1, "launch"));
	emit_text(&j, "phase", reply_get(r, 1, "phase"));
	for (size_t i = 0; i < STATES_FROM; i++)
		emit_int(&j, numbers[i], reply_get_int(r, 1, numbers[i], 0));
	emit_open(&j, "states", '{');
	for (size_t i = STATES_FROM; i < NUMBERS; i++)
		emit_int(&j, numbers[i], reply_get_int(r, 1, numbers[i], 0));
	emit_close(&j, '}');
	emit_raw(&j, "tally", reply_get(r, 1, "tally"));
	emit_open(&j, "unfinished", '[');
	for (size_t i = first_item(r); i + UNFINISHED_ITEMS <= r->count; i += UNFINISHED_ITEMS) {
		emit_open(&j, NULL, '{');
		emit_text(&j, "unit", reply_text(r, i));
		emit_text(&j, "deal", reply_text(r, i + 1));
		emit_text(&j, "buyer", reply_text(r, i + 2));
		emit_int(&j, "at", strtoll(reply_text(r, i + 3), NULL, 10));
		emit_int(&j, "deadline", strtoll(reply_text(r, i + 4), NULL, 10));
		emit_int(&j, "index", strtoll(reply_text(r, i + 5), NULL, 10));
		emit_close(&j, '}');
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	emit_show(&j);
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Latencies have many lines, which are there in JSON. */
static void show_tally(const char *text)
{
	struct json *tally = ctl_record(text);
	struct print_table t;
	size_t count = 0;

	while (json_name(tally, count))
		count++;
	const char **names = mem_calloc(count + 1, sizeof *names);
	for (size_t i = 0; i < count; i++)
		names[i] = json_name(tally, i);
	qsort(names, count, sizeof *names, by_name);
	print_table_init(&t, "counted|>times");
	for (size_t i = 0; i < count; i++) {
		if (strncmp(names[i], "lat.", 4) == 0)
			continue;
		print_cell(&t, names[i]);
		print_cellf(&t, "%lld", (long long)launch_int(tally, names[i]));
	}
	if (count)
		putchar('\n');
	print_table_end(&t, count > 0);
	mem_free(names);
	json_free(tally);
}

static void show_unfinished(const struct reply *r)
{
	struct print_table t;
	int64_t now_ms = reply_get_int(r, 1, "now", 0);
	size_t from = first_item(r);

	print_table_init(&t, "unfinished|deal|buyer|>left");
	for (size_t i = from; i + UNFINISHED_ITEMS <= r->count; i += UNFINISHED_ITEMS) {
		char left[40];

		print_duration(strtoll(reply_text(r, i + 4), NULL, 10) - now_ms, left, sizeof left);
		print_cell(&t, reply_text(r, i)), print_cell(&t, reply_text(r, i + 1)), print_cell(&t, reply_text(r, i + 2));
		print_cell(&t, left);
	}
	if (from < r->count)
		putchar('\n');
	print_table_end(&t, from < r->count);
}

static void show(const struct reply *r, int64_t utc_offset_min)
{
	char closes[LAUNCH_TIME_BYTES];

	launch_time_text(reply_get_int(r, 1, "closes_at", 0), utc_offset_min, closes);
	printf("session %s: %s, closes %s\n", reply_get(r, 1, "launch"), reply_get(r, 1, "phase"), closes);
	printf("buyers: %s admitted, %s checked in, %s there, %s active, %s waiting\n", reply_get(r, 1, "admitted"),
	       reply_get(r, 1, "entered"), reply_get(r, 1, "online"), reply_get(r, 1, "active"),
	       reply_get(r, 1, "waiting"));
	printf("units: %s available, %s locked, %s subscribed, %s withheld\n", reply_get(r, 1, "available"),
	       reply_get(r, 1, "locked"), reply_get(r, 1, "subscribed"), reply_get(r, 1, "withheld"));
	show_tally(reply_get(r, 1, "tally"));
	show_unfinished(r);
}

int verb_launch_show(struct ctl *c)
{
	struct launch l = { 0 };
	int status = ctl_connect(c);
	int64_t utc_offset_min = status == 0 ? launch_utc_offset(c, &status) : 0;

	if (status == 0)
		status = launch_find(c, &l);
	const char *args[] = { l.id };
	struct reply *r =
		status == 0 ? ctl_read_with(c, "ld_launch_control", ctl_option(c, "project"), 1, args, &status) : NULL;
	if (r && c->json)
		show_json(r);
	else if (r)
		show(r, utc_offset_min);
	reply_free(r);
	launch_fini(&l);
	return status;
}
