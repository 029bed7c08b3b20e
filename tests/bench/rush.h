/* Clients as buyers on launch day: they enter the session, press at its opening, and on every refusal try another unit that
 * their board shows free, until they have one or none is free. Who loses the connection comes back and repeats what has no
 * answer with the same key. Each attempt is in the journal. */
#ifndef BENCH_RUSH_H
#define BENCH_RUSH_H

#include "client.h"

#include <stdbool.h>

struct rush_plan {
	int64_t opens_ms;   /* of the server's clock */
	int64_t from_ms;    /* the first press comes at the earliest so long after the opening, */
	int64_t until_ms;   /* and before so long after it, each moment with the same chance */
	int64_t again_ms;   /* between a refusal and the next try */
	uint64_t seed;      /* of the moments and the choices */
	int64_t timeout_ms; /* after the opening */
	const char *journal;
	bool bare; /* towards bare_lock: the buyer is named, there are no boards, everybody presses once */
};

/* The commands; each prints its line of JSON. */
void rush_enter(const char *launch, const char *rules_sha, unsigned window, int64_t timeout_ms);
void rush_run(const struct rush_plan *plan);
/* Scripts instead: each presses every `every_ms` from `lead_ms` before the opening on, whatever the answers say. */
void rush_hammer(const struct rush_plan *plan, int64_t lead_ms, int64_t every_ms);

void rush_on_closed(struct client *c);

#endif
