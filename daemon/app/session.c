#include "app/session.h"

#include "app/command.h"
#include "app/displays.h"
#include "app/publish.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/encode.h"

#include <string.h>

/* The sessions of one account on this daemon: private pushes go to all of them. */
struct account_room {
	struct list sessions;
};

static void on_identity(void *ctx, int err, struct identity *i);
static void receive_early(struct session *s);

static void room_enter(struct session *s)
{
	struct map *accounts = s->app->accounts;
	struct account_room *room = map_get(accounts, s->identity->account);
	if (!room) {
		room = mem_alloc(sizeof *room);
		list_init(&room->sessions);
		map_set(accounts, s->identity->account, room);
	}
	list_append(&room->sessions, &s->account_link);
}

static void room_leave(struct session *s)
{
	struct map *accounts = s->app->accounts;
	list_remove(&s->account_link);
	struct account_room *room = map_get(accounts, s->identity->account);
	if (room && list_empty(&room->sessions))
		mem_free(map_remove(accounts, s->identity->account));
}

void account_each_session(struct app *a, const char *account, void (*fn)(struct session *s, void *ctx), void *ctx)
{
	struct account_room *room = map_get(a->accounts, account);
	if (!room)
		return;
	LIST_EACH(&room->sessions, it)
		fn(CONTAINER_OF(it, struct session, account_link), ctx);
}

struct of_project {
	const char *project;
	void (*fn)(struct session *s, void *ctx);
	void *ctx;
};

static void if_of_project(struct session *s, void *ctx)
{
	struct of_project *of = ctx;
	if (identity_has_project(s->identity, of->project))
		of->fn(s, of->ctx);
}

void project_each_session(struct project *p, const char *account, void (*fn)(struct session *s, void *ctx), void *ctx)
{
	account_each_session(p->app, account, if_of_project, &(struct of_project){ p->name, fn, ctx });
}

void project_each_watcher(struct project *p, void (*fn)(struct session *s, void *ctx), void *ctx)
{
	LIST_EACH(&p->app->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, link);
		if (s->watching == p && !s->closing)
			fn(s, ctx);
	}
}

/* A buyer has a few windows open, not thousands that each hear every change: the oldest makes room for the newest. */
enum { BUYER_WINDOWS = 4 };

static void close_surplus(struct session *newest)
{
	struct account_room *room = map_get(newest->app->accounts, newest->identity->account);
	struct session *oldest = NULL;
	int count = 0;
	LIST_EACH(&room->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, account_link);
		if (s->closing || strcmp(s->identity->token_id, newest->identity->token_id) != 0)
			continue;
		oldest = oldest ? oldest : s;
		count++;
	}
	if (count > BUYER_WINDOWS)
		session_close(oldest, CLOSE_REPLACED, "opened elsewhere");
}

static void welcome(struct session *s, struct identity *i)
{
	s->identity = identity_ref(i);
	if (i->role != ROLE_BUYER) {
		mem_free(s->address);
		s->address = NULL;
	}
	room_enter(s);
	if (i->role == ROLE_BUYER)
		close_surplus(s);
	struct buf text = { 0 };
	encode_hello(&text, app_now_ms(s->app), i->account, role_name(i->role), s->app->conf->heartbeat_s);
	struct frame *f = frame_new(text.data, text.len_bytes);
	buf_fini(&text);
	session_send(s, f);
	frame_unref(f);
	displays_arrived(s);
	receive_early(s);
}

struct session *session_start(struct app *a, const char *token_id, bool english, const char *address,
                              const struct sink *sink, void *conn)
{
	struct session *s = mem_zalloc(sizeof *s);
	s->refs = 1;
	s->app = a;
	s->sink = sink;
	s->conn = conn;
	s->english = english;
	s->address = mem_strdup(address);
	s->tokens_at_ms = clock_mono_ms();
	s->tokens_milli = (int32_t)(a->conf->rate_commands_per_s * 2000);
	list_init(&s->account_link);
	list_init(&s->watch_link);
	list_init(&s->link);
	list_append(&a->sessions, &s->link);
	/* Redis is asked even when another session of this token is open: it may have been signed out elsewhere. */
	identity_find(a, token_id, on_identity, session_ref(s));
	return s;
}

