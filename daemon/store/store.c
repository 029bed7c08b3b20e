#include "store/store.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/store_parts.h"

#include <stdio.h>
#include <string.h>

static void decide(struct store *s)
{
	bool ready = !s->closed && s->fit && conn_is_up(s->writes) && conn_is_up(s->reads);
	if (ready == s->ready)
		return;
	s->ready = ready;
	s->on_state(s->ctx, ready, s->why);
}

void store_set_fit(struct store *s, const char *why)
{
	bool news = !s->fit ? why && strcmp(s->why, why) != 0 : why != NULL;
	s->fit = !why;
	if (why && news) {
		snprintf(s->why, sizeof s->why, "%s", why);
		if (!s->ready)
			log_warnx("store", "Redis is not fit: %s", why);
	}
	decide(s);
}

static void on_reads_up(void *ctx)
{
	struct store *s = ctx;
	boot_run(s->boot);
}

static void on_writes_up(void *ctx) { decide(ctx); }

static void on_down(struct store *s, const char *why)
{
	if (s->closed)
		return;
	char now[sizeof s->why];
	snprintf(now, sizeof now, "Redis is away: %.*s", (int)(sizeof now - sizeof "Redis is away: "), why);
	/* Each attempt ends here: what is new is told once, or nobody would learn of a wrong socket or password. */
	if (!s->ready && strcmp(s->why, now) != 0)
		log_warnx("store", "%s", now);
	memcpy(s->why, now, sizeof now);
	decide(s);
}

static void on_reads_down(void *ctx, const char *why)
{
	struct store *s = ctx;
	boot_stop(s->boot);
	s->fit = false;
	on_down(s, why);
}

static void on_writes_down(void *ctx, const char *why) { on_down(ctx, why); }

static const struct conn_handlers reads_handlers = { on_reads_up, on_reads_down };
static const struct conn_handlers writes_handlers = { on_writes_up, on_writes_down };

struct store *store_start(struct loop *l, const struct store_config *config,
                          void (*on_state)(void *ctx, bool ready, const char *why), void *ctx)
{
	struct store *s = mem_zalloc(sizeof *s);
	s->loop = l;
	s->config = *config;
	s->on_state = on_state;
	s->ctx = ctx;
	snprintf(s->why, sizeof s->why, "Redis has not been reached yet");
	list_init(&s->deferred);
	s->boot = boot_new(s);
	s->writes = conn_new(l, config, &writes_handlers, s);
	s->reads = conn_new(l, config, &reads_handlers, s);
	return s;
}

bool store_is_ready(const struct store *s) { return s->ready; }
const char *store_why(const struct store *s) { return s->why; }
const struct store_config *store_settings(const struct store *s) { return &s->config; }
