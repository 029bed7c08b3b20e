#include "outbound/http_post.h"

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <string.h>

/* Idle connections kept for the next post: one per target of an office with many. */
enum { IDLE_CONNECTIONS = 8 };

struct post {
	struct list link; /* in waiting or under_way */
	struct poster *poster;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body; /* of the answer */
	bool cut;        /* the answer is longer than what is kept */
	http_post_cb cb;
	void *ctx;
};

/* One socket of libcurl's, watched on the loop. */
struct watch {
	struct list link;
	struct poster *poster;
	struct loop_io io;
	int fd;
};

struct poster {
	struct loop *loop;
	struct poster_config config;
	CURLM *multi;
	struct loop_timer timeout; /* when libcurl wants to be called */
	struct loop_timer start;   /* fires in the next turn when posts wait */
	struct list waiting, under_way, watches;
	size_t busy;
	bool closed;
};

static void answer(struct post *p, const struct post_answer *a)
{
	list_remove(&p->link);
	p->cb(p->ctx, a);
	curl_easy_cleanup(p->easy);
	curl_slist_free_all(p->headers);
	buf_fini(&p->body);
	mem_free(p);
}

static void answer_result(struct post *p, CURLcode result)
{
	struct post_answer a = { .why = "", .body = buf_str(&p->body), .bytes = p->body.len_bytes };
	long status = 0;
	curl_off_t retry_after_s = 0;
	/* A longer answer than is kept was broken off by us: what it says is known. */
	if (result == CURLE_OK || (result == CURLE_WRITE_ERROR && p->cut)) {
		curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(p->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	} else {
		a.why = curl_easy_strerror(result);
	}
	a.status = (int)status;
	a.retry_after_s = retry_after_s;
	answer(p, &a);
}

static void start_next(struct poster *o)
{
	if (!o->closed && !list_empty(&o->waiting))
		loop_timer_after(&o->start, 0);
}

static void finish(struct poster *o)
{
	int left;
	for (CURLMsg *m; (m = curl_multi_info_read(o->multi, &left));) {
		if (m->msg != CURLMSG_DONE)
			continue;
		struct post *p;
		CURLcode result = m->data.result;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&p);
		curl_multi_remove_handle(o->multi, p->easy);
		o->busy--;
		answer_result(p, result);
	}
	start_next(o);
}

static void act(struct poster *o, curl_socket_t fd, int events)
{
	int running;
	curl_multi_socket_action(o->multi, fd, events, &running);
	finish(o);
}

