#include "net/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/upload.h"
#include "net/ws.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The library's own timers do not run under libev (measured); this tick is what lets half-open requests time out. */
enum { SERVICE_TICK_MS = 200 };
/* The library keeps a buffer of this size for every connection. A command takes about 150 bytes; what is longer comes in
 * pieces and is put together by us. */
enum { RECEIVE_PIECE_BYTES = 512 };
/* Descriptors kept for Redis, files and the library itself. */
enum { RESERVED_DESCRIPTORS = 256, DESCRIPTORS_WANTED = 1 << 20 };

static const struct lws_protocols public_protocols[] = {
	{ .name = "http",
	  .callback = http_callback,
	  .per_session_data_size = sizeof(struct http_conn),
	  .tx_packet_size = TX_PACKET_BYTES },
	{ .name = "listing.v1.json",
	  .callback = ws_callback,
	  .per_session_data_size = sizeof(struct ws_conn),
	  .rx_buffer_size = RECEIVE_PIECE_BYTES,
	  .tx_packet_size = TX_PACKET_BYTES },
	{ .name = NULL },
};

static const struct lws_protocols internal_protocols[] = {
	{ .name = "http",
	  .callback = http_callback,
	  .per_session_data_size = sizeof(struct http_conn),
	  .tx_packet_size = TX_PACKET_BYTES },
	{ .name = NULL },
};

/* All zero: the library's own ping policy costs O(n) for every connect and every pong. */
static const lws_retry_bo_t no_validity_policy;

static void adopt(struct server *s, struct lws_vhost *vhost, int fd)
{
	/* Who asks whether the daemon lives must hear so just when it is full; the reserve has room for that. */
	bool limited = vhost == s->public_vhost;
	struct peer *peer = !limited || s->connections < s->connections_max ? peer_enter(&s->peers, fd, limited) : NULL;
	if (!peer) {
		s->app->metrics.connections_refused_total++;
		close(fd);
		return;
	}
	s->connections++;
	struct lws *wsi = lws_adopt_socket_vhost(vhost, fd);
	if (!wsi) { /* the library has closed the descriptor */
		s->connections--;
		peer_leave(&s->peers, peer);
		return;
	}
	lws_set_opaque_user_data(wsi, peer);
}

static void on_public(void *ctx, int fd)
{
	struct server *s = ctx;
	adopt(s, s->public_vhost, fd);
}

static void on_internal(void *ctx, int fd)
{
	struct server *s = ctx;
	adopt(s, s->internal_vhost, fd);
}

static void on_service_tick(void *ctx)
{
	struct server *s = ctx;
	lws_cancel_service(s->context);
}

static void on_ping_tick(void *ctx)
{
	struct server *s = ctx;
	s->ping_at = (s->ping_at + 1) % s->ping_slot_count;
	ws_ping_slot(s, &s->ping_slots[s->ping_at]);
}

/* Clients can make the library complain as often as they like: so many lines are told of each second. */
enum { LIBRARY_LINES_PER_S = 5 };

static void library_log(int level, const char *line)
{
	static int64_t second;
	static int lines;
	int64_t now = clock_mono_ms() / 1000;
	lines = now == second ? lines + 1 : 1;
	second = now;
	if (level == LLL_ERR && lines <= LIBRARY_LINES_PER_S)
		log_warnx("libwebsockets", "%.*s", (int)strcspn(line, "\n"), line);
}

