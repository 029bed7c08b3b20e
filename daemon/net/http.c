#include "net/http.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/headers.h"
#include "net/server.h"
#include "wire/encode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What one turn writes of a large body; the rest waits until the socket has taken it. */
enum { CHUNK_BYTES = 128 * 1024, HEADER_ROOM_BYTES = 4096 };

/* `self` for everything: the pages carry no inline script or style and load nothing from elsewhere. */
static const char csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

struct http_request *http_ref(struct http_request *r)
{
	r->refs++;
	return r;
}

void http_unref(struct http_request *r)
{
	if (--r->refs > 0)
		return;
	identity_unref(r->app, r->identity);
	frame_unref(r->content);
	if (r->body)
		explicit_bzero(r->body, r->body_bytes); /* it may have held a password */
	mem_free(r->body);
	upload_end(&r->upload);
	mem_free(r->scratch);
	mem_free(r);
}

void http_header(struct http_request *r, const char *name, const char *fmt, ...)
{
	if (r->header_count == RESPONSE_HEADERS)
		panic("too many response headers");
	struct http_header *h = &r->headers[r->header_count++];
	h->name = name;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(h->value, sizeof h->value, fmt, ap);
	va_end(ap);
}

void http_respond(struct http_request *r, int status, const char *content_type, struct frame *content)
{
	if (r->answered)
		panic("%s is answered twice", r->path);
	r->answered = true;
	upload_end(&r->upload);
	r->status = status;
	r->content_type = content_type;
	r->content = content ? frame_ref(content) : NULL;
	if (r->wsi)
		lws_callback_on_writable(r->wsi);
}

void http_respond_text(struct http_request *r, int status, const char *content_type, struct buf *text)
{
	struct frame *f = frame_new(text->data, text->len_bytes);
	buf_fini(text);
	http_respond(r, status, content_type, f);
	frame_unref(f);
}

void http_respond_error(struct http_request *r, int err, const char *detail)
{
	struct buf text = { 0 };
	encode_problem(&text, err, detail, r->english);
	http_respond_problem(r, err, &text);
}

bool http_allow_origin(struct http_request *r)
{
	if (!r->origin_ok)
		http_respond_error(r, LD_E_FORBIDDEN, "This Origin is not allowed.");
	return r->origin_ok;
}

void http_respond_when_read(void *ctx, int err, struct buf *text)
{
	struct http_request *r = ctx;
	if (err)
		http_respond_error(r, err, NULL);
	else
		http_respond_text(r, 200, "application/json", text);
	http_unref(r);
}

void http_respond_problem(struct http_request *r, int err, struct buf *text)
{
	if (err == LD_E_UNAUTHENTICATED)
		http_header(r, "www-authenticate:", "Bearer");
	if (err_retryable(err))
		http_header(r, "retry-after:", "1");
	http_respond_text(r, err_http_status(err), "application/problem+json", text);
}

static bool add(struct lws *wsi, const char *name, const char *value, unsigned char **p, unsigned char *end)
{
	return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value,
	                                   (int)strlen(value), p, end) == 0;
}

static bool write_headers(struct http_request *r)
{
	unsigned char room[LWS_PRE + HEADER_ROOM_BYTES], *start = room + LWS_PRE, *p = start, *end = room + sizeof room - 1;
	size_t length = r->content ? r->content->len_bytes : 0;
	bool bodyless = r->status == 304 || r->status == 204;
	char digits[24];
	snprintf(digits, sizeof digits, "%zu", length);
	if (lws_add_http_header_status(r->wsi, (unsigned int)r->status, &p, end))
		return false;
	bool ok = true;
	if (!bodyless)
		ok = add(r->wsi, "content-length:", digits, &p, end);
	if (ok && r->content_type && !bodyless)
		ok = add(r->wsi, "content-type:", r->content_type, &p, end);
	for (int i = 0; ok && i < r->header_count; i++)
		ok = add(r->wsi, r->headers[i].name, r->headers[i].value, &p, end);
	ok = ok && add(r->wsi, "x-content-type-options:", "nosniff", &p, end) &&
	     add(r->wsi, "referrer-policy:", "no-referrer", &p, end) &&
	     add(r->wsi, "content-security-policy:", csp, &p, end);
	if (!ok || lws_finalize_http_header(r->wsi, &p, end))
		return false;
	bool last = bodyless || r->head || length == 0;
	int n = lws_write(r->wsi, start, (size_t)(p - start),
	                  last ? LWS_WRITE_HTTP_HEADERS | LWS_WRITE_H2_STREAM_END : LWS_WRITE_HTTP_HEADERS);
	r->headers_written = true;
	if (last)
		r->content_at = length;
	return n >= 0;
}

