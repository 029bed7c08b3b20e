#include "app/interest.h"

#include "base/mem.h"
#include "wire/emit.h"

#include <stdlib.h>
#include <string.h>

/* Nobody looks at it by the second, and ten thousand hear every change. */
enum { EVERY_S = 3 };

struct interest {
	struct project *project;
	unsigned seconds;
	bool reading;
	size_t count; /* units */
	int64_t *of;  /* by index */
	struct frame *whole;
};

/* --- telling */

static bool is_told(const struct session *s)
{
	return s->conn && !s->closing && s->identity && s->identity->role == ROLE_BUYER;
}

static void tell(struct session *s, void *frame)
{
	if (is_told(s))
		session_send(s, frame);
}

void interest_push_to(struct interest *i, struct session *s)
{
	if (i->whole)
		tell(s, i->whole);
}

/* Of the units for which `other` says something else; without it of those that anybody has. NULL when there are none. */
static struct frame *frame_of(const struct interest *i, const int64_t *other)
{
	struct emit j = { 0 };
	size_t told = 0;
	emit_open(&j, NULL, '{');
	emit_text(&j, "ev", "interest");
	emit_text(&j, "project", i->project->name);
	emit_bool(&j, "whole", !other);
	emit_open(&j, "u", '[');
	for (size_t at = 0; at < i->count; at++) {
		if (i->of[at] == (other ? other[at] : 0))
			continue;
		emit_open(&j, NULL, '[');
		emit_int(&j, NULL, (int64_t)at);
		emit_int(&j, NULL, i->of[at]);
		emit_close(&j, ']');
		told++;
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	struct frame *f = told || !other ? frame_new(j.b.data, j.b.len_bytes) : NULL;
	buf_fini(&j.b);
	return f;
}

/* --- reading */

/* The numbers as they are now, of so many units; the ones before are returned, in as many. */
static int64_t *take(struct interest *i, size_t units, size_t n, char *const *items)
{
	int64_t *before = mem_calloc(units, sizeof *before), *of = mem_calloc(units, sizeof *of);
	for (size_t at = 0; at < i->count && at < units; at++)
		before[at] = i->of[at];
	for (size_t k = 0; k + 3 < n; k += 4) {
		size_t at = strtoul(items[k + 1], NULL, 10);
		if (at < units)
			of[at] = strtoll(items[k + 3], NULL, 10);
	}
	mem_free(i->of);
	i->of = of;
	i->count = units;
	return before;
}

/* Four items for each unit: id, index, refused, favourites. */
static void on_demand(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                      const size_t *bytes)
{
	struct interest *i = ctx;
	UNUSED(reply);
	UNUSED(bytes);
	i->reading = false;
	if (err || !i->project->board)
		return;
	int64_t *before = take(i, board_count(i->project->board), n, items);
	/* The first time the whole of it: somebody may have come from another daemon, with other numbers. */
	struct frame *news = frame_of(i, i->whole ? before : NULL);
	mem_free(before);
	if (!news)
		return;
	frame_unref(i->whole);
	i->whole = frame_of(i, NULL);
	project_each_watcher(i->project, tell, news);
	frame_unref(news);
}

/* So that a project without buyers costs Redis nothing. */
static void find(struct session *s, void *found) { *(bool *)found |= is_told(s); }

void interest_tick(struct interest *i)
{
	bool wanted = false;
	if (i->seconds++ % EVERY_S || i->reading)
		return;
	project_each_watcher(i->project, find, &wanted);
	if (!wanted)
		return;
	i->reading = true;
	store_list(i->project->app->store, "ld_demand", i->project->name, NULL, 0, on_demand, i);
}

struct interest *interest_new(struct project *p)
{
	struct interest *i = mem_zalloc(sizeof *i);
	i->project = p;
	return i;
}

void interest_free(struct interest *i)
{
	if (!i)
		return;
	mem_free(i->of);
	frame_unref(i->whole);
	mem_free(i);
}
