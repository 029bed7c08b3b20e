/* The network of the daemon: one libwebsockets context on the loop, the public vhost (HTTP, WebSocket, TLS) and the
 * internal one, with listeners of our own whose sockets the library adopts. The only user of libwebsockets is net/. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "app/app.h"
#include "net/assets.h"
#include "net/listener.h"
#include "net/peer.h"

#include <libwebsockets.h>

/* A frame of a board of 20,000 units is about 60 KiB of letters and as much again of deadlines; a larger packet would be
 * cut into writes that each cost a partial-output round. */
enum { TX_PACKET_BYTES = 1 << 20 };
/* Slots of the ping wheel: each second one slot is pinged. */
enum { PING_SLOTS_MAX = 3600 };

struct server {
	struct app *app;
	const struct conf *conf;
	struct lws_context *context;
	struct lws_vhost *public_vhost, *internal_vhost;
	struct listener public_listener, internal_listener;
	struct peers peers;
	struct assets *assets;
	struct loop_timer service_tick, ping_tick;
	struct list *ping_slots; /* conf->ping_interval_s lists of ws connections */
	size_t ping_slot_count, ping_at, ping_next;
	long connections, connections_max;
	bool tls, stopping;
};

/* NULL and `why` when a port, a certificate or the web root cannot be used. */
struct server *server_start(struct app *a, const struct conf *conf, struct buf *why);
/* Stops listening and tells every client goodbye; connections may finish until server_free. */
void server_drain(struct server *s);
void server_free(struct server *s);

#endif
