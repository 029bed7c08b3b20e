/* The least a WebSocket server can do: accept, answer the handshake, say hello, cut client frames. It checks nothing
 * and queues nothing, because it stands for the limit that a product is measured against. */
#ifndef BENCH_WS_SERVER_H
#define BENCH_WS_SERVER_H

#include "frame_scan.h"
#include "reactor.h"

struct ws_peer {
	struct source source;
	int fd;
	bool open;         /* the handshake is done */
	uint32_t lifetime; /* counts the connections that have used this descriptor */
	struct frame_scan scan;
};

/* The bytes are the callback's only until it returns. */
typedef void (*ws_server_text_cb)(struct ws_peer *peer, const char *text, size_t bytes);

/* Listens on 127.0.0.1, a free port, and prints it as the line `port N`. */
void ws_server_start(ws_server_text_cb on_text);
/* One text message. False when the socket could not take all of it at once; then the peer is closed. */
bool ws_server_send(struct ws_peer *peer, const char *text, size_t bytes);
/* Peers stand by descriptor; those not open are skipped by the caller. */
struct ws_peer *ws_server_peers(unsigned *count);

#endif
