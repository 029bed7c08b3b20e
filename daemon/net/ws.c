#include "net/ws.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/headers.h"
#include "net/server.h"

#include <string.h>

_Static_assert((int)FRAME_HEADROOM >= LWS_PRE, "frames have room for the library's header");

/* What the upgrade learned, handed from FILTER_PROTOCOL_CONNECTION to ESTABLISHED within one turn of the loop: the
 * headers are gone by then and the connection's own memory is zeroed in between. */
static struct {
	struct lws *wsi;
	char token_id[TOKEN_ID_BYTES];
	bool english;
	char address[PEER_TEXT_MAX];
} admitted;

/* Not at once: this may be inside the library's own callback for this connection, which would go on with freed memory,
 * and whoever walks over sessions would lose the one in hand. */
static void give_up(struct ws_conn *c)
{
	c->closing = true;
	session_lost(c->session);
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static bool sink_send(void *conn, struct frame *f)
{
	struct ws_conn *c = conn;
	/* The library would send the next frame without its header while an earlier one is partly out. */
	if (c->closing || lws_partial_buffered(c->wsi))
		return false;
	int n = lws_write(c->wsi, (unsigned char *)f->data, f->len_bytes, LWS_WRITE_TEXT);
	if (n < (int)f->len_bytes) {
		give_up(c);
		return false;
	}
	return true;
}

static void sink_want_write(void *conn)
{
	struct ws_conn *c = conn;
	c->want_session = true;
	lws_callback_on_writable(c->wsi);
}

static void sink_close(void *conn, int code, const char *reason)
{
	struct ws_conn *c = conn;
	if (c->closing)
		return;
	c->closing = true;
	c->close_code = (uint16_t)code;
	c->close_reason = reason;
	lws_callback_on_writable(c->wsi);
	/* A client that reads nothing never becomes writable. */
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, 5);
}

static const struct sink ws_sink = { sink_send, sink_want_write, sink_close };

static int refuse(struct server *s, struct lws *wsi, unsigned int status, const char *why)
{
	s->app->metrics.upgrades_refused_total++;
	lws_return_http_status(wsi, status, why);
	return 1;
}

static int on_upgrade(struct server *s, struct lws *wsi)
{
	char token[TOKEN_TEXT_MAX], path[16];
	bool in_cookie;
	admitted.wsi = NULL;
	header_copy(wsi, WSI_TOKEN_GET_URI, path, sizeof path);
	if (strcmp(path, "/ws") != 0)
		return refuse(s, wsi, HTTP_STATUS_NOT_FOUND, "The WebSocket is at /ws.");
	if (lws_get_vhost(wsi) != s->public_vhost)
		return refuse(s, wsi, HTTP_STATUS_FORBIDDEN, "No WebSocket on this port.");
	if (!header_origin_ok(s, wsi))
		return refuse(s, wsi, HTTP_STATUS_FORBIDDEN, "This Origin is not allowed.");
	header_token(wsi, token, &in_cookie);
	if (!s->app->has_secret)
		return refuse(s, wsi, HTTP_STATUS_SERVICE_UNAVAILABLE, "Not ready yet.");
	if (!token_check(s->app, token, admitted.token_id))
		return refuse(s, wsi, HTTP_STATUS_UNAUTHORIZED, "Sign in first.");
	if (identity_is_signed_out(s->app, admitted.token_id))
		return refuse(s, wsi, HTTP_STATUS_UNAUTHORIZED, "Signed out.");
	if (s->stopping)
		return refuse(s, wsi, HTTP_STATUS_SERVICE_UNAVAILABLE, "Stopping.");
	admitted.wsi = wsi;
	admitted.english = header_wants_english(wsi);
	bool secure;
	header_client(s, wsi, admitted.address, &secure);
	return 0;
}

