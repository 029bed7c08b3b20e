/* The commands of the contract. A row of the table (command.c) says what a command needs: its right, whether it changes
 * state (then it needs an idempotency key), and how its arguments become a call of the function library.
 *
 * Each command is answered exactly once, with the function's own result; boards follow through the feed. */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/session.h"
#include "wire/command.h"

/* One message of a WebSocket session. within_rate false: refuse with rate_limited. */
void command_receive(struct session *s, const char *text, size_t bytes, bool within_rate);

/* One command by HTTP, from the client's `address`. Calls back exactly once with the whole JSON reply in `text` (to be
 * emptied by the callee) and the HTTP status. Borrows everything for the call only. */
typedef void (*command_http_cb)(void *ctx, int http_status, struct buf *text);
void command_post(struct app *a, struct identity *who, const char *address, bool english, const char *project,
                  const char *key, const char *text, size_t bytes, command_http_cb cb, void *ctx);

#endif
