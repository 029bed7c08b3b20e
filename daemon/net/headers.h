/* Reading what an upgrade or a request says of its sender. */
#ifndef NET_HEADERS_H
#define NET_HEADERS_H

#include "app/identity.h"
#include "net/peer.h"

#include <libwebsockets.h>

struct server;

/* The header's value or "" when absent or too long; `cap` counts the NUL. */
void header_copy(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap);
/* The query's members, escapes undone, each with a newline behind it. False, and out unspecified, when it does not fit or
 * holds control characters. */
bool header_query(struct lws *wsi, char *out, size_t cap);
void header_custom(struct lws *wsi, const char *name, char *out, size_t cap);

/* The session token from `Authorization: Bearer` or the cookie; "" when there is none. */
void header_token(struct lws *wsi, char out[TOKEN_TEXT_MAX], bool *in_cookie);
/* True without an Origin header (programs), or when it names this very host or a configured origin, compared exactly. */
bool header_origin_ok(const struct server *s, struct lws *wsi);
bool header_wants_english(struct lws *wsi);
/* The client's address, and whether it came by TLS, with believed proxies looked through. */
void header_client(const struct server *s, struct lws *wsi, char out[PEER_TEXT_MAX], bool *secure);

#endif
