#include "app/counts.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { COUNT_MAX = 999999999 };

struct counter {
	struct list link;
	char *name;
	int64_t count;
};

struct counts {
	struct project *project;
	const char *function;
	char *first; /* NULL: none */
	int64_t flush_ms;
	int batch_names;
	struct loop_timer timer;
	struct map *of_name; /* name → struct counter, those of `waiting` */
	struct list waiting;
	/* The batch under way, repeated with its number until its outcome is known. */
	struct buf lines;
	int64_t number;
	bool sent;
};

static void counter_free(struct counter *r)
{
	list_remove(&r->link);
	mem_free(r->name);
	mem_free(r);
}

static void arm(struct counts *c)
{
	if (!c->sent && !loop_timer_active(&c->timer) && (c->lines.len_bytes || !list_empty(&c->waiting)))
		loop_timer_after(&c->timer, c->flush_ms);
}

static void on_added(void *ctx, int err, const struct fn_reply *reply)
{
	struct counts *c = ctx;
	UNUSED(reply);
	c->sent = false;
	if (err && !err_retryable(err))
		log_warnx(c->project->name, "counters could not be added by %s: %s", c->function, err_code(err));
	if (!err || !err_retryable(err))
		buf_clear(&c->lines);
	arm(c);
}

static void next_batch(struct counts *c)
{
	c->number++;
	for (int i = 0; i < c->batch_names && !list_empty(&c->waiting); i++) {
		struct counter *r = CONTAINER_OF(c->waiting.next, struct counter, link);
		buf_addf(&c->lines, "%s|%lld\n", r->name, (long long)r->count);
		map_remove(c->of_name, r->name);
		counter_free(r);
	}
}

static void flush(void *ctx)
{
	struct counts *c = ctx;
	struct app *a = c->project->app;
	char number[24];
	const char *args[4];
	size_t n = 0;
	if (!c->lines.len_bytes)
		next_batch(c);
	snprintf(number, sizeof number, "%lld", (long long)c->number);
	if (c->first)
		args[n++] = c->first;
	args[n++] = a->daemon_id;
	args[n++] = number;
	args[n++] = buf_str(&c->lines);
	c->sent = true;
	store_call(a->store, c->function, c->project->name, args, n, true, on_added, c);
}

void counts_add(struct counts *c, const char *name)
{
	struct counter *r = map_get(c->of_name, name);
	if (!r) {
		r = mem_zalloc(sizeof *r);
		r->name = mem_strdup(name);
		list_init(&r->link);
		list_append(&c->waiting, &r->link);
		map_set(c->of_name, name, r);
	}
	if (r->count < COUNT_MAX)
		r->count++;
	arm(c);
}

struct counts *counts_new(struct project *p, const char *function, const char *first, int64_t flush_ms, int batch_names)
{
	struct counts *c = mem_zalloc(sizeof *c);
	*c = (struct counts){ .project = p,
		                  .function = function,
		                  .first = first ? mem_strdup(first) : NULL,
		                  .flush_ms = flush_ms,
		                  .batch_names = batch_names,
		                  .of_name = map_new() };
	list_init(&c->waiting);
	loop_timer_init(&c->timer, p->app->loop, flush, c);
	return c;
}

void counts_free(struct counts *c)
{
	if (!c)
		return;
	loop_timer_stop(&c->timer);
	while (!list_empty(&c->waiting))
		counter_free(CONTAINER_OF(c->waiting.next, struct counter, link));
	map_free(c->of_name, NULL);
	buf_fini(&c->lines);
	mem_free(c->first);
	mem_free(c);
}
