#include "base/log.h"
#include "base/mem.h"
#include "store/store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 40, KEY_MAX_BYTES = 200, LIST_TIMEOUT_MS = 10000 };

/* One call under way, of any kind: `finish` turns Redis' reply (NULL: lost) into the caller's answer and frees. */
struct call {
	struct list link; /* in store->deferred when it could not be sent */
	struct store *store;
	bool write;
	void (*finish)(struct call *c, int err, const redisReply *r);
	void (*cb)(void); /* of the type that `finish` knows */
	void *ctx;
	struct fn_copy *copy; /* a function's answer that waits for the replicas */
};

static void run_deferred(void *ctx);

static struct call *call_new(struct store *s, bool write, void (*finish)(struct call *, int, const redisReply *),
                             void (*cb)(void), void *ctx)
{
	struct call *c = mem_alloc(sizeof *c);
	*c = (struct call){ .store = s, .write = write, .finish = finish, .cb = cb, .ctx = ctx };
	list_init(&c->link);
	return c;
}

static void on_answer(void *ctx, const redisReply *r)
{
	struct call *c = ctx;
	/* Somebody flushed the functions: load them again. */
	if (reply_is_missing_function(r))
		boot_run(c->store->boot);
	c->finish(c, reply_error(r, c->write), r);
}

static void defer(struct call *c)
{
	struct store *s = c->store;
	if (s->closed) {
		c->finish(c, LD_E_UNAVAILABLE, NULL);
		return;
	}
	list_append(&s->deferred, &c->link);
	if (!s->deferred_armed) {
		s->deferred_armed = true;
		loop_later(s->loop, run_deferred, s);
	}
}

static void flush_deferred(struct store *s)
{
	while (!list_empty(&s->deferred)) {
		struct call *c = CONTAINER_OF(s->deferred.next, struct call, link);
		list_remove(&c->link);
		c->finish(c, LD_E_UNAVAILABLE, NULL);
	}
}

static void run_deferred(void *ctx)
{
	struct store *s = ctx;
	s->deferred_armed = false;
	flush_deferred(s);
}

static void send(struct call *c, size_t argc, const char *const *argv, const size_t *lens, int64_t timeout_ms)
{
	struct store *s = c->store;
	size_t counted[4 + ARGS_MAX];
	for (size_t i = 0; i < argc && !lens; i++)
		counted[i] = strlen(argv[i]);
	if (!s->ready || !conn_command(c->write ? s->writes : s->reads, argc, argv, lens ? lens : counted,
	                               timeout_ms ? timeout_ms : s->config.command_timeout_ms, on_answer, c))
		defer(c);
}

void store_close(struct store *s)
{
	s->closed = true;
	s->ready = false;
	conn_free(s->writes);
	conn_free(s->reads);
	boot_stop(s->boot);
	flush_deferred(s);
}

void store_free(struct store *s)
{
	boot_free(s->boot);
	mem_free(s);
}

/* ---- functions */

/* A function's answer kept beyond its reply, while WAIT is under way. */
struct fn_copy {
	int err;
	size_t count;
	char *keys[24], *values[24];
	size_t lens[24];
};

static struct fn_copy *copy_new(int err, const struct reply_split *from)
{
	struct fn_copy *copy = mem_zalloc(sizeof *copy);
	copy->err = err;
	copy->count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		copy->keys[i] = mem_strdup(from->keys[i]);
		copy->values[i] = mem_strndup(from->values[i], from->lens[i]);
		copy->lens[i] = from->lens[i];
	}
	return copy;
}

static void copy_free(struct fn_copy *copy)
{
	for (size_t i = 0; i < copy->count; i++) {
		mem_free(copy->keys[i]);
		mem_free(copy->values[i]);
	}
	mem_free(copy);
}

static void answer_fn(struct call *c, int err, const struct fn_reply *reply)
{
	store_fn_cb cb = (store_fn_cb)c->cb;
	void *ctx = c->ctx;
	mem_free(c);
	cb(ctx, err, reply);
}