static long raise_descriptor_limit(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 1024;
	/* Before the context exists, never later: the library sizes its tables by it. */
	rlim_t want = r.rlim_max < DESCRIPTORS_WANTED ? r.rlim_max : DESCRIPTORS_WANTED;
	if (r.rlim_cur < want) {
		r.rlim_cur = want;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	return (long)r.rlim_cur;
}

static bool create_context(struct server *s, struct buf *why)
{
	void *loops[] = { loop_native(s->app->loop) };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.foreign_loops = loops,
		.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8 |
		           (s->tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
		.user = s,
		.gid = -1,
		.uid = -1,
	};
	lws_set_log_level(LLL_ERR, library_log);
	s->context = lws_create_context(&info);
	if (!s->context)
		buf_adds(why, "libwebsockets cannot start on libev; is the package libwebsockets-evlib-ev installed?");
	return s->context != NULL;
}

/* `group` is a port number that means "no listener". The library chooses a vhost anew by the Host header among those of
 * one port: with a number each, nobody reaches the internal vhost by naming it. */
static struct lws_vhost *create_vhost(struct server *s, const char *name, int group,
                                      const struct lws_protocols *protocols, bool tls)
{
	struct lws_context_creation_info info = {
		.vhost_name = name,
		.port = group,
		.protocols = protocols,
		.retry_and_idle_policy = &no_validity_policy,
		.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.alpn = "http/1.1",
		.keepalive_timeout = 60,
		.timeout_secs = 20,
	};
	if (tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = s->conf->tls_cert_file;
		info.ssl_private_key_filepath = s->conf->tls_key_file;
	}
	return lws_create_vhost(s->context, &info);
}

static void count_limits(struct server *s)
{
	long descriptors = raise_descriptor_limit() - RESERVED_DESCRIPTORS;
	s->connections_max = s->conf->max_connections ? (long)s->conf->max_connections : descriptors;
	if (s->connections_max > descriptors) {
		log_warnx("server",
		          "max_connections %ld is above what the descriptor limit allows; using %ld (raise LimitNOFILE)",
		          s->connections_max, descriptors);
		s->connections_max = descriptors;
	}
}

static bool listen_both(struct server *s, struct buf *why)
{
	struct ev_loop *ev = loop_native(s->app->loop);
	if (listener_start(&s->public_listener, ev, s->conf->bind, s->conf->listen_port, true, on_public, s, why) != 0)
		return false;
	/* Shared as well: daemons on one port answer their health checks in turn; give each its own internal_port to ask one. */
	return !s->conf->internal_port || listener_start(&s->internal_listener, ev, "127.0.0.1", s->conf->internal_port,
	                                                 true, on_internal, s, why) == 0;
}

struct server *server_start(struct app *a, const struct conf *conf, struct buf *why)
{
	struct server *s = mem_zalloc(sizeof *s);
	s->app = a;
	s->conf = conf;
	s->tls = *conf->tls_cert_file != '\0';
	peers_init(&s->peers, conf->trusted_proxies, (long)conf->max_connections_per_address);
	s->ping_slot_count = (size_t)conf->ping_interval_s;
	s->ping_slots = mem_calloc(s->ping_slot_count, sizeof *s->ping_slots);
	for (size_t i = 0; i < s->ping_slot_count; i++)
		list_init(&s->ping_slots[i]);
	loop_timer_init(&s->service_tick, a->loop, on_service_tick, s);
	loop_timer_init(&s->ping_tick, a->loop, on_ping_tick, s);
	count_limits(s);
	upload_clear_leftovers();
	s->assets = assets_load(conf->web_root, why);
	bool ok = s->assets && create_context(s, why);
	if (ok) {
		s->public_vhost = create_vhost(s, "public", CONTEXT_PORT_NO_LISTEN_SERVER, public_protocols, s->tls);
		s->internal_vhost = create_vhost(s, "internal", CONTEXT_PORT_NO_LISTEN, internal_protocols, false);
		ok = s->public_vhost && s->internal_vhost;
		if (!ok)
			buf_adds(why, "the certificate or its key cannot be used (tls_cert_file, tls_key_file)");
	}
	ok = ok && listen_both(s, why);
	if (!ok) {
		server_free(s);
		return NULL;
	}
	loop_timer_every(&s->service_tick, SERVICE_TICK_MS);
	loop_timer_every(&s->ping_tick, 1000);
	return s;
}

void server_drain(struct server *s)
{
	s->stopping = true;
	listener_stop(&s->public_listener);
	listener_stop(&s->internal_listener);
}

void server_free(struct server *s)
{
	server_drain(s);
	loop_timer_stop(&s->service_tick);
	loop_timer_stop(&s->ping_tick);
	if (s->context)
		lws_context_destroy(s->context);
	assets_free(s->assets);
	mem_free(s->ping_slots);
	peers_fini(&s->peers);
	mem_free(s);
}
