/* Following a launch session (launch_fold.h): planning, admission, draw and the hand on the switch. */
#include "ctl/launch_fold.h"

#include "base/mem.h"
#include "base/sha1.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void launch_fold_tell(struct launch_fold *f, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	f->tell(f->ctx, text);
}

/* --- hashes */

void launch_commit(const char *seed, char out[LAUNCH_SEED_BYTES])
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, (const unsigned char *)seed, strlen(seed));
	sodium_bin2hex(out, LAUNCH_SEED_BYTES, sum, sizeof sum);
}

void launch_ticket(const char *seed, const char *purpose, const char *buyer, char out[LAUNCH_SHA1_BYTES])
{
	char *text = mem_printf("%s%s%s", seed, purpose, buyer);

	sha1_hex(text, strlen(text), out);
	mem_free(text);
}

/* --- beginning and end */

void launch_fold_init(struct launch_fold *f, const char *id, const char *seed,
                      void (*tell)(void *ctx, const char *problem), void *ctx)
{
	*f = (struct launch_fold){ .buyers = map_new(), .units = map_new(), .deals = map_new(), .tell = tell, .ctx = ctx };
	snprintf(f->id, sizeof f->id, "%s", id);
	snprintf(f->seed, sizeof f->seed, "%s", seed);
	f->groups = mem_strdup("");
}

void launch_fold_fini(struct launch_fold *f)
{
	for (size_t i = 0; i < f->buyer_count; i++) {
		mem_free(f->order[i]->id);
		mem_free(f->order[i]->group);
		mem_free(f->order[i]->deals);
		mem_free(f->order[i]);
	}
	for (size_t i = 0; i < f->unit_count; i++) {
		mem_free(f->all_units[i]->id);
		mem_free(f->all_units[i]);
	}
	for (size_t i = 0; i < f->deal_count; i++) {
		mem_free(f->all_deals[i]->id);
		mem_free(f->all_deals[i]->unit);
		mem_free(f->all_deals[i]->buyer);
		mem_free(f->all_deals[i]);
	}
	mem_free(f->order);
	mem_free(f->all_units);
	mem_free(f->all_deals);
	mem_free(f->groups);
	map_free(f->buyers, NULL);
	map_free(f->units, NULL);
	map_free(f->deals, NULL);
}

/* --- the session's clock */

enum launch_phase launch_fold_phase(const struct launch_fold *f, int64_t at_ms)
{
	int64_t elapsed = at_ms - f->opens_ms - f->shift_ms;

	if (f->closed_ms)
		return LAUNCH_CLOSED;
	if (f->paused_ms)
		return LAUNCH_PAUSED;
	return elapsed < 0 ? LAUNCH_PLANNED : elapsed < f->closes_ms - f->opens_ms ? LAUNCH_OPEN : LAUNCH_CLOSED;
}

/* phases: those that the event may happen in, one bit each. */
static void expect_phase(struct launch_fold *f, const struct trail_entry *e, unsigned phases)
{
	static const char *const names[] = { "had not opened", "was open", "was paused", "was closed" };
	enum launch_phase now = launch_fold_phase(f, trail_int(e, "at", 0));

	if (!(phases & 1u << now))
		launch_fold_tell(f, "%s while the session %s", trail_get(e, "t"), names[now]);
}

enum { PLANNED = 1u << LAUNCH_PLANNED, OPEN = 1u << LAUNCH_OPEN, PAUSED = 1u << LAUNCH_PAUSED };

/* A session that stands has not come to its opening before it goes on. */
static bool has_opened(const struct launch_fold *f, int64_t at_ms)
{
	return (f->paused_ms ? f->paused_ms : at_ms) >= f->opens_ms + f->shift_ms;
}

/* --- what the events say */

enum { DAY_MS = 24 * 3600 * 1000 };

/* Other rules have to be accepted anew. */
static void forget_checkins(struct launch_fold *f)
{
	for (size_t i = 0; i < f->buyer_count; i++) {
		f->order[i]->checked_in_ms = 0;
		f->order[i]->early = false;
	}
	f->entered = 0;
}

