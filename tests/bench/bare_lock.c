/* bare_lock: the limit for locks over WebSocket. The bare server of ws_server.c in front of one pipelined hiredis
 * connection: each unit.lock becomes the same FCALL that the product makes, everything that one turn of the loop
 * brought goes to Redis in one write, and replies go back as they come. No rights, no sessions, no JSON parser.
 *
 *   bare_lock REDIS_SOCKET PROJECT            every connection is an actor of its own, role manager
 *   bare_lock REDIS_SOCKET PROJECT buyers     every connection is the buyer that it names, choosing for oneself */
#include "base/mem.h"
#include "json_scan.h"
#include "ws_server.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

/* A power of two above the number of connections, each of which has one command under way. */
enum { WAITING_MAX = 32768 };

struct waiting {
	struct ws_peer *peer;
	uint32_t lifetime;
	int64_t id;
};

static struct source redis_source;
static redisContext *redis;
static struct waiting waiting[WAITING_MAX];
static unsigned first_waiting, next_waiting;
static bool wants_write, are_buyers;
static char prefix[96];

static void on_text(struct ws_peer *peer, const char *text, size_t bytes)
{
	size_t key_len = 0, unit_len = 0, buyer_len = 0;
	const char *key = json_string(text, bytes, "key", &key_len), *unit = json_string(text, bytes, "unit", &unit_len);
	const char *buyer = json_string(text, bytes, "buyer", &buyer_len);
	if (!key || !unit || !buyer || buyer_len > 40 || next_waiting - first_waiting == WAITING_MAX)
		fatal("not a lock command, or too many: %.*s", (int)bytes, text);
	char actor[64];
	size_t actor_len = (size_t)(are_buyers ? snprintf(actor, sizeof actor, "buyer:%.*s", (int)buyer_len, buyer)
	                                       : snprintf(actor, sizeof actor, "press%d", peer->fd));
	const char *role = are_buyers ? "buyer" : "manager";
	const char *argv[] = { "FCALL", "ld_lock", "1", prefix, actor, role, key, "0", unit, are_buyers ? "" : buyer };
	size_t lens[] = {
		5, 7, 1, strlen(prefix), actor_len, strlen(role), key_len, 1, unit_len, are_buyers ? 0 : buyer_len
	};
	redisAppendCommandArgv(redis, 10, argv, lens);
	waiting[next_waiting++ % WAITING_MAX] = (struct waiting){ peer, peer->lifetime, json_int(text, bytes, "id", 0) };
}

static const char *field(const redisReply *r, const char *name)
{
	for (size_t i = 1; i + 1 < r->elements; i += 2)
		if (strcmp(r->element[i]->str, name) == 0)
			return r->element[i + 1]->str;
	return "0";
}

static void answer(const struct waiting *w, const redisReply *r)
{
	char text[512];
	int n;
	if (r->type != REDIS_REPLY_ARRAY || r->elements < 2)
		fatal("Redis: %s", r->str ? r->str : "unexpected reply");
	if (strcmp(r->element[0]->str, "ok") == 0)
		n = snprintf(text, sizeof text,
		             "{\"id\":%lld,\"ok\":{\"unit\":\"%s\",\"status\":\"%s\",\"rev\":%s,\"seq\":%s,"
		             "\"deal\":\"%s\",\"deadline\":%s}}",
		             (long long)w->id, field(r, "unit"), field(r, "status"), field(r, "rev"), field(r, "seq"),
		             field(r, "deal"), field(r, "deadline"));
	else
		n = snprintf(text, sizeof text,
		             "{\"id\":%lld,\"error\":{\"code\":\"%s\",\"status\":409,\"message\":\"\","
		             "\"retryable\":false,\"detail\":{\"rev\":%s}}}",
		             (long long)w->id, r->element[1]->str, r->elements > 3 ? r->element[3]->str : "0");
	if (w->peer->open && w->peer->lifetime == w->lifetime)
		ws_server_send(w->peer, text, (size_t)n);
}

static void flush(void)
{
	int done = 1;
	if (redisBufferWrite(redis, &done) != REDIS_OK)
		fatal("Redis: %s", redis->errstr);
	if (wants_write == !done)
		return;
	wants_write = !done;
	reactor_change(&redis_source, redis->fd, wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void on_redis(struct source *s, uint32_t events)
{
	(void)s;
	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	if (redisBufferRead(redis) != REDIS_OK)
		fatal("Redis: %s", redis->errstr);
	for (;;) {
		void *reply = NULL;
		if (redisGetReplyFromReader(redis, &reply) != REDIS_OK)
			fatal("Redis: %s", redis->errstr);
		if (!reply)
			return;
		answer(&waiting[first_waiting++ % WAITING_MAX], reply);
		freeReplyObject(reply);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3 && (argc != 4 || strcmp(argv[3], "buyers") != 0))
		fatal("usage: bare_lock REDIS_SOCKET PROJECT [buyers]");
	are_buyers = argc == 4;
	snprintf(prefix, sizeof prefix, "ld:{%.64s}", argv[2]);
	redis = redisConnectUnixNonBlock(argv[1]);
	if (!redis || redis->err)
		fatal("%s: %s", argv[1], redis ? redis->errstr : "no memory");
	reactor_init();
	redis_source.ready = on_redis;
	reactor_add(&redis_source, redis->fd, EPOLLIN);
	ws_server_start(on_text);
	for (;;) {
		reactor_turn(-1);
		flush();
	}
}