static bool is_sent(const struct http_request *r)
{
	return r->headers_written && (!r->content || r->content_at >= r->content->len_bytes);
}

/* The response is out. Returns what libwebsockets wants: 0 to go on, -1 to close. */
static int finish(struct http_conn *c)
{
	struct http_request *r = c->request;
	struct lws *wsi = r->wsi;
	/* With an unread body the connection cannot be used again. */
	bool reuse = r->body_bytes == r->body_expected_bytes && !r->server->stopping;
	r->wsi = NULL;
	c->request = NULL;
	http_unref(r);
	return lws_http_transaction_completed(wsi) || !reuse ? -1 : 0;
}

/* As finish. */
static int on_writable(struct http_conn *c)
{
	struct http_request *r = c->request;
	if (!r || !r->answered || is_sent(r))
		return 0;
	if (!r->headers_written) {
		if (!write_headers(r))
			return -1;
	} else {
		size_t left = r->content->len_bytes - r->content_at;
		size_t n = left < CHUNK_BYTES ? left : CHUNK_BYTES;
		/* The library writes no header in front of an HTTP body: the shared bytes stay as they are. */
		if (lws_write(r->wsi, (unsigned char *)r->content->data + r->content_at, n,
		              n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
			return -1;
		r->content_at += n;
	}
	if (!is_sent(r)) {
		lws_callback_on_writable(r->wsi);
		return 0;
	}
	return r->drains && r->body_bytes < r->body_expected_bytes ? 0 : finish(c);
}

static enum http_method read_method(struct lws *wsi, bool *head)
{
	*head = lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0;
	if (*head || lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0)
		return HTTP_GET;
	return lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0 ? HTTP_POST : HTTP_OTHER;
}

static struct http_request *read_request(struct server *s, struct lws *wsi, const char *path)
{
	struct http_request *r = mem_zalloc(sizeof *r);
	char encodings[128];
	r->refs = 1;
	r->server = s;
	r->app = s->app;
	r->wsi = wsi;
	r->began_ms = clock_mono_ms();
	r->internal = lws_get_vhost(wsi) == s->internal_vhost;
	r->method = read_method(wsi, &r->head);
	snprintf(r->path, sizeof r->path, "%s", path);
	header_token(wsi, r->token, &r->token_in_cookie);
	r->origin_ok = header_origin_ok(s, wsi);
	r->english = header_wants_english(wsi);
	header_client(s, wsi, r->client, &r->secure);
	header_copy(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, encodings, sizeof encodings);
	r->gzip = strstr(encodings, "gzip") != NULL;
	header_copy(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, r->if_none_match, sizeof r->if_none_match);
	header_custom(wsi, "idempotency-key:", r->idempotency_key, sizeof r->idempotency_key);
	return r;
}

/* The body's announced length, or an error. */
static int read_length(struct lws *wsi, size_t most, size_t *bytes)
{
	char text[24];
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
		return LD_E_LENGTH_REQUIRED;
	header_copy(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, sizeof text);
	if (!text[0])
		return LD_E_LENGTH_REQUIRED;
	size_t n = 0;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return LD_E_BAD_REQUEST;
		n = n * 10 + (size_t)(*p - '0');
		if (n > most)
			return LD_E_TOO_LARGE;
	}
	*bytes = n;
	return 0;
}

/* Makes room for the body; 0 or an error to answer with, unless it was answered here. */
static int begin_body(struct http_request *r)
{
	bool file = http_takes_file(r);
	int err = read_length(r->wsi, file ? UPLOAD_MAX_BYTES : BODY_MAX_BYTES, &r->body_expected_bytes);
	if (err || r->body_expected_bytes == 0)
		return err;
	if (!file) {
		r->body = mem_alloc(r->body_expected_bytes);
		return 0;
	}
	r->drains = true;
	http_check_sender(r);
	return r->answered ? 0 : upload_begin(&r->upload, &r->app->uploads);
}

/* Of any other method: a body that nobody reads would be taken for the next request. */
static bool brings_body(struct lws *wsi)
{
	char length[24];
	header_copy(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, sizeof length);
	return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 ||
	       (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 && strcmp(length, "0") != 0);
}

static int on_request(struct server *s, struct lws *wsi, struct http_conn *c, const char *path)
{
	struct http_request *r = read_request(s, wsi, path);
	c->request = r;
	s->app->metrics.http_requests_total++;
	if (strlen(path) >= PATH_MAX_BYTES) {
		http_respond_error(r, LD_E_NOT_FOUND, NULL);
		return 0;
	}
	/* Never half a query: without its end it would ask for something else. */
	if (!header_query(wsi, r->query, sizeof r->query)) {
		r->body_expected_bytes = 1;
		http_respond_error(r, LD_E_BAD_REQUEST, "The query is too long or holds control characters.");
		return 0;
	}
	int err = r->method == HTTP_POST ? begin_body(r) : brings_body(wsi) ? LD_E_BAD_REQUEST : 0;
	if (err) {
		r->body_expected_bytes = 1; /* unread: the connection ends with this response */
		r->drains = false;
		http_respond_error(r, err, r->method == HTTP_POST ? NULL : "Only POST takes a body.");
		return 0;
	}
	if (r->body_expected_bytes > 0)
		return 0;
	http_dispatch(http_ref(r));
	return 0;
}

static int on_body(struct http_conn *c, const char *in, size_t len)
{
	struct http_request *r = c->request;
	if (!r || (r->answered && !r->drains) || !len)
		return 0;
	if (len > r->body_expected_bytes - r->body_bytes ||
	    clock_mono_ms() - r->began_ms > (r->drains ? FILE_TIME_MS : BODY_TIME_MS))
		return -1;
	if (r->upload.path && !upload_add(&r->upload, in, len))
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
	if (r->body)
		memcpy(r->body + r->body_bytes, in, len);
	r->body_bytes += len;
	return 0;
}

/* As finish. */
static int on_body_end(struct http_conn *c)
{
	struct http_request *r = c->request;
	if (r && r->answered && r->drains && is_sent(r))
		return finish(c);
	if (r && !r->answered && r->body_expected_bytes > 0)
		http_dispatch(http_ref(r));
	return 0;
}

static void on_gone(struct http_conn *c)
{
	struct http_request *r = c->request;
	if (!r)
		return;
	c->request = NULL;
	r->wsi = NULL;
	http_unref(r);
}

int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct server *s = lws_context_user(lws_get_context(wsi));
	struct http_conn *c = user;
	switch (reason) {
	case LWS_CALLBACK_HTTP: return on_request(s, wsi, c, in);
	case LWS_CALLBACK_HTTP_BODY: return on_body(c, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION: return on_body_end(c);
	case LWS_CALLBACK_HTTP_WRITEABLE: return on_writable(c);
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (c)
			on_gone(c);
		return 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		/* An upgrade without a subprotocol is bound here. */
		s->app->metrics.upgrades_refused_total++;
		lws_return_http_status(wsi, HTTP_STATUS_BAD_REQUEST, "Offer the subprotocol listing.v1.json.");
		return 1;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		/* Nothing is decided of WebSockets here. HTTP/2 stays off: it would go round the peers, their limits and every
		 * time-out, and frames must not be written to its streams directly. */
		return in && strcasecmp(in, "h2c") == 0 ? -1 : 0;
	case LWS_CALLBACK_RAW_ADOPT:
	case LWS_CALLBACK_RAW_RX:
		/* The library makes of CONNECT a raw socket, which no time-out ever ends. */
		return -1;
	case LWS_CALLBACK_WSI_DESTROY: {
		struct peer *peer = lws_get_opaque_user_data(wsi);
		if (peer) {
			lws_set_opaque_user_data(wsi, NULL);
			peer_leave(&s->peers, peer);
			s->connections--;
		}
		return 0;
	}
	default: return 0;
	}
}