static void on_waited(void *ctx, const redisReply *r)
{
	struct call *c = ctx;
	struct fn_copy *copy = c->copy;
	int err = copy->err;
	/* Fewer replicas than asked for: a failover could forget it. */
	if (!err && (!r || r->type != REDIS_REPLY_INTEGER || r->integer < c->store->config.wait_replicas))
		err = LD_E_UNKNOWN;
	const struct fn_reply reply = { copy->count, (const char *const *)copy->keys, (const char *const *)copy->values,
		                            copy->lens };
	answer_fn(c, err, err == LD_E_UNKNOWN ? NULL : &reply);
	copy_free(copy);
}

static void finish_fn(struct call *c, int err, const redisReply *r)
{
	struct reply_split split = { 0 };
	if (!err)
		err = reply_split(r, c->write, &split);
	if (!err && c->write && c->store->config.wait_replicas) {
		char count[16], timeout[16];
		snprintf(count, sizeof count, "%d", c->store->config.wait_replicas);
		snprintf(timeout, sizeof timeout, "%d", c->store->config.command_timeout_ms / 2);
		const char *argv[] = { "WAIT", count, timeout };
		const size_t lens[] = { 4, strlen(count), strlen(timeout) };
		c->copy = copy_new(err, &split);
		if (conn_command(c->store->writes, 3, argv, lens, c->store->config.command_timeout_ms, on_waited, c))
			return;
		on_waited(c, NULL);
		return;
	}
	const struct fn_reply reply = { split.count, split.keys, split.values, split.lens };
	answer_fn(c, err, split.count || !err ? &reply : NULL);
}

void store_call_key(struct store *s, const char *fn, const char *key, const char *const *args, size_t count, bool write,
                    store_fn_cb cb, void *ctx)
{
	const char *argv[4 + ARGS_MAX] = { write ? "FCALL" : "FCALL_RO", fn, "1", key };
	if (count > ARGS_MAX)
		panic("%s has too many arguments", fn);
	for (size_t i = 0; i < count; i++)
		argv[4 + i] = args[i];
	send(call_new(s, write, finish_fn, (void (*)(void))cb, ctx), 4 + count, argv, NULL, 0);
}

static const char *project_key(char out[KEY_MAX_BYTES], const char *project, const char *suffix)
{
	snprintf(out, KEY_MAX_BYTES, "ld:{%s}%s", project, suffix);
	return out;
}

void store_call(struct store *s, const char *fn, const char *project, const char *const *args, size_t count, bool write,
                store_fn_cb cb, void *ctx)
{
	char key[KEY_MAX_BYTES];
	store_call_key(s, fn, project_key(key, project, ""), args, count, write, cb, ctx);
}

/* ---- plain keys */

static void finish_value(struct call *c, int err, const redisReply *r)
{
	store_value_cb cb = (store_value_cb)c->cb;
	bool found = !err && r->type == REDIS_REPLY_STRING;
	cb(c->ctx, err, found ? r->str : NULL, found ? (size_t)r->len : 0);
	mem_free(c);
}

static void finish_done(struct call *c, int err, const redisReply *r)
{
	UNUSED(r);
	((store_done_cb)c->cb)(c->ctx, err);
	mem_free(c);
}

static size_t read_strings(const redisReply *r, size_t first, size_t step, char ***texts, size_t **bytes)
{
	size_t n = 0;
	*texts = mem_calloc(r->elements + 1, sizeof **texts);
	*bytes = mem_calloc(r->elements + 1, sizeof **bytes);
	for (size_t i = first; i < r->elements; i += step) {
		if (r->element[i]->type != REDIS_REPLY_STRING)
			continue;
		(*texts)[n] = r->element[i]->str;
		(*bytes)[n++] = (size_t)r->element[i]->len;
	}
	return n;
}

static void finish_names(struct call *c, int err, const redisReply *r)
{
	store_names_cb cb = (store_names_cb)c->cb;
	char **names = NULL;
	size_t *bytes = NULL, n = 0;
	if (!err && r->type == REDIS_REPLY_ARRAY)
		n = read_strings(r, 0, 1, &names, &bytes);
	cb(c->ctx, err, n, names);
	mem_free(names);
	mem_free(bytes);
	mem_free(c);
}

void store_get(struct store *s, const char *key, store_value_cb cb, void *ctx)
{
	send(call_new(s, false, finish_value, (void (*)(void))cb, ctx), 2, (const char *const[]){ "GET", key }, NULL, 0);
}

