/* Which units are wanted: refused locks are counted for each unit and added to Redis every few seconds (app/counts.h).
 *
 * These are counters, no state of a unit: no event tells of them. While Redis is away nothing is refused, so nothing is
 * counted. At most one counter for each unit of the project is kept. */
#ifndef APP_DEMAND_H
#define APP_DEMAND_H

#include "app/counts.h"

struct counts *demand_new(struct project *p);

/* The library refused a lock of `unit` with `err`: counted when somebody else was faster. */
void demand_lock_refused(struct counts *d, const char *unit, int err);

#endif
