#include "store/conn.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <hiredis/adapters/libev.h>
#include <hiredis/async.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* How often pending commands are looked at: a time-out is this much late at most. */
enum { WATCH_MS = 100 };
/* Back-off: soon after a restart of Redis, gently when it stays away. */
enum { RETRY_FIRST_MS = 50, RETRY_MAX_MS = 2000 };

struct pending {
	struct list link;
	struct conn *conn;
	int64_t deadline_ms;
	conn_cb cb;
	void *ctx;
};

enum conn_state { CONN_WAITING, CONN_LOOKING_UP, CONN_CONNECTING, CONN_SIGNING_IN, CONN_UP };

/* A host's name on its way to an address: on a worker thread, because a name server that is away would stop the loop. */
struct lookup {
	struct conn *conn; /* NULL once the connection is gone */
	char *host;
	char address[INET6_ADDRSTRLEN]; /* "" when there is none */
};

struct conn {
	struct loop *loop;
	struct store_config config;
	const struct conn_handlers *handlers;
	void *ctx;
	enum conn_state state;
	redisAsyncContext *redis; /* NULL while waiting */
	struct lookup *lookup;    /* while a name is being looked up */
	struct list pending;      /* oldest first */
	struct loop_timer retry, watch;
	int64_t retry_ms, connect_deadline_ms;
	char why[160];
	bool freeing;
};

static void connect_now(void *ctx);

static void go_down(struct conn *c, const char *why)
{
	bool was_up = c->state == CONN_UP;
	snprintf(c->why, sizeof c->why, "%s", why);
	c->state = CONN_WAITING;
	c->redis = NULL;
	loop_timer_stop(&c->watch);
	if (c->freeing)
		return;
	/* A quarter more or less, so that many daemons do not come back in the same instant. */
	int64_t wait_ms = c->retry_ms * 3 / 4 + (int64_t)randombytes_uniform((uint32_t)(c->retry_ms / 2 + 1));
	c->retry_ms = was_up ? RETRY_FIRST_MS : c->retry_ms * 2 < RETRY_MAX_MS ? c->retry_ms * 2 : RETRY_MAX_MS;
	loop_timer_after(&c->retry, wait_ms);
	c->handlers->on_down(c->ctx, c->why);
}

/* Ends the link from our side. The library answers what is pending with NULL, at once or after the running callback. */
static void drop(struct conn *c, const char *why)
{
	redisAsyncContext *redis = c->redis;
	if (!redis)
		return;
	redis->data = NULL; /* its disconnect callback is nobody's any more */
	c->redis = NULL;
	redisAsyncFree(redis);
	go_down(c, why);
}

void conn_reset(struct conn *c, const char *why) { drop(c, why); }

static void on_reply(redisAsyncContext *redis, void *reply, void *privdata)
{
	struct pending *p = privdata;
	UNUSED(redis);
	list_remove(&p->link);
	p->cb(p->ctx, reply);
	mem_free(p);
}

static void come_up(struct conn *c)
{
	c->state = CONN_UP;
	c->retry_ms = RETRY_FIRST_MS;
	c->handlers->on_up(c->ctx);
}

static void on_signed_in(void *ctx, const redisReply *reply)
{
	struct conn *c = ctx;
	if (!c->redis || c->state != CONN_SIGNING_IN)
		return;
	if (reply && reply->type == REDIS_REPLY_ERROR)
		drop(c, "Redis refuses the user or the password (redis_user, redis_password_file)");
	else if (reply)
		come_up(c);
}

static bool send_command(struct conn *c, size_t argc, const char *const *argv, const size_t *lens, int64_t timeout_ms,
                         conn_cb cb, void *ctx)
{
	struct pending *p = mem_alloc(sizeof *p);
	*p = (struct pending){ .conn = c, .deadline_ms = clock_mono_ms() + timeout_ms, .cb = cb, .ctx = ctx };
	/* The library takes char ** and does not write through it. */
	if (redisAsyncCommandArgv(c->redis, on_reply, p, (int)argc, (const char **)(uintptr_t)argv, lens) != REDIS_OK) {
		mem_free(p);
		return false;
	}
	list_append(&c->pending, &p->link);
	return true;
}

static void sign_in(struct conn *c)
{
	const char *argv[3] = { "AUTH" };
	size_t lens[3] = { 4 }, n = 1;
	if (!c->config.password) {
		come_up(c);
		return;
	}
	if (c->config.user)
		argv[n++] = c->config.user;
	argv[n++] = c->config.password;
	for (size_t i = 1; i < n; i++)
		lens[i] = strlen(argv[i]);
	c->state = CONN_SIGNING_IN;
	if (!send_command(c, n, argv, lens, c->config.command_timeout_ms, on_signed_in, c))
		log_debug("redis", "the link went while signing in");
}

