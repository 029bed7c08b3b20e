#include "app/demand.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

/* Nobody looks at demand by the second, and on launch day most locks are refused: one write then stands for thousands. */
enum { FLUSH_MS = 2000 };
/* A batch stays below what the function takes at once: a name has 72 bytes at most. */
enum { BATCH_UNITS = 2000, COUNT_MAX = 999999999 };

struct refused {
	struct list link;
	char *unit;
	int64_t count;
};

struct demand {
	struct project *project;
	struct loop_timer timer;
	struct map *of_unit; /* unit → struct refused, those of `waiting` */
	struct list waiting;
	/* The batch under way, repeated with its number until its outcome is known. */
	struct buf lines;
	int64_t number;
	bool sent;
};

static void flush(void *ctx);

static void refused_free(struct refused *r)
{
	list_remove(&r->link);
	mem_free(r->unit);
	mem_free(r);
}

static void arm(struct demand *d)
{
	if (!d->sent && !loop_timer_active(&d->timer) && (d->lines.len_bytes || !list_empty(&d->waiting)))
		loop_timer_after(&d->timer, FLUSH_MS);
}

static void on_added(void *ctx, int err, const struct fn_reply *reply)
{
	struct demand *d = ctx;
	UNUSED(reply);
	d->sent = false;
	if (err && !err_retryable(err))
		log_warnx(d->project->name, "refused locks could not be counted: %s", err_code(err));
	if (!err || !err_retryable(err))
		buf_clear(&d->lines);
	arm(d);
}

static void next_batch(struct demand *d)
{
	d->number++;
	for (int i = 0; i < BATCH_UNITS && !list_empty(&d->waiting); i++) {
		struct refused *r = CONTAINER_OF(d->waiting.next, struct refused, link);
		buf_addf(&d->lines, "%s|%lld\n", r->unit, (long long)r->count);
		map_remove(d->of_unit, r->unit);
		refused_free(r);
	}
}

static void flush(void *ctx)
{
	struct demand *d = ctx;
	struct app *a = d->project->app;
	char number[24];
	if (!d->lines.len_bytes)
		next_batch(d);
	snprintf(number, sizeof number, "%lld", (long long)d->number);
	const char *args[] = { a->daemon_id, number, buf_str(&d->lines) };
	d->sent = true;
	store_call(a->store, "ld_demand_add", d->project->name, args, 3, true, on_added, d);
}

void demand_lock_refused(struct demand *d, const char *unit, int err)
{
	if (err != LD_E_UNIT_TAKEN && err != LD_E_NOT_AVAILABLE)
		return;
	struct refused *r = map_get(d->of_unit, unit);
	if (!r) {
		r = mem_zalloc(sizeof *r);
		r->unit = mem_strdup(unit);
		list_init(&r->link);
		list_append(&d->waiting, &r->link);
		map_set(d->of_unit, unit, r);
	}
	if (r->count < COUNT_MAX)
		r->count++;
	arm(d);
}

struct demand *demand_new(struct project *p)
{
	struct demand *d = mem_zalloc(sizeof *d);
	d->project = p;
	d->of_unit = map_new();
	list_init(&d->waiting);
	loop_timer_init(&d->timer, p->app->loop, flush, d);
	return d;
}

void demand_free(struct demand *d)
{
	if (!d)
		return;
	loop_timer_stop(&d->timer);
	while (!list_empty(&d->waiting))
		refused_free(CONTAINER_OF(d->waiting.next, struct refused, link));
	map_free(d->of_unit, NULL);
	buf_fini(&d->lines);
	mem_free(d);
}