void store_hget(struct store *s, const char *key, const char *field, store_value_cb cb, void *ctx)
{
	send(call_new(s, false, finish_value, (void (*)(void))cb, ctx), 3, (const char *const[]){ "HGET", key, field },
	     NULL, 0);
}

void store_del(struct store *s, const char *key, store_done_cb cb, void *ctx)
{
	send(call_new(s, true, finish_done, (void (*)(void))cb, ctx), 2, (const char *const[]){ "DEL", key }, NULL, 0);
}

void store_smembers(struct store *s, const char *key, store_names_cb cb, void *ctx)
{
	send(call_new(s, false, finish_names, (void (*)(void))cb, ctx), 2, (const char *const[]){ "SMEMBERS", key }, NULL,
	     0);
}

/* ---- whole lists */

static void finish_list(struct call *c, int err, const redisReply *r)
{
	store_list_cb cb = (store_list_cb)c->cb;
	struct reply_split split = { 0 };
	char **items = NULL;
	size_t *bytes = NULL, n = 0;
	if (!err)
		err = reply_split(r, false, &split);
	if (!err && split.rest)
		n = read_strings(r, split.rest, 1, &items, &bytes);
	struct fn_reply reply = { split.count, split.keys, split.values, split.lens };
	cb(c->ctx, err, split.count ? &reply : NULL, n, items, bytes);
	mem_free(items);
	mem_free(bytes);
	mem_free(c);
}

static void finish_buyers(struct call *c, int err, const redisReply *r)
{
	store_buyers_cb cb = (store_buyers_cb)c->cb;
	char **json = NULL;
	size_t *bytes = NULL, n = 0;
	if (!err && r->type == REDIS_REPLY_ARRAY)
		n = read_strings(r, 0, 1, &json, &bytes);
	cb(c->ctx, err, n, json, bytes);
	mem_free(json);
	mem_free(bytes);
	mem_free(c);
}

static void finish_trail(struct call *c, int err, const redisReply *r)
{
	store_trail_cb cb = (store_trail_cb)c->cb;
	size_t count = !err && r->type == REDIS_REPLY_ARRAY ? r->elements : 0;
	struct trail_entry *entries = mem_calloc(count + 1, sizeof *entries);
	for (size_t i = 0; i < count; i++)
		if (!reply_trail_entry(r->element[i], &entries[i])) {
			log_error("store", "an entry of the trail is malformed in Redis");
			err = LD_E_UNAVAILABLE;
		}
	cb(c->ctx, err, err ? 0 : count, entries);
	for (size_t i = 0; i < count; i++)
		mem_free(entries[i].fields);
	mem_free(entries);
	mem_free(c);
}

void store_list(struct store *s, const char *fn, const char *project, const char *const *args, size_t count,
                store_list_cb cb, void *ctx)
{
	char key[KEY_MAX_BYTES];
	const char *argv[4 + ARGS_MAX] = { "FCALL_RO", fn, "1", project_key(key, project, "") };
	if (count > ARGS_MAX)
		panic("%s: too many arguments", fn);
	for (size_t i = 0; i < count; i++)
		argv[4 + i] = args[i];
	send(call_new(s, false, finish_list, (void (*)(void))cb, ctx), 4 + count, argv, NULL, LIST_TIMEOUT_MS);
}

void store_buyers(struct store *s, const char *project, store_buyers_cb cb, void *ctx)
{
	char key[KEY_MAX_BYTES];
	send(call_new(s, false, finish_buyers, (void (*)(void))cb, ctx), 2,
	     (const char *const[]){ "HVALS", project_key(key, project, ":buyers") }, NULL, LIST_TIMEOUT_MS);
}

/* The events of a project from seq `from` on, for whichever call. */
static void send_range(struct call *c, const char *project, int64_t from, int64_t limit)
{
	char key[KEY_MAX_BYTES], start[32], count[24];
	snprintf(start, sizeof start, "%lld-0", (long long)from);
	snprintf(count, sizeof count, "%lld", (long long)limit);
	send(c, 6, (const char *const[]){ "XRANGE", project_key(key, project, ":events"), start, "+", "COUNT", count },
	     NULL, LIST_TIMEOUT_MS);
}

void store_trail(struct store *s, const char *project, int64_t from, int64_t limit, store_trail_cb cb, void *ctx)
{
	send_range(call_new(s, false, finish_trail, (void (*)(void))cb, ctx), project, from, limit);
}
