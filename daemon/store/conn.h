/* One connection to Redis that keeps itself up: connects, signs in, watches over every command, comes back with back-off.
 *
 * Each command is answered exactly once, in order, never before conn_command has returned: with the reply, or with NULL
 * when the link was lost or Redis did not answer in time. Then nobody knows whether it was carried out. A connection on
 * which a command timed out is given up: replies could no longer be matched. */
#ifndef STORE_CONN_H
#define STORE_CONN_H

#include "loop/loop.h"
#include "store/store.h"

#include <hiredis/hiredis.h>
#include <stddef.h>

struct conn;

typedef void (*conn_cb)(void *ctx, const redisReply *reply); /* reply: lent until return */

struct conn_handlers {
	void (*on_up)(void *ctx);
	void (*on_down)(void *ctx,
	                const char *why); /* after all pending commands were answered; also for failed attempts */
};

/* Starts connecting. config is copied, its texts are lent for the life of the connection. */
struct conn *conn_new(struct loop *l, const struct store_config *config, const struct conn_handlers *handlers,
                      void *ctx);
/* Answers what is pending with NULL, then frees; no on_down. Not from inside a callback of this connection. */
void conn_free(struct conn *c);

bool conn_is_up(const struct conn *c);
/* False when the connection is not up: nothing was sent, cb will not be called. */
MUST_CHECK bool conn_command(struct conn *c, size_t argc, const char *const *argv, const size_t *lens,
                             int64_t timeout_ms, conn_cb cb, void *ctx);
/* Gives the link up and connects anew. Allowed inside callbacks. */
void conn_reset(struct conn *c, const char *why);

#endif
