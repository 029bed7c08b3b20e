/* POSTs to other systems: asynchronous on the loop, through libcurl; the only file that knows it.
 *
 * Every post is answered exactly once, never before http_post has returned (only after poster_close at once): with the
 * status of the answer, or with why there is none. Nothing blocks: names are resolved on libcurl's own threads, and
 * nobody waits for those. At most `at_once` posts are under way, the others wait in order, their time-outs not yet
 * running. Redirects are not followed, certificates are verified, proxies of the environment are not used. URLs, headers
 * and bodies hold secrets: none of them is ever logged or part of `why`. */
#ifndef OUTBOUND_HTTP_POST_H
#define OUTBOUND_HTTP_POST_H

#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

#include <stddef.h>

/* Of an answer's body so much is kept: an acknowledgement needs no more. The rest is not read. */
enum { POST_ANSWER_MAX_BYTES = 64 * 1024, POST_HEADERS_MAX = 8 };

struct poster_config {
	int64_t connect_timeout_ms, total_timeout_ms;
	size_t at_once;
	const char *proxy, *ca_file; /* "": none, and the system's certificates; lent for the life of the poster */
};

struct post_request {
	const char *url;
	const char *headers[POST_HEADERS_MAX]; /* `Name: value`; NULL ends */
	const char *body;                      /* JSON */
	size_t bytes;
};

struct post_answer {
	int status;      /* 0: there was no answer, and `why` says what happened */
	const char *why; /* "" with an answer */
	const char *body;
	size_t bytes;
	int64_t retry_after_s; /* what the other side asked for; 0: nothing */
};

typedef void (*http_post_cb)(void *ctx, const struct post_answer *a); /* lent until return */

struct poster;

struct poster *poster_new(struct loop *l, const struct poster_config *config);
/* Gives up what is under way and answers everything pending; later posts are answered at once. */
void poster_close(struct poster *p);
void poster_free(struct poster *p); /* after poster_close; NULL is fine */

/* The request is copied. */
void http_post(struct poster *p, const struct post_request *request, http_post_cb cb, void *ctx);

/* 0 when posts can go there: http or https, a host, no name and password in it. Else LD_E_BAD_REQUEST and what is wrong,
 * without the address itself. */
MUST_CHECK int http_url_check(const char *url, struct buf *why);

#endif