static void on_identity(void *ctx, int err, struct identity *i)
{
	struct session *s = ctx;
	if (s->conn && !s->identity) {
		if (!err)
			welcome(s, i);
		else if (err == LD_E_UNAUTHENTICATED)
			session_close(s, CLOSE_SIGNED_OUT, "signed out");
		else
			session_close(s, CLOSE_RESYNC, "not available now");
	}
	session_unref(s);
}

static void on_recheck(void *ctx, int err, struct identity *i)
{
	struct session *s = ctx;
	UNUSED(i);
	/* Redis being away says nothing about the sign-in. */
	if (s->conn && err == LD_E_UNAUTHENTICATED)
		session_close(s, CLOSE_SIGNED_OUT, "signed out");
	session_unref(s);
}

static void on_recheck_replaced(void *ctx, int err, struct identity *i)
{
	struct session *s = ctx;
	UNUSED(i);
	if (s->conn && err == LD_E_UNAUTHENTICATED)
		session_close(s, CLOSE_REPLACED, "signed in elsewhere");
	session_unref(s);
}

void session_recheck_replaced(struct session *s)
{
	if (s->identity)
		identity_find(s->app, s->identity->token_id, on_recheck_replaced, session_ref(s));
}

void session_recheck(struct session *s)
{
	if (s->identity)
		identity_find(s->app, s->identity->token_id, on_recheck, session_ref(s));
}

void session_lost(struct session *s)
{
	s->closing = true;
	publish_unwatch(s);
}

void session_end(struct session *s)
{
	s->conn = NULL;
	publish_unwatch(s);
	if (s->identity)
		room_leave(s);
	displays_left(s);
	list_remove(&s->link);
	for (int i = 0; i < s->outbox_count; i++)
		frame_unref(s->outbox[i]);
	s->outbox_count = 0;
	session_unref(s);
}

struct session *session_ref(struct session *s)
{
	s->refs++;
	return s;
}

void session_unref(struct session *s)
{
	if (--s->refs > 0)
		return;
	identity_unref(s->app, s->identity);
	if (s->early)
		buf_fini(s->early);
	mem_free(s->early);
	mem_free(s->address);
	mem_free(s->outbox);
	mem_free(s);
}

void session_close(struct session *s, int code, const char *reason)
{
	if (!s->conn || s->closing)
		return;
	s->closing = true;
	publish_unwatch(s);
	log_debug(s->identity ? s->identity->account : "session", "closing with %d: %s", code, reason);
	s->sink->close(s->conn, code, reason);
}

static bool outbox_has_room(const struct session *s, const struct frame *f)
{
	return s->outbox_count < OUTBOX_FRAMES ||
	       (s->outbox_count < OUTBOX_MAX && s->outbox_bytes + f->len_bytes <= OUTBOX_BYTES);
}

void session_send(struct session *s, struct frame *f)
{
	if (!s->conn || s->closing)
		return;
	if (!s->outbox_count && s->sink->send(s->conn, f))
		return;
	if (!s->conn || s->closing)
		return;
	if (!outbox_has_room(s, f)) {
		s->app->metrics.slow_closed_total++;
		session_close(s, CLOSE_TOO_SLOW, "replies are not being read");
		return;
	}
	if (s->outbox_count == s->outbox_cap) {
		s->outbox_cap = s->outbox_cap ? (uint16_t)(2 * s->outbox_cap) : OUTBOX_FRAMES;
		s->outbox = mem_reallocarray(s->outbox, s->outbox_cap, sizeof(struct frame *));
	}
	s->outbox[s->outbox_count++] = frame_ref(f);
	s->outbox_bytes += (uint32_t)f->len_bytes;
	if (!s->wants_write) {
		s->wants_write = true;
		s->sink->want_write(s->conn);
	}
}

