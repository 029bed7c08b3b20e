/* WebSocket connections, subprotocol listing.v1.json: the upgrade's checks, whole messages in, frames out, pings. */
#ifndef NET_WS_H
#define NET_WS_H

#include "app/session.h"

#include <libwebsockets.h>

struct server;

/* What a client may send in one message (contract). */
enum { MESSAGE_MAX_BYTES = 4096 };
/* A byte a fragment, and as many that are empty, which cost work and never end a message. */
enum { MESSAGE_PIECES_MAX = 2 * MESSAGE_MAX_BYTES };

struct ws_conn {
	struct lws *wsi;
	struct session *session;
	struct list ping_link;
	char *message; /* MESSAGE_MAX_BYTES, only while a message arrives in pieces */
	uint16_t message_bytes, message_pieces;
	bool awaiting_pong, ping_due, want_session, closing;
	uint16_t close_code;
	const char *close_reason; /* static text; NULL while closing: a write has failed, nothing more can be said */
};

int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* One slot of the wheel: pings its connections, closes those that have not answered the last one. */
void ws_ping_slot(struct server *s, struct list *slot);

#endif
