#include "app/trend.h"

#include "app/tool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/trend.h"

#include <stdio.h>

/* A row has some 300 bytes. */
enum { MAKE_TIMEOUT_MS = 600000, OUT_BYTES = TREND_DAYS_MAX * 1024 };
enum { AGE_MAX_MS = 30000, AGE_PER_MAKING = 10 };
/* This daemon's idea of Redis' time may be a little ahead. */
enum { GRACE_MS = 2000 };

struct waiter {
	struct list link;
	trends_cb cb;
	void *ctx;
};

/* Of which moment an answer is. */
struct moment {
	uint32_t serial; /* of the board */
	int64_t day, mono_ms;
};

struct trends {
	struct project *project;
	struct child *child; /* NULL: no run is under way */
	struct moment begun; /* of that run */
	struct list waiters;
	bool has_copy;
	struct trend copy;
	struct moment made;
	int64_t making_ms;
};

static struct moment now(const struct project *p)
{
	return (struct moment){ p->serial, office_day_of(project_now_ms(p) - GRACE_MS, p->reports.utc_offset_min),
		                    clock_mono_ms() };
}

static bool copy_is_good(const struct trends *t)
{
	const struct project *p = t->project;
	struct moment m = now(p);
	int64_t age_max_ms = t->making_ms * AGE_PER_MAKING;
	if (!t->has_copy || m.day != t->made.day)
		return false;
	/* The run looked at Redis, which may have been ahead of this daemon's board. */
	if (m.serial == t->made.serial && board_seq(p->board) <= t->copy.seq)
		return true;
	return m.mono_ms - t->made.mono_ms < (age_max_ms < AGE_MAX_MS ? age_max_ms : AGE_MAX_MS);
}

static void answer(struct trends *t, int err)
{
	while (!list_empty(&t->waiters)) {
		struct waiter *w = CONTAINER_OF(t->waiters.next, struct waiter, link);
		list_remove(&w->link);
		w->cb(w->ctx, err, err ? NULL : &t->copy);
		mem_free(w);
	}
}

static void on_counted(void *ctx, int status, const char *out, size_t out_bytes)
{
	struct trends *t = ctx;
	struct trend found;
	t->child = NULL;
	if (status != 0 || trend_decode(out, out_bytes, &found) != 0) {
		log_warnx(t->project->name, "the trend could not be counted: listingctl ended with %d", status);
		answer(t, LD_E_UNAVAILABLE);
		return;
	}
	trend_fini(&t->copy);
	t->copy = found;
	t->has_copy = true;
	t->made = t->begun;
	t->making_ms = clock_mono_ms() - t->begun.mono_ms;
	answer(t, 0);
}

static void count(struct trends *t)
{
	char date[OFFICE_DATE_BYTES], days[8];
	t->begun = now(t->project);
	office_day_text(t->begun.day, date);
	snprintf(days, sizeof days, "%d", TREND_DAYS_MAX);
	const char *const arguments[] = {
		"report", "trend", "--project", t->project->name, "--days", days, "--date", date, NULL,
	};
	t->child = tool_start(t->project->app, arguments, MAKE_TIMEOUT_MS, OUT_BYTES, on_counted, t);
	if (!t->child)
		on_counted(t, -1, "", 0);
}

void trends_get(struct trends *t, trends_cb cb, void *ctx)
{
	const struct project *p = t->project;
	if (!p->live || p->app->stopping) {
		cb(ctx, LD_E_UNAVAILABLE, NULL);
		return;
	}
	if (copy_is_good(t)) {
		cb(ctx, 0, &t->copy);
		return;
	}
	struct waiter *w = mem_zalloc(sizeof *w);
	w->cb = cb;
	w->ctx = ctx;
	list_init(&w->link);
	list_append(&t->waiters, &w->link);
	if (!t->child)
		count(t);
}

struct trends *trends_new(struct project *p)
{
	struct trends *t = mem_zalloc(sizeof *t);
	t->project = p;
	list_init(&t->waiters);
	return t;
}

void trends_free(struct trends *t)
{
	if (!t)
		return;
	child_stop(t->child);
	answer(t, LD_E_UNAVAILABLE);
	trend_fini(&t->copy);
	mem_free(t);
}
