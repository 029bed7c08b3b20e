/* The audit trail, page by page, forwards or backwards, whole or through a filter. */
#include "base/mem.h"
#include "net/http_routes.h"
#include "wire/trail.h"

#include <stdio.h>
#include <string.h>

enum { EVENTS_MAX = 1000, EVENTS_DEFAULT = 100 };
/* So many entries are looked through for one answer, in steps of so many. */
enum { LOOKED_MAX = 20000, STEP = 1000 };

static const char *const filters[] = { "unit", "deal", "by", "type" };
enum { FILTERS = sizeof filters / sizeof filters[0] };

struct page {
	struct http_request *request;
	struct project *project;
	char wanted[FILTERS][FIELD_MAX_BYTES]; /* "": any */
	bool backwards;
	int64_t at;     /* the next number forwards, or the one behind the next backwards */
	int64_t from;   /* where the step under way begins */
	int64_t looked; /* entries so far */
	int64_t limit, found;
	struct buf text;
};

static bool fits(const struct page *q, const struct trail_entry *e)
{
	for (int i = 0; i < FILTERS; i++) {
		bool has = !q->wanted[i][0];
		for (size_t f = 0; !has && f < e->count; f++)
			has = strcmp(trail_outside_name(e->fields[f].name), filters[i]) == 0 &&
			      strcmp(e->fields[f].value, q->wanted[i]) == 0;
		if (!has)
			return false;
	}
	return true;
}

/* Takes it when it fits; false when the page is full before it. */
static bool take(struct page *q, const struct trail_entry *e)
{
	if (q->found == q->limit)
		return false;
	q->at = q->backwards ? e->seq : e->seq + 1;
	q->looked++;
	if (!fits(q, e))
		return true;
	if (q->found++)
		buf_addc(&q->text, ',');
	encode_trail_entry(&q->text, e);
	return true;
}

static void finish(struct page *q, int err, bool more)
{
	struct http_request *r = q->request;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		buf_addc(&q->text, ']');
		if (more)
			buf_addf(&q->text, ",\"next\":%lld", (long long)q->at);
		buf_addc(&q->text, '}');
		http_respond_text(r, 200, "application/json", &q->text);
	}
	buf_fini(&q->text);
	http_unref(r);
	mem_free(q);
}

static void step(struct page *q);

static void on_entries(void *ctx, int err, size_t n, const struct trail_entry *entries)
{
	struct page *q = ctx;
	bool room = true;
	for (size_t i = 0; !err && room && i < n; i++)
		room = take(q, &entries[q->backwards ? n - 1 - i : i]);
	/* Going back must come to an end also where the trail is shorter than this daemon believes. */
	if (!err && room && q->backwards)
		q->at = q->from;
	/* Forwards the end is where fewer came than were asked for; backwards it is the first event. */
	bool end = room && (q->backwards ? q->at <= 1 : n < STEP);
	if (err || end || !room || q->found == q->limit || q->looked >= LOOKED_MAX)
		finish(q, err, !end);
	else
		step(q);
}

static void step(struct page *q)
{
	int64_t count = STEP;
	q->from = q->at;
	if (q->backwards) {
		q->from = q->at > STEP ? q->at - STEP : 1;
		count = q->at - q->from;
	}
	if (count < 1)
		finish(q, 0, false);
	else
		store_trail(q->project->app->store, q->project->name, q->from, count, on_entries, q);
}

void get_events(struct http_request *r, struct project *p)
{
	int64_t from = query_int(r->query, "from", 1), limit = query_int(r->query, "limit", EVENTS_DEFAULT);
	int64_t before = query_int(r->query, "before", 0);
	if (from < 0 || before < 0 || limit < 1 || limit > EVENTS_MAX) {
		http_respond_error(r, LD_E_BAD_REQUEST, "from and before are event numbers, limit a number from 1 to 1000");
		return;
	}
	/* Without a board nobody knows where the trail ends. */
	if (before > 0 && !p->board) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
		return;
	}
	struct page *q = mem_zalloc(sizeof *q);
	for (int i = 0; i < FILTERS; i++)
		query_text(r->query, filters[i], q->wanted[i], sizeof q->wanted[i]);
	q->request = http_ref(r);
	q->project = p;
	q->backwards = before > 0;
	/* Nothing lies behind the newest event: "before" anything later begins there. */
	int64_t newest = q->backwards ? board_seq(p->board) : 0;
	q->at = !q->backwards ? from : before > newest + 1 ? newest + 1 : before;
	q->limit = limit;
	buf_adds(&q->text, "{\"events\":[");
	step(q);
}