static void on_plan(struct launch_fold *f, const struct trail_entry *e)
{
	if (f->opens_ms)
		expect_phase(f, e, PLANNED);
	f->opens_ms = trail_int(e, "opens_ms", 0);
	f->closes_ms = trail_int(e, "closes_ms", 0);
	f->hold_ms = trail_int(e, "hold_ms", 0);
	f->limit = trail_int(e, "limit", 0);
	f->window_size = trail_int(e, "window_size", 0);
	f->window_ms = trail_int(e, "window_ms", 0);
	f->active_max = trail_int(e, "active_max", 0);
	snprintf(f->mode, sizeof f->mode, "%s", trail_get(e, "mode"));
	snprintf(f->commit, sizeof f->commit, "%s", trail_get(e, "commit"));
	if (f->rules_sha[0] && strcmp(f->rules_sha, trail_get(e, "rules_sha")) != 0)
		forget_checkins(f);
	snprintf(f->rules_sha, sizeof f->rules_sha, "%s", trail_get(e, "rules_sha"));
	mem_free(f->groups);
	f->groups = mem_strdup(trail_get(e, "groups"));
	if (f->opens_ms <= trail_int(e, "at", 0))
		launch_fold_tell(f, "it was planned to open before the moment of planning");
	if (f->window_size < 1 || f->window_ms < 1 || f->window_ms > DAY_MS) {
		launch_fold_tell(f, "turns by draw without a window");
		f->window_size = f->window_ms = 1;
	}
}

struct launch_unit *launch_fold_unit(struct launch_fold *f, const char *id)
{
	struct launch_unit *u = map_get(f->units, id);

	if (u)
		return u;
	u = mem_zalloc(sizeof *u);
	u->id = mem_strdup(id);
	map_set(f->units, id, u);
	f->all_units = mem_reallocarray(f->all_units, f->unit_count + 1, sizeof *f->all_units);
	f->all_units[f->unit_count++] = u;
	return u;
}

static void on_units(struct launch_fold *f, const struct trail_entry *e)
{
	bool on = strcmp(trail_get(e, "offered"), "yes") == 0;
	char *ids = mem_strdup(trail_get(e, "units")), *rest = NULL;

	expect_phase(f, e, on ? PLANNED | OPEN | PAUSED : PLANNED);
	for (char *id = strtok_r(ids, " ", &rest); id; id = strtok_r(NULL, " ", &rest))
		launch_fold_unit(f, id)->offered = on;
	mem_free(ids);
}

static struct launch_buyer *buyer_new(struct launch_fold *f, const char *id)
{
	struct launch_buyer *b = mem_zalloc(sizeof *b);

	b->id = mem_strdup(id);
	b->group = mem_strdup("");
	map_set(f->buyers, id, b);
	f->order = mem_reallocarray(f->order, f->buyer_count + 1, sizeof *f->order);
	f->order[f->buyer_count++] = b;
	return b;
}

/* One who is admitted, or admitted again. last: of an order that stands, the last number; -1 while it may change. */
static void admit(struct launch_fold *f, const char *id, int64_t draw, const char *group, int64_t last)
{
	struct launch_buyer *b = map_get(f->buyers, id);
	bool is_new = !b;

	if (is_new)
		b = buyer_new(f, id);
	if (last >= 0 && (is_new ? draw <= last : draw != b->draw))
		launch_fold_tell(f, "buyer %s was given place %lld of an order that stood", id, (long long)draw);
	b->draw = draw;
	mem_free(b->group);
	b->group = mem_strdup(group);
}

int64_t launch_fold_standby(const struct launch_fold *f)
{
	int64_t size = f->window_size > 0 ? f->window_size : 1;

	return f->standby_ms ? f->standby_ms : ((int64_t)f->buyer_count + size - 1) / size * f->window_ms;
}

/* The stand-by as it runs before somebody is admitted, or 0: nobody stops it any more. */
static int64_t running_standby(const struct launch_fold *f, int64_t at_ms)
{
	int64_t began = f->opens_ms + f->shift_ms, standby = launch_fold_standby(f);

	at_ms = f->paused_ms ? (f->paused_ms > began ? f->paused_ms : began) : at_ms;
	return strcmp(f->mode, "order") == 0 && at_ms - began >= standby ? standby : 0;
}

