/* What one project tells other systems, and by which daemon: the courier of a project holds the lease in Redis that makes
 * its daemon the speaker, and wakes the project's webhooks (hooks.h) and robots (robots.h).
 *
 * The lease is asked for every second. A daemon that dies loses it after COURIER_LEASE_MS, and another one goes on from
 * the cursors in Redis. It decides who speaks, not what was said: cursors move by compare-and-set. */
#ifndef APP_COURIER_H
#define APP_COURIER_H

#include "app/project.h"
#include "app/targets.h"
#include "outbound/http_post.h"

enum { COURIER_LEASE_MS = 5000 };

struct courier {
	struct project *project;
	struct list hooks, robots;
	struct loop_timer timer;
	bool asking;
	bool had_lease;                   /* by the last answer; true while Redis is away if it was true before */
	int64_t asked_ms, lease_until_ms; /* monotonic */
	unsigned term;                    /* counts how often the lease was taken anew: what was known before may be old */
	int64_t sheet_at_min, utc_offset_min;
	int64_t away_since_ms; /* monotonic; 0: Redis is there */
	bool away_told;
};

struct courier *courier_new(struct project *p); /* NULL when the project has no target */
void courier_free(struct courier *c);           /* NULL is fine */
/* Something happened in the project. NULL is fine. */
void courier_wake(struct courier *c);
/* Whether this daemon speaks for the project now. */
bool courier_speaks(const struct courier *c);

#endif
