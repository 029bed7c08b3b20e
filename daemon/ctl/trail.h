/* Reading a project's audit trail from Redis, batch by batch. */
#ifndef CTL_TRAIL_H
#define CTL_TRAIL_H

#include "ctl/ctl.h"
#include "core/trail.h"

/* Calls `each` for the events `from` to `to`, in order; what it is lent is gone when it returns. Each of them must be there:
 * a gap is a problem. 0, or an exit status after the problem was printed. */
MUST_CHECK int ctl_trail_read(struct ctl *c, const char *project, int64_t from, int64_t to,
                              void (*each)(void *ctx, const struct trail_entry *e), void *ctx);

/* The number of the last event. 0, or an exit status after the problem was printed: there may be no such project. */
MUST_CHECK int ctl_trail_end(struct ctl *c, const char *project, int64_t *seq);

#endif
