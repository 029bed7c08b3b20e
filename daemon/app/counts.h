/* Counters that many daemons bring together in Redis: counted here, added there every few seconds, each batch once.
 *
 * What was counted since the last batch is lost when this daemon is killed. While Redis is away it waits, and is added
 * once even when the answer to an earlier attempt was lost. */
#ifndef APP_COUNTS_H
#define APP_COUNTS_H

#include "app/project.h"

struct counts;

/* function takes [first] daemon number lines, a line `name|count` for each counter; first (copied) may be NULL. */
struct counts *counts_new(struct project *p, const char *function, const char *first, int64_t flush_ms,
                          int batch_names);
void counts_free(struct counts *c); /* NULL is fine; what waits is lost */

/* One more of `name`, a name as the function takes it. */
void counts_add(struct counts *c, const char *name);

#endif
