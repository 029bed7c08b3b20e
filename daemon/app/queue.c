#include "app/queue.h"

#include "base/mem.h"
#include "wire/encode.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

static const struct kind {
	const char *name;
	enum right right;
} kinds[] = {
#define QUEUE_KIND(name, right) { name, RIGHT_##right },
#include "core/queue.def"
#undef QUEUE_KIND
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* A queue that was read, on its way to every session that watches, to those that have just begun to, or to one reader. */
struct reading {
	struct project *project;
	bool newcomers; /* only those who have not been told yet */
	queue_cb cb;    /* set: a reader by HTTP */
	void *ctx;
	enum role role;
	char *account;
};

/* The kind of an item; KINDS when there is none such. */
static size_t kind_of(const char *member)
{
	size_t n = strcspn(member, "|"), i = 0;
	while (i < KINDS && (strlen(kinds[i].name) != n || memcmp(kinds[i].name, member, n) != 0))
		i++;
	return i;
}

static bool has_queue(enum role role)
{
	for (size_t i = 0; i < KINDS; i++)
		if (role_grant(role, kinds[i].right) == GRANT_ANY)
			return true;
	return false;
}

/* account NULL: only what the role may do for everybody. */
static bool is_for(enum role role, const char *account, const char *member, const char *record, size_t bytes)
{
	char why[WHY_BYTES];
	struct json *j;
	size_t kind = kind_of(member);
	enum grant grant = kind < KINDS ? role_grant(role, kinds[kind].right) : GRANT_NO;
	if (grant != GRANT_OWN || !account)
		return grant == GRANT_ANY;
	if (json_parse(record, bytes, &j, why) != 0)
		return false;
	const char *consultant = json_text_of(j, "consultant");
	bool own = consultant && strcmp(consultant, account) == 0;
	json_free(j);
	return own;
}

/* The places of a list, dealt out in turn among the kinds that have something: none crowds out another. */
static void share_out(const size_t waiting[KINDS], size_t room[KINDS])
{
	size_t left = QUEUE_ITEMS_MAX;
	memset(room, 0, KINDS * sizeof *room);
	for (bool given = true; given;) {
		given = false;
		for (size_t k = 0; k < KINDS; k++)
			if (left > 0 && room[k] < waiting[k]) {
				room[k]++;
				left--;
				given = true;
			}
	}
}

static void write_items(struct buf *out, enum role role, const char *account, size_t n, char *const *items,
                        const size_t *bytes)
{
	size_t waiting[KINDS] = { 0 }, room[KINDS], count = 0, written = 0;
	for (size_t i = 0; i + 2 < n; i += 3)
		if (is_for(role, account, items[i], items[i + 2], bytes[i + 2])) {
			waiting[kind_of(items[i])]++;
			count++;
		}
	share_out(waiting, room);
	buf_adds(out, ",\"items\":[");
	for (size_t i = 0; i + 2 < n; i += 3) {
		if (!is_for(role, account, items[i], items[i + 2], bytes[i + 2]) || room[kind_of(items[i])] == 0)
			continue;
		room[kind_of(items[i])]--;
		if (written++)
			buf_addc(out, ',');
		encode_queue_item(out, items[i], strtoll(items[i + 1], NULL, 10), items[i + 2], bytes[i + 2]);
	}
	buf_addf(out, "],\"count\":%zu,\"counts\":{", count);
	for (size_t k = 0, named = 0; k < KINDS; k++)
		if (waiting[k])
			buf_addf(out, "%s\"%s\":%zu", named++ ? "," : "", kinds[k].name, waiting[k]);
	buf_adds(out, "}}");
}

static void write_queue(struct buf *out, const struct reading *r, enum role role, const char *account,
                        const struct fn_reply *reply, size_t n, char *const *items, const size_t *bytes)
{
	encode_queue_begin(out, r->project->name, fn_reply_int(reply, "seq", 0), fn_reply_int(reply, "now", 0));
	write_items(out, role, account, n, items, bytes);
}

static bool is_meant(const struct session *s, const struct reading *r)
{
	return s->watching == r->project && !s->closing && s->identity && (!r->newcomers || s->lacks_queue) &&
	       has_queue(s->identity->role);
}

/* Encoded once per role, and only for roles somebody of which looks. */
static void push_to_roles(const struct reading *r, const struct fn_reply *reply, size_t n, char *const *items,
                          const size_t *bytes)
{
	struct frame *frames[ROLE_COUNT] = { 0 };
	LIST_EACH(&r->project->app->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, link);
		if (!is_meant(s, r))
			continue;
		s->lacks_queue = false;
		enum role role = s->identity->role;
		if (!frames[role]) {
			struct buf text = { 0 };
			write_queue(&text, r, role, NULL, reply, n, items, bytes);
			frames[role] = frame_new(text.data, text.len_bytes);
			buf_fini(&text);
		}
		session_send(s, frames[role]);
	}
	for (size_t i = 0; i < ROLE_COUNT; i++)
		frame_unref(frames[i]);
}