static void on_io(void *ctx, bool readable, bool writable)
{
	struct watch *w = ctx;
	act(w->poster, w->fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
}

static void on_timeout(void *ctx) { act(ctx, CURL_SOCKET_TIMEOUT, 0); }

static void watch_free(struct watch *w)
{
	loop_io_stop(&w->io);
	list_remove(&w->link);
	mem_free(w);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
	struct poster *o = ctx;
	struct watch *w = assigned;
	UNUSED(easy);
	if (what == CURL_POLL_REMOVE) {
		if (w)
			watch_free(w);
		return 0;
	}
	if (!w) {
		w = mem_zalloc(sizeof *w);
		w->poster = o;
		w->fd = fd;
		loop_io_init(&w->io, o->loop, fd, on_io, w);
		list_append(&o->watches, &w->link);
		curl_multi_assign(o->multi, fd, w);
	}
	loop_io_want(&w->io, what & CURL_POLL_IN, what & CURL_POLL_OUT);
	return 0;
}

static int on_timer_wanted(CURLM *multi, long timeout_ms, void *ctx)
{
	struct poster *o = ctx;
	UNUSED(multi);
	if (timeout_ms < 0)
		loop_timer_stop(&o->timeout);
	else
		loop_timer_after(&o->timeout, timeout_ms);
	return 0;
}

static size_t on_body(char *data, size_t each, size_t count, void *ctx)
{
	struct post *p = ctx;
	size_t bytes = each * count, room = POST_ANSWER_MAX_BYTES - p->body.len_bytes;
	buf_add(&p->body, data, bytes < room ? bytes : room);
	p->cut = bytes > room;
	return p->cut ? CURL_WRITEFUNC_ERROR : bytes;
}

static void start_waiting(void *ctx)
{
	struct poster *o = ctx;
	while (!list_empty(&o->waiting) && o->busy < o->config.at_once) {
		struct post *p = CONTAINER_OF(o->waiting.next, struct post, link);
		list_remove(&p->link);
		if (curl_multi_add_handle(o->multi, p->easy) != CURLM_OK) {
			answer(p, &(struct post_answer){ .why = "libcurl does not take the request", .body = "" });
			continue;
		}
		list_append(&o->under_way, &p->link);
		o->busy++;
	}
}

struct poster *poster_new(struct loop *l, const struct poster_config *config)
{
	struct poster *o = mem_zalloc(sizeof *o);
	o->loop = l;
	o->config = *config;
	list_init(&o->waiting);
	list_init(&o->under_way);
	list_init(&o->watches);
	loop_timer_init(&o->timeout, l, on_timeout, o);
	loop_timer_init(&o->start, l, start_waiting, o);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(o->multi = curl_multi_init()))
		panic("libcurl cannot start");
	curl_multi_setopt(o->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(o->multi, CURLMOPT_SOCKETDATA, o);
	curl_multi_setopt(o->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
	curl_multi_setopt(o->multi, CURLMOPT_TIMERDATA, o);
	curl_multi_setopt(o->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
	return o;
}

void poster_close(struct poster *o)
{
	const struct post_answer stopped = { .why = "stopping", .body = "" };
	if (o->closed)
		return;
	o->closed = true;
	while (!list_empty(&o->under_way)) {
		struct post *p = CONTAINER_OF(o->under_way.next, struct post, link);
		curl_multi_remove_handle(o->multi, p->easy);
		answer(p, &stopped);
	}
	while (!list_empty(&o->waiting))
		answer(CONTAINER_OF(o->waiting.next, struct post, link), &stopped);
	curl_multi_cleanup(o->multi);
	while (!list_empty(&o->watches))
		watch_free(CONTAINER_OF(o->watches.next, struct watch, link));
	loop_timer_stop(&o->timeout);
	loop_timer_stop(&o->start);
}

void poster_free(struct poster *o)
{
	if (!o)
		return;
	curl_global_cleanup();
	mem_free(o);
}

static void set_limits(const struct poster *o, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->config.connect_timeout_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)o->config.total_timeout_ms);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Else a time-out would wait for the thread that still resolves a name. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* "" means none; left alone, libcurl would take proxies, and exceptions to them, from the environment. */
	curl_easy_setopt(easy, CURLOPT_PROXY, o->config.proxy);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (*o->config.ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->config.ca_file);
}

void http_post(struct poster *o, const struct post_request *r, http_post_cb cb, void *ctx)
{
	if (o->closed) {
		cb(ctx, &(struct post_answer){ .why = "stopping", .body = "" });
		return;
	}
	struct post *p = mem_zalloc(sizeof *p);
	p->poster = o;
	p->cb = cb;
	p->ctx = ctx;
	if (!(p->easy = curl_easy_init()))
		panic("libcurl has no memory");
	/* An empty Expect: the question "may I go on?" costs a second with servers that do not know it. */
	p->headers = curl_slist_append(curl_slist_append(NULL, "Content-Type: application/json"), "Expect:");
	for (size_t i = 0; i < POST_HEADERS_MAX && r->headers[i]; i++)
		p->headers = curl_slist_append(p->headers, r->headers[i]);
	set_limits(o, p->easy);
	curl_easy_setopt(p->easy, CURLOPT_URL, r->url);
	curl_easy_setopt(p->easy, CURLOPT_USERAGENT, "listingd/" LISTINGD_VERSION);
	curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, p->headers);
	curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->bytes);
	curl_easy_setopt(p->easy, CURLOPT_COPYPOSTFIELDS, r->body);
	curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, p);
	curl_easy_setopt(p->easy, CURLOPT_PRIVATE, p);
	list_append(&o->waiting, &p->link);
	start_next(o);
}

/* A part of an address; NULL when it has none. For curl_free. */
static char *part(CURLU *u, CURLUPart what)
{
	char *text = NULL;
	return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

int http_url_check(const char *url, struct buf *why)
{
	CURLU *u = curl_url();
	const char *bad = NULL;
	if (!u)
		panic("libcurl has no memory");
	CURLUcode code = curl_url_set(u, CURLUPART_URL, url, 0);
	char *scheme = part(u, CURLUPART_SCHEME), *host = part(u, CURLUPART_HOST), *user = part(u, CURLUPART_USER);
	if (code != CURLUE_OK)
		bad = "is no address (https://host/path)";
	else if (!scheme || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
		bad = "must begin with https:// or http://";
	else if (!host || !*host)
		bad = "names no host";
	else if (user)
		bad = "must not hold a name or password";
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(u);
	if (bad)
		buf_adds(why, bad);
	return bad ? LD_E_BAD_REQUEST : 0;
}