/* list: `buyer|draw|group` for each, separated by blanks. */
static void on_admit(struct launch_fold *f, const struct trail_entry *e)
{
	char *list = mem_strdup(trail_get(e, "list")), *rest = NULL;
	size_t before = f->buyer_count, count = 0;
	bool stands = f->drawn_ms || has_opened(f, trail_int(e, "at", 0));

	expect_phase(f, e, PLANNED | OPEN | PAUSED);
	launch_fold_order(f);
	int64_t last = stands ? (before ? f->order[before - 1]->draw : 0) : -1;
	int64_t standby = running_standby(f, trail_int(e, "at", 0));
	for (char *item = strtok_r(list, " ", &rest); item; item = strtok_r(NULL, " ", &rest), count++) {
		char *id = strsep(&item, "|"), *draw = strsep(&item, "|");

		admit(f, id, draw ? strtoll(draw, NULL, 10) : 0, item ? item : "", last);
	}
	mem_free(list);
	f->unsorted = true;
	if (f->buyer_count > before)
		f->standby_ms = standby;
	if ((int64_t)count != trail_int(e, "count", -1) || (int64_t)(f->buyer_count - before) != trail_int(e, "added", -1))
		launch_fold_tell(f, "the admission counts %s buyers and lists %zu, of whom %zu are new", trail_get(e, "count"),
		                 count, f->buyer_count - before);
}

static int by_draw(const void *a, const void *b)
{
	const struct launch_buyer *l = *(struct launch_buyer *const *)a, *r = *(struct launch_buyer *const *)b;

	return l->draw != r->draw ? (l->draw < r->draw ? -1 : 1) : strcmp(l->id, r->id);
}

void launch_fold_order(struct launch_fold *f)
{
	if (f->unsorted && f->buyer_count)
		qsort(f->order, f->buyer_count, sizeof *f->order, by_draw);
	f->unsorted = false;
}

static int by_ticket(const void *a, const void *b)
{
	const struct launch_buyer *l = *(struct launch_buyer *const *)a, *r = *(struct launch_buyer *const *)b;

	return strcmp(l->ticket, r->ticket);
}

static void on_draw(struct launch_fold *f, const struct trail_entry *e)
{
	expect_phase(f, e, PLANNED);
	if (f->drawn_ms)
		launch_fold_tell(f, "the order was drawn a second time");
	if (trail_int(e, "count", -1) != (int64_t)f->buyer_count)
		launch_fold_tell(f, "drawn among %s, while %zu were admitted", trail_get(e, "count"), f->buyer_count);
	f->drawn_ms = trail_int(e, "at", 0);
	for (size_t i = 0; i < f->buyer_count; i++)
		launch_ticket(f->seed, "|order|", f->order[i]->id, f->order[i]->ticket);
	if (f->buyer_count)
		qsort(f->order, f->buyer_count, sizeof *f->order, by_ticket);
	for (size_t i = 0; i < f->buyer_count; i++)
		f->order[i]->draw = (int64_t)i + 1;
	f->unsorted = false;
}

static void on_pause(struct launch_fold *f, const struct trail_entry *e)
{
	expect_phase(f, e, PLANNED | OPEN);
	f->paused_ms = trail_int(e, "at", 0);
}

static void on_resume(struct launch_fold *f, const struct trail_entry *e)
{
	int64_t at = trail_int(e, "at", 0), began = f->opens_ms + f->shift_ms;

	expect_phase(f, e, PAUSED);
	began = f->paused_ms > began ? f->paused_ms : began;
	f->shift_ms += at > began ? at - began : 0;
	f->paused_ms = 0;
}

static void on_extend(struct launch_fold *f, const struct trail_entry *e)
{
	int64_t closes_ms = trail_int(e, "closes_ms", 0) - f->shift_ms;

	expect_phase(f, e, PLANNED | OPEN | PAUSED);
	if (closes_ms <= f->closes_ms)
		launch_fold_tell(f, "an extension that does not make the session longer");
	f->closes_ms = closes_ms;
}

static void on_close(struct launch_fold *f, const struct trail_entry *e)
{
	expect_phase(f, e, PLANNED | OPEN | PAUSED);
	f->closed_ms = trail_int(e, "at", 0);
}

