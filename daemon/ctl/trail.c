#include "ctl/trail.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A batch is some 300 KB: one answer of Redis that holds nobody up. */
#define BATCH "1000"

struct reading {
	int64_t next; /* the number that the next event must have */
	void (*each)(void *ctx, const struct trail_entry *e);
	void *ctx;
	struct trail_field *fields; /* of the event at hand */
};

static struct trail_field field_of(const struct reply *list, size_t at)
{
	return (struct trail_field){ reply_text(list, at), reply_text(list, at + 1), list->items[at + 1].bytes };
}

/* One entry of the stream: [id, [name, value …]]. */
static int give(struct reading *r, const struct reply *entry)
{
	char expected[40];

	snprintf(expected, sizeof expected, "%lld-0", (long long)r->next);
	if (strcmp(reply_text(entry, 0), expected) != 0 || entry->count < 2 || entry->items[1].kind != REPLY_LIST)
		return ctl_fail(CTL_REFUSED, "the audit trail has %s where event %s should stand: run listingctl verify",
		                reply_text(entry, 0), expected);
	const struct reply *list = &entry->items[1];
	r->fields = mem_reallocarray(r->fields, list->count / 2 + 1, sizeof *r->fields);
	for (size_t i = 0; i < list->count / 2; i++)
		r->fields[i] = field_of(list, 2 * i);
	const struct trail_entry e = { .seq = r->next, .count = list->count / 2, .fields = r->fields };
	r->each(r->ctx, &e);
	r->next++;
	return 0;
}

int ctl_trail_read(struct ctl *c, const char *project, int64_t from, int64_t to,
                   void (*each)(void *ctx, const struct trail_entry *e), void *ctx)
{
	struct reading r = { .next = from, .each = each, .ctx = ctx };
	char *key = ctl_key(project, ":events"), begin[40], end[40];
	int status = 0;

	snprintf(end, sizeof end, "%lld-0", (long long)to);
	while (status == 0 && r.next <= to) {
		snprintf(begin, sizeof begin, "%lld-0", (long long)r.next);
		struct reply *page = ctl_ask(c, &status, "XRANGE", key, begin, end, "COUNT", BATCH, NULL);

		if (page && page->count == 0)
			status = ctl_fail(CTL_REFUSED, "the audit trail ends before event %lld: run listingctl verify",
			                  (long long)r.next);
		for (size_t i = 0; page && i < page->count && status == 0; i++)
			status = give(&r, &page->items[i]);
		reply_free(page);
	}
	mem_free(r.fields);
	mem_free(key);
	return status;
}

int ctl_trail_end(struct ctl *c, const char *project, int64_t *seq)
{
	char *meta = ctl_key(project, ":meta");
	int status = 0;
	struct reply *r = ctl_ask(c, &status, "HGET", meta, "seq", NULL);

	mem_free(meta);
	if (!r)
		return status;
	if (r->kind != REPLY_TEXT)
		status = ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", project);
	else
		*seq = strtoll(r->text, NULL, 10);
	reply_free(r);
	return status;
}
