/* What the files of the store share among themselves. */
#ifndef STORE_STORE_PARTS_H
#define STORE_STORE_PARTS_H

#include "base/list.h"
#include "store/conn.h"

struct store {
	struct loop *loop;
	struct store_config config;
	void (*on_state)(void *ctx, bool ready, const char *why);
	void *ctx;
	struct conn *writes, *reads;
	struct boot *boot;
	bool fit, ready, closed;
	char why[200];
	struct list deferred; /* answers to calls that could not be sent, due in the next turn */
	bool deferred_armed;
};

/* The one place where readiness changes. why NULL: fit. */
void store_set_fit(struct store *s, const char *why);

/* store_boot.c: looks whether Redis is fit and loads the library; again every few seconds while the link is up. */
struct boot *boot_new(struct store *s);
void boot_free(struct boot *b);
void boot_run(struct boot *b);
void boot_stop(struct boot *b);

/* store_reply.c: LD_OK, LD_E_UNAVAILABLE or LD_E_UNKNOWN for what Redis itself answered. NULL is a lost link. */
int reply_error(const redisReply *r, bool write);
bool reply_is_missing_function(const redisReply *r);
/* Redis reads its data after a start: it is back in a moment, and everybody waits for it, so it is asked soon again. */
enum { LOADING_RETRY_MS = 100 };
bool reply_is_loading(const redisReply *r);
/* Splits a function's answer; 0, a refusal's code or trouble. `pairs` gets at most `cap`; strings are lent by r.
 * rest: index of the first element behind the pairs, when a pair `units N` announced a list. */
struct reply_split {
	size_t count, rest, rest_count;
	const char *keys[24], *values[24];
	size_t lens[24];
};
int reply_split(const redisReply *r, bool write, struct reply_split *out);
/* An event of a stream entry [id, [field, value, …]]; false when it is malformed. */
bool reply_event(const redisReply *entry, struct event *out);
/* The same with every field, in out->fields, to be freed with mem_free (also after false). */
bool reply_trail_entry(const redisReply *entry, struct trail_entry *out);

#endif
