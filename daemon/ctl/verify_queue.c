#include "ctl/verify_parts.h"

#include "base/map.h"
#include "base/mem.h"
#include "wire/json.h"

#include <string.h>

static bool is(const struct json *j, const char *name, const char *value)
{
	const char *text = json_text_of(j, name);

	return strcmp(text ? text : "", value) == 0;
}

static int64_t whole(const struct json *j, const char *name)
{
	int64_t n = 0;

	return json_whole(json_member(j, name), &n) ? n : 0;
}

/* Takes the member out of the queue that was read; what is left then waits for nothing. */
static void expect(struct verify *v, struct map *queue, bool waits, char *member)
{
	if (waits && !map_get(queue, member))
		differ(v, "queue: %s waits, and stands in nobody's queue", member);
	else if (waits)
		map_remove(queue, member);
	mem_free(member);
}

/* The same rules as the function library's (daemon/store/lua/deal.lua), written a second time. */
static void expect_of_deal(struct verify *v, struct map *queue, const char *id, const struct json *j)
{
	bool locked = is(j, "status", "locked"), subscribed = is(j, "status", "subscribed");
	bool paid = whole(j, "paid_fen") > 0, in_review = subscribed && paid;
	const struct {
		const char *kind;
		bool waits;
	} all[] = {
		{ "application", locked && is(j, "application", "submitted") },
		{ "money", subscribed && !paid },
		{ "review", in_review && is(j, "review", "") },
		{ "correction", in_review && is(j, "review", "back") },
		{ "sign", in_review && is(j, "review", "pass") },
		{ "unpaid", is(j, "status", "contracted") && whole(j, "paid_fen") < whole(j, "price_fen") },
		{ "overdue", (locked || subscribed) && whole(j, "overdue_ms") > 0 },
		{ "refund", whole(j, "refund_fen") > 0 },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		expect(v, queue, all[i].waits, mem_printf("%s|%s", all[i].kind, id));
}

static void expect_of_request(struct verify *v, struct map *queue, const char *id, const struct json *j)
{
	const char *deal = json_text_of(j, "deal");

	expect(v, queue, is(j, "status", "waiting"), mem_printf("approval|%s|%s", deal ? deal : "", id));
	expect(v, queue, is(j, "kind", "discount") && is(j, "status", "approved"),
	       mem_printf("filing|%s|%s", deal ? deal : "", id));
}

static void expect_all(struct verify *v, struct map *queue, enum verify_part which,
                       void (*each)(struct verify *, struct map *, const char *, const struct json *))
{
	const struct reply *records = verify_part(v, which);

	for (size_t i = 0; i + 1 < records->count; i += 2) {
		struct json *j = ctl_record(reply_text(records, i + 1));

		if (j)
			each(v, queue, reply_text(records, i), j);
		else if (which == PART_REQUESTS)
			differ(v, "request %s: unreadable in Redis", reply_text(records, i));
		json_free(j);
	}
}

void verify_queue(struct verify *v)
{
	const struct reply *members = verify_part(v, PART_QUEUE);
	struct map *queue = map_new();

	for (size_t i = 0; i < members->count; i++)
		map_set(queue, reply_text(members, i), v);
	expect_all(v, queue, PART_DEALS, expect_of_deal);
	expect_all(v, queue, PART_REQUESTS, expect_of_request);
	for (size_t i = 0; i < members->count; i++)
		if (map_get(queue, reply_text(members, i)))
			differ(v, "queue: %s stands in a queue, and nothing waits there", reply_text(members, i));
	map_free(queue, NULL);
}