static void on_queue(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                     const size_t *bytes)
{
	struct reading *r = ctx;
	if (r->newcomers)
		r->project->reads_queue = false;
	if (r->cb && err) {
		r->cb(r->ctx, err, NULL);
	} else if (r->cb) {
		struct buf text = { 0 };
		write_queue(&text, r, r->role, r->account, reply, n, items, bytes);
		r->cb(r->ctx, 0, &text);
		buf_fini(&text);
	} else if (!err) {
		push_to_roles(r, reply, n, items, bytes);
	}
	mem_free(r->account);
	mem_free(r);
}

static void read_queue(struct project *p, struct reading *r)
{
	char names[256] = "";
	const char *argv[] = { names };
	for (size_t i = 0, at = 0; i < KINDS; i++) {
		if (r->cb && role_grant(r->role, kinds[i].right) == GRANT_NO)
			continue;
		at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? " " : "", kinds[i].name);
	}
	r->project = p;
	store_list(p->app->store, "ld_queue", p->name, argv, 1, on_queue, r);
}

static void push_all(void *ctx)
{
	struct project *p = ctx;
	read_queue(p, mem_zalloc(sizeof(struct reading)));
}

void queue_init(struct project *p) { loop_timer_init(&p->queue_timer, p->app->loop, push_all, p); }

void queue_fini(struct project *p) { loop_timer_stop(&p->queue_timer); }

void queue_refresh(struct project *p)
{
	if (!loop_timer_active(&p->queue_timer))
		loop_timer_after(&p->queue_timer, QUEUE_PAUSE_MS);
}

/* A lock and the release of one alone never change what waits; on launch day they are nearly all that happens. */
void queue_changed(struct project *p, const struct event *e)
{
	bool about_deals = e->deal[0] || strcmp(e->type, "ask") == 0 || strcmp(e->type, "decide") == 0;
	if (about_deals && strcmp(e->type, "lock") != 0)
		queue_refresh(p);
}

/* When thousands come back at once, few readings serve them all: a reading under way is good enough for who comes after it
 * was asked for, since a change in between is followed by a reading for everybody, which is answered later. */
void queue_push_to(struct project *p, struct session *s)
{
	if (!s->identity || !has_queue(s->identity->role))
		return;
	s->lacks_queue = true;
	if (p->reads_queue)
		return;
	p->reads_queue = true;
	struct reading *r = mem_zalloc(sizeof *r);
	r->newcomers = true;
	read_queue(p, r);
}

void queue_read(struct project *p, enum role role, const char *account, queue_cb cb, void *ctx)
{
	struct reading *r = mem_zalloc(sizeof *r);
	r->cb = cb;
	r->ctx = ctx;
	r->role = role;
	r->account = mem_strdup(account);
	read_queue(p, r);
}
