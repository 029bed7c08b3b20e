#include "app/private_push.h"

#include "base/mem.h"
#include "wire/encode.h"

#include <stdio.h>
#include <string.h>

/* A deal record on its way from Redis to one session, or to all sessions of its holder. */
struct fetch {
	struct project *project;
	struct session *session; /* NULL: every session of `account` */
	char *account;
};

static void send_to(struct fetch *f, struct buf *text)
{
	struct frame *frame = frame_new(text->data, text->len_bytes);
	if (f->session)
		session_send(f->session, frame);
	else
		project_each_session(f->project, f->account, session_tell, frame);
	frame_unref(frame);
	buf_fini(text);
}

static void on_deal(void *ctx, int err, const char *json, size_t bytes)
{
	struct fetch *f = ctx;
	if (!err && json) {
		struct buf text = { 0 };
		encode_deal(&text, f->project->name, json, bytes);
		send_to(f, &text);
	}
	if (f->session)
		session_unref(f->session);
	mem_free(f->account);
	mem_free(f);
}

static void fetch_deal(struct project *p, const char *deal, struct session *s, const char *account)
{
	struct fetch *f = mem_zalloc(sizeof *f);
	f->project = p;
	f->session = s ? session_ref(s) : NULL;
	f->account = mem_strdup(account);
	char key[96];
	snprintf(key, sizeof key, "ld:{%.64s}:deals", p->name);
	store_hget(p->app->store, key, deal, on_deal, f);
}

void private_push_own_deals(struct project *p, struct session *s)
{
	/* A buyer learns of the own deals from the launch session. */
	if (!p->board || !s->identity || role_grant(s->identity->role, RIGHT_UNIT_LOCK) == GRANT_NO ||
	    role_grant(s->identity->role, RIGHT_DEALS_READ) == GRANT_NO)
		return;
	for (uint32_t i = 0; i < board_count(p->board); i++) {
		const struct board_unit *u = board_unit(p->board, i);
		if (u->holder && u->deal && strcmp(u->holder, s->identity->account) == 0)
			fetch_deal(p, u->deal, s, s->identity->account);
	}
}

static void push_own_deals(struct session *s, void *ctx) { private_push_own_deals(ctx, s); }

void private_push_all_own_deals(struct project *p) { project_each_watcher(p, push_own_deals, p); }

void private_push_deal(struct project *p, const struct event *e)
{
	if (e->deal[0] && e->holder[0] && map_get(p->app->accounts, e->holder))
		fetch_deal(p, e->deal, NULL, e->holder);
}

struct to_role {
	enum role role;
	struct frame *frame;
};

static void send_if_role(struct session *s, void *ctx)
{
	const struct to_role *to = ctx;
	if (s->identity->role == to->role)
		session_send(s, to->frame);
}

/* To every session of a role that watches this project here. */
static void send_to_role(struct project *p, enum role role, struct frame *f)
{
	project_each_watcher(p, send_if_role, &(struct to_role){ role, f });
}

/* Before a hold runs out: to the consultant whose deal it is, and to the clerks. */
static void warn(struct project *p, const struct board_unit *u, int64_t now_ms)
{
	struct buf text = { 0 };
	encode_notice(&text, "expiry", p->name, u->id, u->deal, u->deadline_ms, u->deadline_ms - now_ms);
	struct frame *f = frame_new(text.data, text.len_bytes);
	project_each_session(p, u->holder, session_tell, f);
	send_to_role(p, ROLE_CLERK, f);
	frame_unref(f);
	buf_fini(&text);
}

static struct frame *notice_frame(struct project *p, const char *kind)
{
	struct buf text = { 0 };
	encode_notice_of_project(&text, kind, p->name);
	struct frame *f = frame_new(text.data, text.len_bytes);
	buf_fini(&text);
	return f;
}

static void push_to_roles(struct project *p, const char *kind, const enum role *roles, size_t count)
{
	struct frame *f = notice_frame(p, kind);
	for (size_t i = 0; i < count; i++)
		send_to_role(p, roles[i], f);
	frame_unref(f);
}

/* Who hears of a freeze: everybody who could change anything. */
static const enum role office[] = { ROLE_CONSULTANT, ROLE_CLERK, ROLE_FINANCE, ROLE_RELATIONS, ROLE_MANAGER };
enum { OFFICE_ROLES = sizeof office / sizeof office[0] };

void private_push_frozen(struct project *p) { push_to_roles(p, p->frozen ? "frozen" : "thawed", office, OFFICE_ROLES); }

void private_push_if_frozen(struct project *p, struct session *s)
{
	for (size_t i = 0; p->frozen && s->identity && i < OFFICE_ROLES; i++) {
		if (s->identity->role != office[i])
			continue;
		struct frame *f = notice_frame(p, "frozen");
		session_send(s, f);
		frame_unref(f);
		return;
	}
}

void private_push_checked(struct project *p)
{
	static const enum role who[] = { ROLE_CLERK, ROLE_MANAGER };
	push_to_roles(p, "checked", who, sizeof who / sizeof who[0]);
}

void private_push_warnings(struct project *p)
{
	int64_t now_ms = project_now_ms(p), before_ms = p->warned_until_ms;
	p->warned_until_ms = now_ms;
	/* The first look only remembers the time: what was due earlier was somebody else's to tell. */
	if (!before_ms || !p->warn_count || !p->board)
		return;
	for (uint32_t i = 0; i < board_count(p->board); i++) {
		const struct board_unit *u = board_unit(p->board, i);
		if (!u->deadline_ms || !u->holder || !u->deal)
			continue;
		for (size_t k = 0; k < p->warn_count; k++) {
			int64_t at_ms = u->deadline_ms - p->warn_ms[k];
			if (at_ms > before_ms && at_ms <= now_ms) {
				warn(p, u, now_ms);
				break;
			}
		}
	}
}