void session_tell(struct session *s, void *frame) { session_send(s, frame); }

static void flush_outbox(struct session *s)
{
	uint16_t sent = 0;
	while (sent < s->outbox_count && s->sink->send(s->conn, s->outbox[sent])) {
		s->outbox_bytes -= (uint32_t)s->outbox[sent]->len_bytes;
		frame_unref(s->outbox[sent++]);
	}
	s->outbox_count = (uint16_t)(s->outbox_count - sent);
	if (s->outbox_count) {
		memmove(s->outbox, s->outbox + sent, s->outbox_count * sizeof(struct frame *));
		return;
	}
	mem_free(s->outbox);
	s->outbox = NULL;
	s->outbox_cap = 0;
}

void session_writable(struct session *s)
{
	s->wants_write = false;
	if (s->outbox_count)
		flush_outbox(s);
	if (!s->closing && s->outbox_count && !s->wants_write) {
		s->wants_write = true;
		s->sink->want_write(s->conn);
	} else if (!s->closing && s->watching) {
		publish_bring_current(s);
	}
}

/* A token bucket: `rate` per second, twice that in a burst. */
static bool take_token(struct session *s)
{
	int64_t rate = s->app->conf->rate_commands_per_s;
	if (!rate)
		return true;
	int64_t now_ms = clock_mono_ms();
	int64_t milli = s->tokens_milli + (now_ms - s->tokens_at_ms) * rate;
	s->tokens_at_ms = now_ms;
	if (milli > rate * 2000)
		milli = rate * 2000;
	bool ok = milli >= 1000;
	s->tokens_milli = (int32_t)(ok ? milli - 1000 : milli);
	return ok;
}

/* Messages that came before Redis said who this is: kept in order, each with its NUL. */
enum { EARLY_MAX_BYTES = 16384 };

static void keep_early(struct session *s, const char *text, size_t bytes)
{
	if (!s->early)
		s->early = mem_zalloc(sizeof *s->early);
	if (s->early->len_bytes + bytes + 1 > EARLY_MAX_BYTES) {
		session_close(s, CLOSE_RATE, "wait for hello");
		return;
	}
	buf_add(s->early, text, bytes);
	buf_addc(s->early, '\0');
}

static void receive_early(struct session *s)
{
	struct buf *early = s->early;
	if (!early)
		return;
	s->early = NULL;
	for (size_t at = 0; at < early->len_bytes && s->conn;) {
		size_t bytes = strlen(early->data + at);
		session_receive(s, early->data + at, bytes);
		at += bytes + 1;
	}
	buf_fini(early);
	mem_free(early);
}

void session_receive(struct session *s, const char *text, size_t bytes)
{
	if (s->closing)
		return;
	/* A NUL is never part of a JSON text (RFC 8259 section 2); the decoder would stop at it. */
	if (!s->identity) {
		if (memchr(text, '\0', bytes))
			session_close(s, CLOSE_RATE, "wait for hello");
		else
			keep_early(s, text, bytes);
		return;
	}
	command_receive(s, text, bytes, take_token(s));
}

static void revoke_one(struct session *s, void *ctx)
{
	if (strcmp(s->identity->token_id, ctx) == 0)
		session_close(s, CLOSE_SIGNED_OUT, "signed out");
}

void identity_revoke(struct app *a, const char *token_id)
{
	struct identity *i = identity_known(a, token_id);
	identity_remember_signed_out(a, token_id);
	if (!i)
		return;
	identity_ref(i);
	char id[TOKEN_ID_BYTES];
	memcpy(id, token_id, sizeof id);
	account_each_session(a, i->account, revoke_one, id);
	identity_unref(a, i);
}
