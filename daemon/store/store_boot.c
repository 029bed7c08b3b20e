/* Whether Redis is fit to hold homes and money, and the loading of the function library. */
#include "base/log.h"
#include "base/mem.h"
#include "store/listing_lua.h"
#include "store/store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Settings of Redis may be changed while it runs: a daemon notices within this time. */
enum { LOOK_AGAIN_MS = 5000, LOADING_TIMEOUT_MS = 10000 };

enum { REDIS_MAJOR_MIN = 7 };

struct boot {
	struct store *store;
	struct loop_timer again;
	bool under_way;
};

struct requirement {
	const char *setting, *value, *why;
};

static const struct requirement requirements[] = {
	{ "appendonly", "yes", "appendonly is not \"yes\": a restart of Redis would lose locks" },
	{ "appendfsync", "always", "appendfsync is not \"always\": a crash would lose acknowledged locks" },
	{ "no-appendfsync-on-rewrite", "no",
	  "no-appendfsync-on-rewrite is not \"no\": a crash during a rewrite would lose locks" },
	{ "maxmemory-policy", "noeviction", "maxmemory-policy is not \"noeviction\": Redis would evict units" },
};

static void done(struct boot *b, const char *why)
{
	b->under_way = false;
	store_set_fit(b->store, why);
	loop_timer_after(&b->again, LOOK_AGAIN_MS);
}

static void still_loading(struct boot *b)
{
	done(b, "Redis is still loading its data");
	loop_timer_after(&b->again, LOADING_RETRY_MS);
}

static void ask(struct boot *b, size_t argc, const char *const *argv, const size_t *lens, conn_cb cb)
{
	size_t counted[8];
	for (size_t i = 0; i < argc && !lens; i++)
		counted[i] = strlen(argv[i]);
	/* A link that is down answers nothing; boot_run is called again when it is up. */
	if (!conn_command(b->store->reads, argc, argv, lens ? lens : counted, LOADING_TIMEOUT_MS, cb, b))
		b->under_way = false;
}

static void on_loaded(void *ctx, const redisReply *r)
{
	struct boot *b = ctx;
	if (!r) {
		b->under_way = false;
		return;
	}
	if (r->type == REDIS_REPLY_ERROR) {
		log_warnx("store", "the function library is refused: %s", r->str);
		done(b, "the function library cannot be loaded into Redis");
		return;
	}
	log_info("store", "loaded function library %d", LISTING_LUA_VERSION);
	done(b, NULL);
}

static void load(struct boot *b)
{
	const char *argv[] = { "FUNCTION", "LOAD", "REPLACE", listing_lua };
	const size_t lens[] = { 8, 4, 7, sizeof listing_lua - 1 };
	ask(b, 4, argv, lens, on_loaded);
}

static void on_version(void *ctx, const redisReply *r)
{
	struct boot *b = ctx;
	struct reply_split split;
	if (!r) {
		b->under_way = false;
	} else if (reply_is_loading(r)) {
		still_loading(b);
	} else if (reply_is_missing_function(r)) {
		load(b);
	} else if (reply_split(r, false, &split) != 0 || split.count < 2) {
		done(b, "the function library in Redis does not tell its version");
	} else if (atoi(split.values[0]) > LISTING_LUA_VERSION) {
		done(b, "the function library in Redis is newer than this daemon: install the newer listingd");
	} else if (strcmp(split.values[1], LISTING_LUA_SHA) != 0) {
		load(b);
	} else {
		done(b, NULL);
	}
}

static const char *unfit(const redisReply *r)
{
	size_t seen = 0;
	if (r->type != REDIS_REPLY_ARRAY)
		return "CONFIG GET is not allowed: durability cannot be checked";
	for (size_t i = 0; i + 1 < r->elements; i += 2) {
		for (size_t k = 0; k < sizeof requirements / sizeof requirements[0]; k++) {
			if (strcmp(r->element[i]->str, requirements[k].setting) != 0)
				continue;
			if (strcmp(r->element[i + 1]->str, requirements[k].value) != 0)
				return requirements[k].why;
			seen++;
		}
	}
	return seen == sizeof requirements / sizeof requirements[0] ? NULL : "CONFIG GET does not tell all settings";
}

static void on_settings(void *ctx, const redisReply *r)
{
	struct boot *b = ctx;
	const char *why = r ? unfit(r) : NULL;
	if (!r)
		b->under_way = false;
	else if (why && !b->store->config.allow_unsafe)
		done(b, why);
	else
		ask(b, 3, (const char *const[]){ "FCALL_RO", "ld_version", "0" }, NULL, on_version);
}

static void on_info(void *ctx, const redisReply *r)
{
	struct boot *b = ctx;
	if (!r) {
		b->under_way = false;
		return;
	}
	const char *version = r->type == REDIS_REPLY_STRING ? strstr(r->str, "redis_version:") : NULL;
	/* INFO is answered while the data are read, functions are not. */
	if (reply_is_loading(r) || (r->type == REDIS_REPLY_STRING && strstr(r->str, "\nloading:1")))
		still_loading(b);
	else if (!version || atoi(version + 14) < REDIS_MAJOR_MIN)
		done(b, "Redis is older than 7.0");
	else if (strstr(r->str, "role:slave"))
		done(b, "Redis is a replica: name the master");
	else
		ask(b, 6,
		    (const char *const[]){ "CONFIG", "GET", "appendonly", "appendfsync", "maxmemory-policy",
		                           "no-appendfsync-on-rewrite" },
		    NULL, on_settings);
}

void boot_run(struct boot *b)
{
	if (b->under_way)
		return;
	b->under_way = true;
	loop_timer_stop(&b->again);
	ask(b, 2, (const char *const[]){ "INFO", "default" }, NULL, on_info);
}

static void run_again(void *ctx) { boot_run(ctx); }

struct boot *boot_new(struct store *s)
{
	struct boot *b = mem_zalloc(sizeof *b);
	b->store = s;
	loop_timer_init(&b->again, s->loop, run_again, b);
	return b;
}

void boot_stop(struct boot *b)
{
	b->under_way = false;
	loop_timer_stop(&b->again);
}

void boot_free(struct boot *b)
{
	boot_stop(b);
	mem_free(b);
}
