/* HTTP requests and their responses, on libwebsockets' HTTP role.
 *
 * A request lives on the heap and is counted: the client may leave before Redis has answered, then `wsi` is NULL and
 * the response goes nowhere. Each request gets exactly one http_respond*. Bodies are taken up to BODY_MAX bytes and only
 * with a Content-Length (the library does not decode chunked bodies); only listing files may be larger, and who may
 * not send one is answered before it has come (upload.h). */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "app/identity.h"
#include "base/frame.h"
#include "net/peer.h"
#include "net/upload.h"

#include <libwebsockets.h>

/* Commands and sign-ins are small; 64 KiB leaves room for nothing else. */
enum { BODY_MAX_BYTES = 65536, PATH_MAX_BYTES = 512, FIELD_MAX_BYTES = 256, RESPONSE_HEADERS = 6 };
/* The library waits 5 s for each piece of a body, however small. All of it has to be there in this time; a file of the largest
 * size then needs 280 kbit/s. */
enum { BODY_TIME_MS = 30000, FILE_TIME_MS = 600000 };

enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_OTHER = 4 };

struct http_header {
	const char *name; /* static, with the colon, in lower case */
	char value[FIELD_MAX_BYTES];
};

struct server;

struct http_request {
	unsigned refs;
	struct server *server;
	struct app *app; /* outlives the server: a request may be let go after it */
	struct lws *wsi;
	enum http_method method;
	bool head;
	bool gzip, english, secure;
	bool internal; /* came in on the internal port */
	char path[PATH_MAX_BYTES];
	char query[FIELD_MAX_BYTES]; /* see header_query */
	char client[PEER_TEXT_MAX];
	char token[TOKEN_TEXT_MAX]; /* "" when none was sent */
	bool token_in_cookie;
	bool origin_ok;
	char if_none_match[FIELD_MAX_BYTES];
	char idempotency_key[FIELD_MAX_BYTES];
	int64_t began_ms;
	char *body;
	size_t body_bytes, body_expected_bytes; /* of an upload too */
	struct upload upload;
	struct identity *identity; /* set before a handler that needs one runs */
	/* response */
	bool answered, headers_written;
	bool drains; /* answered early, it takes the rest of its body all the same: then the client reads the answer */
	int status;
	const char *content_type;
	struct http_header headers[RESPONSE_HEADERS];
	int header_count;
	struct frame *content;
	size_t content_at;
	void *scratch; /* a handler's own, freed with mem_free */
};

struct http_request *http_ref(struct http_request *r);
void http_unref(struct http_request *r);
void http_header(struct http_request *r, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void http_respond(struct http_request *r, int status, const char *content_type,
                  struct frame *content); /* shares content; NULL: none */
void http_respond_text(struct http_request *r, int status, const char *content_type,
                       struct buf *text); /* empties text */
/* RFC 9457 problem document of an error; `detail` an English sentence or NULL. */
void http_respond_problem(struct http_request *r, int err, struct buf *text); /* one already made; empties text */
void http_respond_error(struct http_request *r, int err, const char *detail);
/* For what a form on a foreign page could do in the name of whoever looks at it: false after the Origin was refused. */
MUST_CHECK bool http_allow_origin(struct http_request *r);
/* A callback of readers in app: responds with the JSON text, or the error, and drops its reference to the request (ctx). */
void http_respond_when_read(void *ctx, int err, struct buf *text);

/* The callback of protocols[0] of the public and of the internal vhost. */
int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
/* Per-connection memory of that protocol. */
struct http_conn {
	struct http_request *request;
};

/* Implemented by http_api.c: whether a POST there brings a file. */
bool http_takes_file(const struct http_request *r);
/* Implemented by http_api.c: looks whether the sender of a file may send it, and answers at once, or while the file comes,
 * if not. That changes nothing of http_dispatch, which asks again. */
void http_check_sender(struct http_request *r);
/* Implemented by http_api.c: takes the reference. */
void http_dispatch(struct http_request *r);

#endif
