/* Redis, as the daemon uses it: typed calls of the function library and a few plain keys, asynchronous on the loop.
 *
 * Every call is answered exactly once, never before the call has returned (only after store_close at once):
 *   0                 carried out, durable as Redis promises (and on wait_replicas replicas);
 *   LD_E_<refusal>    the function refused; nothing was changed;
 *   LD_E_UNAVAILABLE  nothing was done; try again;
 *   LD_E_UNKNOWN      the link went while it was under way: it may or may not have been done. Repeat with the same key.
 *
 * Two connections: one for writes, one for reads and checks, so that a large read never stands before a lock. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "core/event.h"
#include "core/trail.h"
#include "loop/loop.h"

#include <stddef.h>

struct store_config {
	const char *unix_path; /* NULL: host and port */
	const char *host;
	int port;
	const char *user, *password; /* NULL: none */
	int command_timeout_ms;
	int wait_replicas;
	bool allow_unsafe; /* ready although Redis may lose or evict data (tests, tryouts) */
};

/* The pairs of a function's answer; lent during the callback. Values end with a NUL that value_lens does not count. */
struct fn_reply {
	size_t count;
	const char *const *keys;
	const char *const *values;
	const size_t *value_lens;
};

const char *fn_reply_get(const struct fn_reply *r, const char *key); /* NULL when absent; r may be NULL */
int64_t fn_reply_int(const struct fn_reply *r, const char *key, int64_t dflt);

struct store;

/* Ready: both connections are up, Redis is fit (version, durability, no eviction, a master), and the function library of
 * this daemon's version is loaded. on_state is called at each change. config is copied, its texts are lent. */
struct store *store_start(struct loop *l, const struct store_config *config,
                          void (*on_state)(void *ctx, bool ready, const char *why), void *ctx);
void store_close(struct store *s); /* answers everything pending; later calls are answered at once */
void store_free(struct store *s);  /* after store_close, and after the last feed has stopped */
bool store_is_ready(const struct store *s);
const char *store_why(const struct store *s); /* why it is not */
const struct store_config *store_settings(const struct store *s);

/* reply is set for 0 and for refusals (their detail). */
typedef void (*store_fn_cb)(void *ctx, int err, const struct fn_reply *reply);
void store_call(struct store *s, const char *fn, const char *project, const char *const *args, size_t count, bool write,
                store_fn_cb cb, void *ctx);
void store_call_key(struct store *s, const char *fn, const char *key, const char *const *args, size_t count, bool write,
                    store_fn_cb cb, void *ctx);

/* Plain keys. err is 0, LD_E_UNAVAILABLE, or for writes LD_E_UNKNOWN. An absent value is NULL with err 0. */
typedef void (*store_value_cb)(void *ctx, int err, const char *value, size_t bytes);
typedef void (*store_done_cb)(void *ctx, int err);
typedef void (*store_names_cb)(void *ctx, int err, size_t count, char *const *names);
void store_get(struct store *s, const char *key, store_value_cb cb, void *ctx);
void store_hget(struct store *s, const char *key, const char *field, store_value_cb cb, void *ctx);
void store_del(struct store *s, const char *key, store_done_cb cb, void *ctx);
void store_smembers(struct store *s, const char *key, store_names_cb cb, void *ctx);

/* Whole lists of a project, lent during the callback. */
typedef void (*store_list_cb)(void *ctx, int err, const struct fn_reply *reply, size_t count, char *const *items,
                              const size_t *bytes);
typedef void (*store_buyers_cb)(void *ctx, int err, size_t count, char *const *json, const size_t *bytes);
/* A reading function that answers with pairs and a list. reply is NULL when it did not answer. */
void store_list(struct store *s, const char *fn, const char *project, const char *const *args, size_t count,
                store_list_cb cb, void *ctx);
void store_buyers(struct store *s, const char *project, store_buyers_cb cb, void *ctx);
/* At most `limit` events from seq `from` on, with every field. An entry that is malformed is LD_E_UNAVAILABLE: none is ever
 * left out. */
typedef void (*store_trail_cb)(void *ctx, int err, size_t count, const struct trail_entry *entries);
void store_trail(struct store *s, const char *project, int64_t from, int64_t limit, store_trail_cb cb, void *ctx);

#endif
