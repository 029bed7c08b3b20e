/* Launch sessions by HTTP: what a page shows before sign-in, the sessions, what a buyer knows of himself, and how it goes. */
#include "app/launches.h"
#include "net/http_routes.h"
#include "wire/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADMITTED_DEFAULT = 200, ADMITTED_MAX = 1000 };

/* Parts of `/api/v1/projects/P/launches/L/…`, and of `/api/v1/pick/P`. */
enum { PART_LAUNCH = 5, PART_PICK_PROJECT = 3 };

static bool take_launch(struct http_request *r, char out[LAUNCH_ID_BYTES])
{
	if (path_part(r->path, PART_LAUNCH, out, LAUNCH_ID_BYTES))
		return true;
	http_respond_error(r, LD_E_NO_SUCH_LAUNCH, NULL);
	return false;
}

/* Answers with what was emitted, or with the error. */
static void respond(struct http_request *r, int err, struct emit *j)
{
	if (err) {
		http_respond_error(r, err, NULL);
		buf_fini(&j->b);
	} else {
		http_respond_text(r, 200, "application/json", &j->b);
	}
	http_unref(r);
}

/* A member under the same name; numbers as numbers. */
static void put_int(struct emit *j, const struct fn_reply *reply, const char *name)
{
	emit_int(j, name, fn_reply_int(reply, name, 0));
}

static void put_ints(struct emit *j, const struct fn_reply *reply, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_int(j, reply, names[i]);
}

#define PUT_INTS(j, reply, ...)                              \
	put_ints(j, reply, (const char *const[]){ __VA_ARGS__ }, \
	         sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

/* --- before sign-in */

void get_pick(struct http_request *r, struct project *p)
{
	char name[65];
	struct buf text = { 0 };
	UNUSED(p);
	struct project *named =
		path_part(r->path, PART_PICK_PROJECT, name, sizeof name) ? project_find(r->app, name) : NULL;
	if (!named) {
		http_respond_error(r, LD_E_NO_SUCH_PROJECT, NULL);
	} else if (!named->board) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
	} else {
		http_header(r, "cache-control:", "no-store");
		launches_doorplate(named, &text);
		http_respond_text(r, 200, "application/json", &text);
	}
}

/* --- the sessions */

void get_launches(struct http_request *r, struct project *p) { launches_list(p, http_respond_when_read, http_ref(r)); }

void get_launch_offer(struct http_request *r, struct project *p)
{
	char launch[LAUNCH_ID_BYTES];
	struct buf text = { 0 };
	int err = take_launch(r, launch) ? launches_offer(p, launch, &text) : LD_E_NO_SUCH_LAUNCH;
	if (!err)
		http_respond_text(r, 200, "application/json", &text);
	else if (err == LD_E_UNAVAILABLE)
		http_respond_error(r, err, NULL);
}

/* --- a buyer */

/* "active" and "waiting" as texts, the number of those before as a number. */
static void put_place(struct emit *j, const char *place)
{
	if (place && *place && strspn(place, "0123456789") == strlen(place))
		emit_int(j, "place", strtoll(place, NULL, 10));
	else
		emit_text(j, "place", place ? place : "");
}

static void on_me(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *deals, const size_t *bytes)
{
	struct emit j = { 0 };
	UNUSED(bytes);
	const char *group = fn_reply_get(reply, "group"), *sha = fn_reply_get(reply, "entered_sha");
	emit_open(&j, NULL, '{');
	emit_bool(&j, "admitted", fn_reply_int(reply, "admitted", 0) == 1);
	PUT_INTS(&j, reply, "now", "draw", "rank", "turn_from", "turn_to", "again_from", "opens_at", "count");
	emit_text(&j, "group", group ? group : "");
	emit_int(&j, "entered_ms", fn_reply_int(reply, "entered", 0));
	emit_text(&j, "entered_sha", sha ? sha : "");
	put_place(&j, fn_reply_get(reply, "place"));
	emit_open(&j, "deals", '[');
	for (size_t i = 0; !err && i < n; i++)
		emit_raw(&j, NULL, deals[i]);
	emit_close(&j, ']');
	emit_close(&j, '}');
	respond(ctx, err, &j);
}