static int on_established(struct server *s, struct lws *wsi, struct ws_conn *c)
{
	if (admitted.wsi != wsi)
		return -1;
	admitted.wsi = NULL;
	memset(c, 0, sizeof *c);
	c->wsi = wsi;
	list_init(&c->ping_link);
	list_append(&s->ping_slots[s->ping_next++ % s->ping_slot_count], &c->ping_link);
	c->session = session_start(s->app, admitted.token_id, admitted.english, admitted.address, &ws_sink, c);
	s->app->metrics.connections++;
	s->app->metrics.connections_total++;
	return 0;
}

static int fail(struct lws *wsi, enum lws_close_status code, const char *why)
{
	lws_close_reason(wsi, code, (unsigned char *)why, strlen(why));
	return -1;
}

static int on_receive(struct lws *wsi, struct ws_conn *c, const char *in, size_t len)
{
	bool whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
	if (c->closing)
		return 0;
	if (lws_frame_is_binary(wsi))
		return fail(wsi, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE, "text only");
	if (len > MESSAGE_MAX_BYTES - (size_t)c->message_bytes)
		return fail(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "4096 bytes at most");
	if (++c->message_pieces > MESSAGE_PIECES_MAX)
		return fail(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "too many fragments");
	if (whole)
		c->message_pieces = 0;
	if (whole && !c->message_bytes) {
		session_receive(c->session, in, len);
		return 0;
	}
	if (!c->message)
		c->message = mem_alloc(MESSAGE_MAX_BYTES);
	memcpy(c->message + c->message_bytes, in, len);
	c->message_bytes = (uint16_t)(c->message_bytes + len);
	if (whole) {
		char *message = c->message;
		size_t bytes = c->message_bytes;
		c->message = NULL;
		c->message_bytes = 0;
		session_receive(c->session, message, bytes);
		mem_free(message);
	}
	return 0;
}

static int on_ws_writable(struct lws *wsi, struct ws_conn *c)
{
	if (c->closing && !c->close_reason)
		return -1;
	if (c->closing)
		return fail(wsi, (enum lws_close_status)c->close_code, c->close_reason);
	if (lws_partial_buffered(wsi)) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (c->ping_due) {
		/* One byte: the library tells of the answer to a ping only when it carries something. */
		unsigned char room[LWS_PRE + 1] = { 0 };
		c->ping_due = false;
		if (lws_write(wsi, room + LWS_PRE, 1, LWS_WRITE_PING) < 0)
			return -1;
		if (c->want_session)
			lws_callback_on_writable(wsi);
		return 0;
	}
	if (c->want_session) {
		c->want_session = false;
		session_writable(c->session);
	}
	return 0;
}

static void on_closed(struct server *s, struct ws_conn *c)
{
	list_remove(&c->ping_link);
	mem_free(c->message);
	c->message = NULL;
	if (c->session) {
		s->app->metrics.connections--;
		session_end(c->session);
		c->session = NULL;
	}
}

void ws_ping_slot(struct server *s, struct list *slot)
{
	UNUSED(s);
	LIST_EACH_SAFE(slot, it, after) {
		struct ws_conn *c = CONTAINER_OF(it, struct ws_conn, ping_link);
		if (c->awaiting_pong) {
			sink_close(c, CLOSE_NO_PONG, "no answer to ping");
			continue;
		}
		c->awaiting_pong = true;
		c->ping_due = true;
		lws_callback_on_writable(c->wsi);
		session_recheck(c->session);
	}
}

int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct server *s = lws_context_user(lws_get_context(wsi));
	struct ws_conn *c = user;
	switch (reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return on_upgrade(s, wsi);
	case LWS_CALLBACK_ESTABLISHED: return on_established(s, wsi, c);
	case LWS_CALLBACK_RECEIVE: return c->session ? on_receive(wsi, c, in, len) : -1;
	case LWS_CALLBACK_RECEIVE_PONG: c->awaiting_pong = false; return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE: return c->session ? on_ws_writable(wsi, c) : -1;
	case LWS_CALLBACK_CLOSED:
		if (c && c->wsi)
			on_closed(s, c);
		return 0;
	default: return 0;
	}
}
