#include "app/courier.h"

#include "app/hooks.h"
#include "app/robots.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { TICK_MS = 1000 };

bool courier_speaks(const struct courier *c)
{
	const struct project *p = c->project;
	/* Without a board it is not known whether it is a rehearsal, of which nobody is told. */
	bool is_real = p->board && !p->rehearsal;
	return is_real && !p->app->stopping && c->had_lease && clock_mono_ms() < c->lease_until_ms;
}

void courier_wake(struct courier *c)
{
	if (!c || !courier_speaks(c))
		return;
	hooks_wake(c);
	robots_wake(c);
}

static void on_lease(void *ctx, int err, const struct fn_reply *reply)
{
	struct courier *c = ctx;
	bool had = courier_speaks(c);
	c->asking = false;
	if (err)
		return;
	c->had_lease = fn_reply_int(reply, "mine", 0) == 1;
	/* From the moment of asking: Redis may have counted from then on. */
	c->lease_until_ms = c->asked_ms + COURIER_LEASE_MS;
	c->sheet_at_min = fn_reply_int(reply, "sheet_at_min", 0);
	c->utc_offset_min = fn_reply_int(reply, "utc_offset_min", 0);
	if (courier_speaks(c) && !had) {
		c->term++;
		log_info(c->project->name, "this daemon delivers messages and webhooks now");
	}
	courier_wake(c);
}

static void ask_lease(struct courier *c)
{
	char ttl[16];
	if (c->asking || !store_is_ready(c->project->app->store))
		return;
	snprintf(ttl, sizeof ttl, "%d", COURIER_LEASE_MS);
	const char *args[] = { "outbound", c->project->app->daemon_id, ttl };
	c->asking = true;
	c->asked_ms = clock_mono_ms();
	store_call(c->project->app->store, "ld_lease", c->project->name, args, 3, true, on_lease, c);
}

/* Redis away is told without Redis: by the daemon that spoke last. */
static void look_after_redis(struct courier *c)
{
	const struct app *a = c->project->app;
	if (store_is_ready(a->store)) {
		if (c->away_told)
			robots_alarm(c, ALARM_REDIS_BACK);
		c->away_since_ms = 0;
		c->away_told = false;
	} else if (!c->away_since_ms) {
		c->away_since_ms = clock_mono_ms();
	} else if (c->had_lease && !c->away_told && clock_mono_ms() - c->away_since_ms >= a->conf->robot_away_s * 1000) {
		c->away_told = true;
		robots_alarm(c, ALARM_REDIS_AWAY);
	}
}

static void on_tick(void *ctx)
{
	struct courier *c = ctx;
	if (c->project->app->stopping || c->project->rehearsal || c->project->gone)
		return;
	look_after_redis(c);
	ask_lease(c);
}

struct courier *courier_new(struct project *p)
{
	const struct targets *all = p->app->targets;
	struct courier *c = NULL;
	for (size_t i = 0; all && i < all->count; i++) {
		const struct target *t = &all->list[i];
		if (strcmp(t->project, p->name) != 0)
			continue;
		if (!c) {
			c = mem_zalloc(sizeof *c);
			c->project = p;
			list_init(&c->hooks);
			list_init(&c->robots);
			loop_timer_init(&c->timer, p->app->loop, on_tick, c);
			loop_timer_every(&c->timer, TICK_MS);
		}
		if (t->kind == TARGET_WEBHOOK)
			hook_add(c, t);
		else
			robot_add(c, t);
	}
	return c;
}

void courier_free(struct courier *c)
{
	if (!c)
		return;
	loop_timer_stop(&c->timer);
	hooks_free(c);
	robots_free(c);
	mem_free(c);
}