static void on_checkin(struct launch_fold *f, const struct trail_entry *e)
{
	struct launch_buyer *b = map_get(f->buyers, trail_get(e, "b"));

	expect_phase(f, e, PLANNED | OPEN | PAUSED);
	if (!b)
		launch_fold_tell(f, "buyer %s checked in without being admitted", trail_get(e, "b"));
	if (strcmp(trail_get(e, "rules_sha"), f->rules_sha) != 0)
		launch_fold_tell(f, "buyer %s accepted rules that are not those of the session", trail_get(e, "b"));
	if (b && !b->checked_in_ms) {
		b->checked_in_ms = trail_int(e, "at", 0);
		b->early = !has_opened(f, b->checked_in_ms);
		f->entered++;
	}
}

static void on_nothing(struct launch_fold *f, const struct trail_entry *e)
{
	(void)f;
	(void)e;
}

/* --- which event is which */

const struct launch_kind launch_kinds[] = {
	{ "launch_plan", "场次计划" },  { "launch_units", "场次房源" },
	{ "launch_admit", "准入名单" }, { "launch_draw", "摇号" },
	{ "launch_pause", "暂停" },     { "launch_resume", "恢复" },
	{ "launch_extend", "延时" },    { "launch_close", "关闭" },
	{ "launch_say", "广播" },       { "launch_code", "换发登录码" },
	{ "checkin", "签到" },          { "lock", "选定" },
	{ "complete", "资料齐备" },     { "apply", "提交认购申请" },
	{ "reject", "退回申请" },       { "approve", "认购通过" },
	{ "extend", "延长保留" },       { "overdue", "到期待处理" },
	{ "release", "释放" },          { "expire", "到期释放" },
	{ "withdraw", "退房" },         { "swap_out", "换房换出" },
	{ "swap_in", "换房换入" },      { "rename", "更名" },
	{ "revive", "恢复成交" },       { "sign", "签约" },
	{ "settle", "结清" },
};
const size_t launch_kind_count = sizeof launch_kinds / sizeof launch_kinds[0];
_Static_assert(sizeof launch_kinds / sizeof launch_kinds[0] <= LAUNCH_KINDS_MAX, "counts has a place for each");

/* Those of the session itself; all others are of its deals. */
static const struct {
	const char *type;
	void (*take)(struct launch_fold *f, const struct trail_entry *e);
} own[] = {
	{ "launch_plan", on_plan },     { "launch_units", on_units }, { "launch_admit", on_admit },
	{ "launch_draw", on_draw },     { "launch_pause", on_pause }, { "launch_resume", on_resume },
	{ "launch_extend", on_extend }, { "launch_close", on_close }, { "launch_say", on_nothing },
	{ "launch_code", on_nothing },  { "checkin", on_checkin },    { "lock", launch_fold_lock },
};

static const struct launch_kind *find_kind(const char *type)
{
	for (size_t i = 0; i < launch_kind_count; i++)
		if (strcmp(launch_kinds[i].type, type) == 0)
			return &launch_kinds[i];
	return NULL;
}

size_t launch_fold_count(const struct launch_fold *f, const char *type)
{
	const struct launch_kind *kind = find_kind(type);

	return kind ? f->counts[kind - launch_kinds] : 0;
}

/* false: the event is of something else. */
static bool take(struct launch_fold *f, const struct trail_entry *e, const char *type)
{
	bool is_own = f->id[0] && strcmp(trail_get(e, "launch"), f->id) == 0;

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(own[i].type, type) == 0) {
			if (is_own)
				own[i].take(f, e);
			return is_own;
		}
	if (!map_get(f->deals, trail_get(e, "deal")))
		return false;
	launch_fold_deal(f, e);
	return true;
}

const struct launch_kind *launch_fold_event(struct launch_fold *f, const struct trail_entry *e)
{
	const char *type = trail_get(e, "t");
	const struct launch_kind *kind = find_kind(type);

	if (!kind || !take(f, e, type))
		return NULL;
	f->counts[kind - launch_kinds]++;
	f->first_seq = f->first_seq ? f->first_seq : e->seq;
	f->last_seq = e->seq;
	f->last_ms = trail_int(e, "at", 0);
	return kind;
}