static void on_connect(const redisAsyncContext *redis, int status)
{
	struct conn *c = redis->data;
	if (!c)
		return;
	if (status != REDIS_OK)
		go_down(c, redis->errstr[0] ? redis->errstr : "cannot connect"); /* the library frees the context itself */
	else
		sign_in(c);
}

static void on_disconnect(const redisAsyncContext *redis, int status)
{
	struct conn *c = redis->data;
	UNUSED(status);
	if (c)
		go_down(c, redis->errstr[0] ? redis->errstr : "the link to Redis closed");
}

static void on_watch(void *ctx)
{
	struct conn *c = ctx;
	int64_t now_ms = clock_mono_ms();
	if (c->state == CONN_CONNECTING && now_ms > c->connect_deadline_ms)
		drop(c, "Redis does not answer the connection");
	else if (!list_empty(&c->pending) && CONTAINER_OF(c->pending.next, struct pending, link)->deadline_ms < now_ms)
		drop(c, "Redis does not answer in time");
}

static void connect_to(struct conn *c, const char *address)
{
	c->redis = address ? redisAsyncConnect(address, c->config.port) : redisAsyncConnectUnix(c->config.unix_path);
	if (!c->redis || c->redis->err) {
		char why[160];
		snprintf(why, sizeof why, "%s", c->redis ? c->redis->errstr : "out of memory");
		if (c->redis)
			redisAsyncFree(c->redis);
		go_down(c, why);
		return;
	}
	c->redis->data = c;
	c->state = CONN_CONNECTING;
	c->connect_deadline_ms = clock_mono_ms() + c->config.command_timeout_ms;
	redisLibevAttach(loop_native(c->loop), c->redis);
	redisAsyncSetConnectCallback(c->redis, on_connect);
	redisAsyncSetDisconnectCallback(c->redis, on_disconnect);
	loop_timer_every(&c->watch, WATCH_MS);
}

static void look_up(void *ctx)
{
	struct lookup *q = ctx;
	struct addrinfo *found = NULL, hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	/* IPv4 first: a Redis as Debian installs it listens on 127.0.0.1, where `localhost` may mean ::1 as well. */
	if (getaddrinfo(q->host, NULL, &hints, &found) != 0) {
		hints.ai_family = AF_INET6;
		if (getaddrinfo(q->host, NULL, &hints, &found) != 0)
			return;
	}
	if (getnameinfo(found->ai_addr, found->ai_addrlen, q->address, sizeof q->address, NULL, 0, NI_NUMERICHOST) != 0)
		q->address[0] = '\0';
	freeaddrinfo(found);
}

static void on_looked_up(void *ctx)
{
	struct lookup *q = ctx;
	struct conn *c = q->conn;
	if (c) {
		char why[160];
		c->lookup = NULL;
		snprintf(why, sizeof why, "the host %.100s has no address (redis_host)", q->host);
		if (q->address[0])
			connect_to(c, q->address);
		else
			go_down(c, why);
	}
	mem_free(q->host);
	mem_free(q);
}

static void connect_by_name(struct conn *c)
{
	struct lookup *q = mem_zalloc(sizeof *q);
	q->conn = c;
	q->host = mem_strdup(c->config.host);
	c->lookup = q;
	c->state = CONN_LOOKING_UP;
	if (!loop_work(c->loop, look_up, on_looked_up, q))
		on_looked_up(q); /* all threads are busy: as if it had not been found */
}

static bool is_address(const char *host)
{
	unsigned char raw[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, host, raw) == 1 || inet_pton(AF_INET6, host, raw) == 1;
}

static void connect_now(void *ctx)
{
	struct conn *c = ctx;
	if (c->config.unix_path)
		connect_to(c, NULL);
	else if (is_address(c->config.host))
		connect_to(c, c->config.host);
	else
		connect_by_name(c);
}

struct conn *conn_new(struct loop *l, const struct store_config *config, const struct conn_handlers *handlers,
                      void *ctx)
{
	struct conn *c = mem_zalloc(sizeof *c);
	c->loop = l;
	c->config = *config;
	c->handlers = handlers;
	c->ctx = ctx;
	c->retry_ms = RETRY_FIRST_MS;
	list_init(&c->pending);
	loop_timer_init(&c->retry, l, connect_now, c);
	loop_timer_init(&c->watch, l, on_watch, c);
	loop_timer_after(&c->retry, 0);
	return c;
}

void conn_free(struct conn *c)
{
	c->freeing = true;
	if (c->lookup)
		c->lookup->conn = NULL;
	loop_timer_stop(&c->retry);
	drop(c, "stopping");
	loop_timer_stop(&c->watch);
	mem_free(c);
}

bool conn_is_up(const struct conn *c) { return c->state == CONN_UP; }

bool conn_command(struct conn *c, size_t argc, const char *const *argv, const size_t *lens, int64_t timeout_ms,
                  conn_cb cb, void *ctx)
{
	return c->state == CONN_UP && c->redis && send_command(c, argc, argv, lens, timeout_ms, cb, ctx);
}
