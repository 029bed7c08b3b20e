#include "app/displays.h"

#include "base/mem.h"
#include "wire/emit.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Vouched for twice before it lapses; often enough that a daemon's death shows within a minute. */
enum { SEEN_EVERY_S = 15, VOUCH_MS = 40000, IDS_AT_ONCE = 12, ACCOUNT_BYTES = 112 };

/* --- which display a session is of */

/* `display:<project>:<id>`; see displays.lua. */
static void account_of(char out[ACCOUNT_BYTES], const char *project, const char *id)
{
	snprintf(out, ACCOUNT_BYTES, "display:%.64s:%.24s", project, id);
}

/* The id, or NULL when the session is no display's of this project. */
static const char *display_of(const struct session *s, const struct project *p)
{
	char prefix[ACCOUNT_BYTES];
	account_of(prefix, p->name, "");
	size_t bytes = strlen(prefix);
	bool is = s->identity && s->identity->role == ROLE_DISPLAY && strncmp(s->identity->account, prefix, bytes) == 0;
	return is ? s->identity->account + bytes : NULL;
}

static struct project *project_of(const struct session *s)
{
	bool one = s->identity && s->identity->role == ROLE_DISPLAY && s->identity->project_count == 1;
	return one ? project_find(s->app, s->identity->projects[0]) : NULL;
}

/* --- last contact */

/* When this is lost, the next round says it again. */
static void on_noted(void *ctx, int err, const struct fn_reply *reply)
{
	UNUSED(ctx);
	UNUSED(err);
	UNUSED(reply);
}

static void note(struct project *p, const char *ttl_ms, const char *const *ids, size_t count)
{
	const char *args[2 + IDS_AT_ONCE] = { p->app->daemon_id, ttl_ms };
	if (!count)
		return;
	memcpy(args + 2, ids, count * sizeof *ids);
	store_call(p->app->store, "ld_display_seen", p->name, args, 2 + count, true, on_noted, NULL);
}

static const char *vouch_text(char out[24])
{
	snprintf(out, 24, "%d", VOUCH_MS);
	return out;
}

void displays_arrived(struct session *s)
{
	struct project *p = project_of(s);
	const char *id = p ? display_of(s, p) : NULL;
	char ttl[24];
	if (id)
		note(p, vouch_text(ttl), &id, 1);
}

void displays_left(struct session *s)
{
	struct project *p = project_of(s);
	const char *id = p ? display_of(s, p) : NULL;
	/* Another window of the same display may still be open here. */
	if (id && !map_get(s->app->accounts, s->identity->account))
		note(p, "0", &id, 1);
}

void displays_tick(struct project *p)
{
	const char *ids[IDS_AT_ONCE];
	size_t count = 0;
	char ttl[24];
	if (++p->seconds % SEEN_EVERY_S)
		return;
	vouch_text(ttl);
	LIST_EACH(&p->app->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, link);
		const char *id = s->conn && !s->closing ? display_of(s, p) : NULL;
		if (!id)
			continue;
		ids[count++] = id;
		if (count == IDS_AT_ONCE) {
			note(p, ttl, ids, count);
			count = 0;
		}
	}
	note(p, ttl, ids, count);
}

/* --- what the trail says */

static void recheck(struct session *s, void *ctx)
{
	UNUSED(ctx);
	session_recheck(s);
}

static void recheck_replaced(struct session *s, void *ctx)
{
	UNUSED(ctx);
	session_recheck_replaced(s);
}

void displays_on_event(struct project *p, const struct event *e)
{
	char account[ACCOUNT_BYTES];
	if (e->display[0]) {
		account_of(account, p->name, e->display);
		account_each_session(p->app, account, recheck, NULL);
	} else if (e->account[0]) {
		bool replaced = strcmp(e->type, "replace") == 0;
		account_each_session(p->app, e->account, replaced ? recheck_replaced : recheck, NULL);
	}
}

void displays_on_gap(struct project *p)
{
	LIST_EACH(&p->app->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, link);
		if (!s->conn || !s->identity || !identity_has_project(s->identity, p->name))
			continue;
		/* What ends the sign-in of a buyer is another one. */
		if (s->identity->role == ROLE_BUYER)
			session_recheck_replaced(s);
		else
			session_recheck(s);
	}
}

/* --- the list */

struct reading {
	displays_list_cb cb;
	void *ctx;
};

static void put_display(struct emit *j, const struct json *d, const char *seen, int64_t now_ms)
{
	static const char *const names[] = { "id", "name", "paired_by" };
	int64_t paired_ms = 0, last_ms = strtoll(seen, NULL, 10);
	const char *until = strrchr(seen, '|');
	(void)json_whole(json_member(d, "paired_ms"), &paired_ms);
	emit_open(j, NULL, '{');
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *text = json_text_of(d, names[i]);
		emit_text(j, names[i], text ? text : "");
	}
	emit_int(j, "paired_at", paired_ms);
	if (last_ms)
		emit_int(j, "last_seen_at", last_ms);
	else
		emit_raw(j, "last_seen_at", "null");
	emit_bool(j, "connected", until && strtoll(until + 1, NULL, 10) > now_ms);
	emit_close(j, '}');
}

static void on_displays(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                        const size_t *bytes)
{
	struct reading *q = ctx;
	struct emit j = { 0 };
	char why[WHY_BYTES];
	emit_open(&j, NULL, '{');
	emit_open(&j, "displays", '[');
	for (size_t i = 0; !err && i + 1 < n; i += 2) {
		struct json *d;
		if (json_parse(items[i], bytes[i], &d, why) == 0)
			put_display(&j, d, items[i + 1], fn_reply_int(reply, "now", 0));
		json_free(d);
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	q->cb(q->ctx, err, &j.b);
	buf_fini(&j.b);
	mem_free(q);
}

void displays_list(struct project *p, displays_list_cb cb, void *ctx)
{
	struct reading *q = mem_alloc(sizeof *q);
	*q = (struct reading){ cb, ctx };
	store_list(p->app->store, "ld_displays", p->name, NULL, 0, on_displays, q);
}
