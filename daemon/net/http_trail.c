/* The audit trail, page by page, forwards or backwards, whole, through a filter or of a span of time. */
#include "base/mem.h"
#include "net/http_routes.h"
#include "wire/trail.h"

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
	int64_t since_ms, until_ms; /* events of this span, its end not in it; 0: no bound */
	int64_t low, high;          /* while a bound is looked for: its event is one of these */
	int64_t at;                 /* the next number forwards, or the one behind the next backwards */
	int64_t from;               /* where the step under way begins */
	int64_t looked;             /* entries so far */
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

/* Whether the span of time lies wholly behind, in the direction of going. */
static bool is_beyond(const struct page *q, const struct trail_entry *e)
{
	int64_t at_ms = trail_int(e, "at", 0);
	return q->backwards ? at_ms < q->since_ms : q->until_ms && at_ms >= q->until_ms;
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
	bool room = true, beyond = false;
	for (size_t i = 0; !err && room && !beyond && i < n; i++) {
		const struct trail_entry *e = &entries[q->backwards ? n - 1 - i : i];
		beyond = is_beyond(q, e);
		room = beyond || take(q, e);
	}
	/* Going back must come to an end also where the trail is shorter than this daemon believes. */
	if (!err && room && q->backwards)
		q->at = q->from;
	/* Forwards the end is where fewer came than were asked for; backwards it is the first event. */
	bool end = beyond || (room && (q->backwards ? q->at <= 1 : n < STEP));
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

static int64_t middle(const struct page *q) { return q->low + (q->high - q->low) / 2; }

static void seek(struct page *q);

static void on_middle(void *ctx, int err, size_t n, const struct trail_entry *entries)
{
	struct page *q = ctx;
	int64_t bound_ms = q->backwards ? q->until_ms : q->since_ms;
	if (err) {
		finish(q, err, false);
		return;
	}
	if (n == 0 || trail_int(&entries[0], "at", 0) >= bound_ms)
		q->high = middle(q);
	else
		q->low = middle(q) + 1;
	seek(q);
}

/* Finds where the span begins in the direction of going, by halving: the trail is in the order of time. */
static void seek(struct page *q)
{
	if (q->low < q->high) {
		store_trail(q->project->app->store, q->project->name, middle(q), 1, on_middle, q);
		return;
	}
	if (q->backwards ? q->low < q->at : q->low > q->at)
		q->at = q->low;
	step(q);
}

void get_events(struct http_request *r, struct project *p)
{
	int64_t from = query_int(r->query, "from", 1), limit = query_int(r->query, "limit", EVENTS_DEFAULT);
	int64_t before = query_int(r->query, "before", 0);
	int64_t since_ms = query_int(r->query, "since", 0), until_ms = query_int(r->query, "until", 0);
	if (from < 0 || before < 0 || limit < 1 || limit > EVENTS_MAX || since_ms < 0 || until_ms < 0) {
		http_respond_error(
			r, LD_E_BAD_REQUEST,
			"from and before are event numbers, limit a number from 1 to 1000, since and until Unix milliseconds");
		return;
	}
	bool backwards = before > 0, sought = (backwards ? until_ms : since_ms) > 0;
	/* Without a board nobody knows where the trail ends. */
	if ((backwards || sought) && !p->board) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
		return;
	}
	struct page *q = mem_zalloc(sizeof *q);
	for (int i = 0; i < FILTERS; i++)
		query_text(r->query, filters[i], q->wanted[i], sizeof q->wanted[i]);
	q->request = http_ref(r);
	q->project = p;
	q->backwards = backwards;
	q->since_ms = since_ms;
	q->until_ms = until_ms;
	/* Nothing lies behind the newest event: "before" anything later begins there. */
	int64_t newest = p->board ? board_seq(p->board) : 0;
	q->at = !backwards ? from : before > newest + 1 ? newest + 1 : before;
	q->limit = limit;
	buf_adds(&q->text, "{\"events\":[");
	q->low = 1;
	q->high = newest + 1;
	if (sought)
		seek(q);
	else
		step(q);
}
