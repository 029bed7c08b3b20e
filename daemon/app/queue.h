/* The work queues: what waits for each role, pushed as it changes (a notice of kind `queue`), and read by HTTP.
 *
 * The function library keeps the queue with every change; the daemon reads it again soon after an event that may have
 * changed it, once for all roles, and never more often than QUEUE_PAUSE_MS. */
#ifndef APP_QUEUE_H
#define APP_QUEUE_H

#include "app/project.h"
#include "app/session.h"
#include "core/event.h"

/* A person reads it: a quarter of a second is at once, and a busy hour costs four reads a second. */
enum { QUEUE_PAUSE_MS = 250, QUEUE_ITEMS_MAX = 200 };

void queue_init(struct project *p);
void queue_fini(struct project *p);
void queue_changed(struct project *p, const struct event *e);
void queue_push_to(struct project *p, struct session *s); /* to one that has just begun to watch */
void queue_refresh(struct project *p);                    /* whatever may have happened while the feed was away */

/* The queue of one who reads it by HTTP. Calls back exactly once; `json` is lent, and NULL with an error. */
typedef void (*queue_cb)(void *ctx, int err, const struct buf *json);
void queue_read(struct project *p, enum role role, const char *account, queue_cb cb, void *ctx);

#endif
