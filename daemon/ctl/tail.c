/* tail: events as they happen. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Well below the client's own limit on waiting for an answer. */
#define BLOCK_MS "5000"

/* What is printed in front or left out of the rest of the line. */
static bool stands_elsewhere(const char *field)
{
	static const char *const names[] = { "t", "at", "u", "by", "h", "i", "role" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(field, names[i]) == 0)
			return true;
	return false;
}

static const char *or_dash(const char *text) { return text && text[0] ? text : "-"; }

static void show_people(const char *seq, const struct reply *fields)
{
	char when[40];

	print_time(reply_get_int(fields, 0, "at", 0), when, sizeof when);
	printf("%8s  %s  %-9s %-12s %s", seq, when, or_dash(reply_get(fields, 0, "t")), or_dash(reply_get(fields, 0, "u")),
	       or_dash(reply_get(fields, 0, "by")));
	for (size_t i = 0; i + 1 < fields->count; i += 2)
		if (!stands_elsewhere(reply_text(fields, i)))
			printf("  %s=%s", reply_text(fields, i), reply_text(fields, i + 1));
	putchar('\n');
	fflush(stdout);
}

static void show_json(const char *seq, const struct reply *fields)
{
	static const char *const numbers[] = { "at", "i", "rev", "dl", "version", "added", "changed" };
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_int(&j, "seq", strtoll(seq, NULL, 10));
	for (size_t i = 0; i + 1 < fields->count; i += 2) {
		const char *name = reply_text(fields, i), *value = reply_text(fields, i + 1);
		bool number = false;

		for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
			number |= strcmp(name, numbers[n]) == 0;
		if (number)
			emit_int(&j, name, strtoll(value, NULL, 10));
		else
			emit_text(&j, name, value);
	}
	emit_close(&j, '}');
	emit_show(&j);
}

/* Event ids are "<seq>-0". */
static void show(const struct ctl *c, const struct reply *event, char *last, size_t last_bytes)
{
	char seq[32];

	snprintf(last, last_bytes, "%s", reply_text(event, 0));
	snprintf(seq, sizeof seq, "%.*s", (int)strcspn(last, "-"), last);
	if (event->count < 2)
		return;
	if (c->json)
		show_json(seq, &event->items[1]);
	else
		show_people(seq, &event->items[1]);
}

static int start(struct ctl *c, char *last, size_t last_bytes)
{
	const char *from = ctl_option(c, "from");
	char *meta = ctl_key(ctl_option(c, "project"), ":meta");
	int status = 0;
	struct reply *r = ctl_ask(c, &status, "HGET", meta, "seq", NULL);

	mem_free(meta);
	if (!r)
		return status;
	if (r->kind != REPLY_TEXT)
		status = ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", ctl_option(c, "project"));
	else if (!from)
		snprintf(last, last_bytes, "%s-0", r->text);
	else if (from[0] == '\0' || strlen(from) > 15 || from[strspn(from, "0123456789")])
		status = ctl_fail(CTL_USAGE, "--from %s is no event number", from);
	else
		snprintf(last, last_bytes, "%lld-0", strtoll(from, NULL, 10) > 0 ? strtoll(from, NULL, 10) - 1 : 0);
	reply_free(r);
	return status;
}

int verb_tail(struct ctl *c)
{
	const char *count_text = ctl_option(c, "count");
	long long left = count_text ? strtoll(count_text, NULL, 10) : -1;
	char last[40];
	int status = ctl_connect(c);

	if (count_text && left <= 0)
		return ctl_fail(CTL_USAGE, "--count %s is no number above 0", count_text);
	if (status != 0 || (status = start(c, last, sizeof last)) != 0)
		return status;
	char *events = ctl_key(ctl_option(c, "project"), ":events");
	while (left != 0 && status == 0 && !ferror(stdout)) {
		struct reply *r =
			ctl_ask(c, &status, "XREAD", "BLOCK", BLOCK_MS, "COUNT", "512", "STREAMS", events, last, NULL);

		/* One stream was asked for: [[name, [event …]]], or nothing within the time. */
		if (r && r->kind == REPLY_LIST && r->count == 1 && r->items[0].count == 2)
			for (size_t i = 0; i < r->items[0].items[1].count && left != 0; i++, left -= left > 0)
				show(c, &r->items[0].items[1].items[i], last, sizeof last);
		reply_free(r);
	}
	mem_free(events);
	return status;
}