void get_launch_me(struct http_request *r, struct project *p)
{
	char launch[LAUNCH_ID_BYTES];
	const char *buyer = strchr(r->identity->account, ':');
	const char *args[] = { launch, buyer ? buyer + 1 : "" };
	if (take_launch(r, launch))
		store_list(r->app->store, "ld_launch_me", p->name, args, 2, on_me, http_ref(r));
}

/* --- the control room */

/* Six items for each unfinished selection. */
static void put_unfinished(struct emit *j, size_t n, char *const *items)
{
	emit_open(j, "unfinished", '[');
	for (size_t i = 0; i + 5 < n; i += 6) {
		emit_open(j, NULL, '{');
		emit_text(j, "unit", items[i]);
		emit_text(j, "deal", items[i + 1]);
		emit_text(j, "buyer", items[i + 2]);
		emit_int(j, "at", strtoll(items[i + 3], NULL, 10));
		emit_int(j, "deadline", strtoll(items[i + 4], NULL, 10));
		emit_int(j, "index", strtoll(items[i + 5], NULL, 10));
		emit_close(j, '}');
	}
	emit_close(j, ']');
}

static void on_control(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                       const size_t *bytes)
{
	struct emit j = { 0 };
	UNUSED(bytes);
	const char *launch = fn_reply_get(reply, "launch"), *phase = fn_reply_get(reply, "phase"),
			   *tally = fn_reply_get(reply, "tally");
	emit_open(&j, NULL, '{');
	emit_text(&j, "launch", launch ? launch : "");
	emit_text(&j, "phase", phase ? phase : "");
	PUT_INTS(&j, reply, "now", "elapsed_ms", "closes_at", "admitted", "entered", "online", "active", "waiting");
	emit_open(&j, "states", '{');
	PUT_INTS(&j, reply, "available", "locked", "subscribed", "withheld");
	emit_close(&j, '}');
	emit_raw(&j, "tally", tally ? tally : "{}");
	put_unfinished(&j, err ? 0 : n, items);
	emit_close(&j, '}');
	respond(ctx, err, &j);
}

void get_launch_control(struct http_request *r, struct project *p)
{
	char launch[LAUNCH_ID_BYTES];
	const char *args[] = { launch };
	if (take_launch(r, launch))
		store_list(r->app->store, "ld_launch_control", p->name, args, 1, on_control, http_ref(r));
}

/* --- who is admitted */

static void put_names(struct emit *j, const char *name, const char *names)
{
	emit_open(j, name, '[');
	for (const char *at = names; *at;) {
		char one[LAUNCH_ID_BYTES];
		size_t n = strcspn(at, " ");
		snprintf(one, sizeof one, "%.*s", (int)n, at);
		emit_text(j, NULL, one);
		at += n + (at[n] == ' ');
	}
	emit_close(j, ']');
}

/* Five items for each buyer. */
static void on_admitted(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                        const size_t *bytes)
{
	struct emit j = { 0 };
	UNUSED(bytes);
	emit_open(&j, NULL, '{');
	put_int(&j, reply, "total");
	emit_open(&j, "buyers", '[');
	for (size_t i = 0; !err && i + 4 < n; i += 5) {
		emit_open(&j, NULL, '{');
		emit_text(&j, "buyer", items[i]);
		emit_int(&j, "draw", strtoll(items[i + 1], NULL, 10));
		emit_text(&j, "group", items[i + 2]);
		emit_int(&j, "entered_ms", strtoll(items[i + 3], NULL, 10));
		put_names(&j, "deals", items[i + 4]);
		emit_close(&j, '}');
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	respond(ctx, err, &j);
}

void get_launch_admitted(struct http_request *r, struct project *p)
{
	char launch[LAUNCH_ID_BYTES], first[24], count[24];
	int64_t from = query_int(r->query, "from", 0), limit = query_int(r->query, "limit", ADMITTED_DEFAULT);
	const char *args[] = { launch, first, count };
	if (from < 0 || limit < 1 || limit > ADMITTED_MAX) {
		http_respond_error(r, LD_E_BAD_REQUEST, "from is a whole number, limit one from 1 to 1000");
	} else if (take_launch(r, launch)) {
		snprintf(first, sizeof first, "%lld", (long long)from);
		snprintf(count, sizeof count, "%lld", (long long)limit);
		store_list(r->app->store, "ld_launch_admitted", p->name, args, 3, on_admitted, http_ref(r));
	}
}
