/* A program run beside the daemon: what takes long happens there, and the loop goes on.
 *
 * Its standard input is empty, its standard error the daemon's log, its standard output is kept up to `out_max_bytes` (the
 * rest is read and dropped). It inherits no descriptor, runs at low priority, and is killed when it outlives its time. */
#ifndef LOOP_CHILD_H
#define LOOP_CHILD_H

#include "loop/loop.h"

#include <stddef.h>

struct child;

/* status: the exit status; -1 when it was killed. out ends with a NUL and is lent for the call. */
typedef void (*child_cb)(void *ctx, int status, const char *out, size_t out_bytes);

/* Starts argv[0] (a path) with exactly this environment. NULL when it cannot be started: cb will not be called. Else cb is
 * called exactly once, from the loop, unless child_stop comes before. Texts are copied by the system. */
struct child *child_start(struct loop *l, const char *const *argv, const char *const *environment, int64_t timeout_ms,
                          size_t out_max_bytes, child_cb cb, void *ctx);
/* Kills it and frees everything; no callback. NULL is fine. */
void child_stop(struct child *c);

#endif
