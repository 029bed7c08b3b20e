/* Which units are wanted: refused locks are counted for each unit and added to Redis every few seconds.
 *
 * These are counters, no state of a unit: no event tells of them, and what was counted in the seconds before this daemon
 * ends is lost. While Redis is away nothing is refused, so nothing is counted; what waits then is kept and added once, even
 * when the answer to an earlier attempt was lost. At most one counter for each unit of the project is kept. */
#ifndef APP_DEMAND_H
#define APP_DEMAND_H

#include "app/project.h"

struct demand;

struct demand *demand_new(struct project *p);
void demand_free(struct demand *d); /* NULL is fine */

/* The library refused a lock of `unit` with `err`: counted when somebody else was faster. */
void demand_lock_refused(struct demand *d, const char *unit, int err);

#endif
