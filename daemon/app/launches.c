#include "app/launches.h"

#include "app/counts.h"
#include "app/interest.h"
#include "app/launch_room.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/emit.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TALLY_FLUSH_MS = 1000, TALLY_NAMES = 150 };
/* Who has chosen in a session still looks at it when the next one is near, or when another ended after it. */
enum { TOLD_AFTER_MS = 24 * 3600 * 1000 };

/* One session: what is pushed of it, and its counters. */
struct entry {
	struct launch launch;
	bool told_over; /* the record says so, and has the seed */
	char *name;
	char *record;    /* as Redis told it, without its rules */
	char *offer;     /* the answer that lists its units; NULL until somebody asks */
	size_t offer_of; /* so many units had the board then */
	struct counts *tally;
};

struct launches {
	struct project *project;
	size_t count;
	struct entry **entries; /* the newest first */
	struct map *of_unit;    /* unit → struct entry */
	struct map *tallies;    /* id → struct counts; they outlive a reading */
	struct frame *push;     /* NULL: there is none to tell of */
	struct launch_room *room;
	struct interest *interest;
	bool reading, again;
	bool stale;      /* the last reading failed */
	bool has_offers; /* they were read once */
};

/* --- what is known */

static void entries_free(struct entry **entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		mem_free(entries[i]->name);
		mem_free(entries[i]->record);
		mem_free(entries[i]->offer);
		mem_free(entries[i]);
	}
	mem_free(entries);
}

static bool is_over(const struct launch *l, int64_t now_ms)
{
	return l->closed_ms || (!l->paused_ms && now_ms >= l->closes_at_ms);
}

static const char *phase_of(const struct launch *l, int64_t now_ms)
{
	if (is_over(l, now_ms))
		return "closed";
	return l->paused_ms ? "paused" : now_ms < l->opens_at_ms ? "planned" : "open";
}

const struct launch *launches_running(const struct launches *l, size_t i, int64_t now_ms)
{
	/* Few sessions: each answer is the smallest opening that is larger than the ones before. */
	const struct launch *found = NULL;
	for (size_t k = 0, before = 0; k < l->count; k++) {
		const struct launch *a = &l->entries[k]->launch;
		if (is_over(a, now_ms))
			continue;
		before = 0;
		for (size_t m = 0; m < l->count; m++) {
			const struct launch *b = &l->entries[m]->launch;
			if (!is_over(b, now_ms) && (b->opens_at_ms < a->opens_at_ms || (b->opens_at_ms == a->opens_at_ms && m > k)))
				before++;
		}
		if (before == i)
			found = a;
	}
	return found;
}

static int64_t whole(const struct json *j, const char *name)
{
	int64_t v = 0;
	(void)json_whole(json_member(j, name), &v);
	return v;
}

/* NULL when it is no record. */
static struct entry *entry_from(struct launches *l, const char *record, size_t bytes)
{
	char why[WHY_BYTES];
	struct json *j = NULL;
	const char *id = json_parse(record, bytes, &j, why) == 0 ? json_text_of(j, "id") : NULL;
	const char *name = id ? json_text_of(j, "name") : NULL;
	struct entry *e = NULL;
	if (id && name && strlen(id) < LAUNCH_ID_BYTES) {
		e = mem_zalloc(sizeof *e);
		snprintf(e->launch.id, sizeof e->launch.id, "%s", id);
		e->launch.opens_at_ms = whole(j, "opens_at");
		e->launch.closes_at_ms = whole(j, "closes_at");
		e->launch.paused_ms = whole(j, "paused_ms");
		e->launch.closed_ms = whole(j, "closed_ms");
		e->launch.active_max = whole(j, "active_max");
		const char *phase = json_text_of(j, "phase");
		e->told_over = phase && strcmp(phase, "closed") == 0;
		e->name = mem_strdup(name);
		e->record = mem_strndup(record, bytes);
		e->tally = map_get(l->tallies, id);
	}
	json_free(j);
	if (!e)
		log_warnx(l->project->name, "the record of a launch session in Redis is malformed");
	return e;
}

/* --- the push */

static void emit_head(struct emit *j, const struct project *p, const char *ev)
{
	emit_open(j, NULL, '{');
	if (ev)
		emit_text(j, "ev", ev);
	emit_text(j, "project", p->name);
}

/* Those that are not over, those that have ended not long ago, and the last that is over. */
static void build_push(struct launches *l)
{
	struct project *p = l->project;
	struct emit j = { 0 };
	int64_t now_ms = project_now_ms(p);
	bool over = false;
	emit_head(&j, p, "launch");
	emit_int(&j, "now", now_ms);
	emit_open(&j, "launches", '[');
	for (size_t i = 0; i < l->count; i++) {
		const struct launch *each = &l->entries[i]->launch;
		bool is = is_over(each, now_ms);
		if (!is || !over || now_ms - (each->closed_ms ? each->closed_ms : each->closes_at_ms) < TOLD_AFTER_MS)
			emit_raw(&j, NULL, l->entries[i]->record);
		over |= is;
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	frame_unref(l->push);
	l->push = l->count ? frame_new(j.b.data, j.b.len_bytes) : NULL;
	buf_fini(&j.b);
}

void launches_push_to(struct launches *l, struct session *s)
{
	if (l->push)
		session_send(s, l->push);
	launch_room_arrived(l->room, s);
	if (launches_running(l, 0, project_now_ms(l->project)))
		interest_push_to(l->interest, s);
}

/* --- reading them */

static void read_again(struct launches *l)
{
	l->reading = false;
	if (l->again) {
		l->again = false;
		launches_refresh(l);
	}
}

static struct entry *entry_named(const struct launches *l, const char *id)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->entries[i]->launch.id, id) == 0)
			return l->entries[i];
	return NULL;
}

static void forget_offers(struct launches *l)
{
	for (size_t i = 0; i < l->count; i++) {
		mem_free(l->entries[i]->offer);
		l->entries[i]->offer = NULL;
	}
}

/* Two items for each unit: unit, session. */
static void on_offers(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                      const size_t *bytes)
{
	struct launches *l = ctx;
	UNUSED(reply);
	UNUSED(bytes);
	l->stale |= err != 0;
	if (!err) {
		forget_offers(l);
		map_free(l->of_unit, NULL);
		l->of_unit = map_new();
		l->has_offers = true;
		for (size_t i = 0; i + 1 < n; i += 2) {
			struct entry *e = entry_named(l, items[i + 1]);
			if (e)
				map_set(l->of_unit, items[i], e);
		}
	}
	/* Not before: whoever hears that there are more units asks which. */
	build_push(l);
	if (l->push)
		project_each_watcher(l->project, session_tell, l->push);
	read_again(l);
}

struct carrying {
	const struct launches *launches;
	struct map *of_unit;
};

static void carry(const char *unit, void *entry, void *ctx)
{
	struct carrying *c = ctx;
	const struct entry *was = entry;
	struct entry *is = entry_named(c->launches, was->launch.id);
	if (is)
		map_set(c->of_unit, unit, is);
}

/* Two items for each session: record, rules. */
static void on_launches(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                        const size_t *bytes)
{
	struct launches *l = ctx;
	UNUSED(reply);
	l->stale = err != 0;
	if (err) {
		log_warnx(l->project->name, "the launch sessions cannot be read now (%s)", err_code(err));
		read_again(l);
		return;
	}
	struct entry **before = l->entries;
	size_t before_count = l->count;
	struct carrying c = { l, map_new() };
	l->count = 0;
	l->entries = mem_calloc(n / 2 + 1, sizeof(struct entry *));
	for (size_t i = 0; i + 1 < n; i += 2) {
		struct entry *e = entry_from(l, items[i], bytes[i]);
		if (e)
			l->entries[l->count++] = e;
	}
	/* Until the offers are read anew those of before hold: every press is counted. */
	map_each(l->of_unit, carry, &c);
	map_free(l->of_unit, NULL);
	l->of_unit = c.of_unit;
	entries_free(before, before_count);
	store_list(l->project->app->store, "ld_launch_offers", l->project->name, NULL, 0, on_offers, l);
}

void launches_refresh(struct launches *l)
{
	l->again = l->reading;
	if (l->reading)
		return;
	l->reading = true;
	store_list(l->project->app->store, "ld_launches", l->project->name, NULL, 0, on_launches, l);
}

void launches_on_event(struct launches *l, const struct event *e)
{
	static const char of_launch[] = "launch_";
	if (strncmp(e->type, of_launch, sizeof of_launch - 1) == 0)
		launches_refresh(l);
}

struct launches *launches_new(struct project *p)
{
	struct launches *l = mem_zalloc(sizeof *l);
	l->project = p;
	l->of_unit = map_new();
	l->tallies = map_new();
	l->room = launch_room_new(l, p);
	l->interest = interest_new(p);
	return l;
}

static void free_tally(void *counts) { counts_free(counts); }

void launches_free(struct launches *l)
{
	if (!l)
		return;
	launch_room_free(l->room);
	interest_free(l->interest);
	entries_free(l->entries, l->count);
	map_free(l->of_unit, NULL);
	map_free(l->tallies, free_tally);
	frame_unref(l->push);
	mem_free(l);
}

/* The time of a session runs out without an event: only reading it again tells the seed. */
static bool has_run_out(const struct launches *l)
{
	int64_t now_ms = project_now_ms(l->project);
	for (size_t i = 0; i < l->count; i++)
		if (!l->entries[i]->told_over && is_over(&l->entries[i]->launch, now_ms))
			return true;
	return false;
}

void launches_tick(struct launches *l)
{
	launch_room_tick(l->room);
	if (launches_running(l, 0, project_now_ms(l->project)))
		interest_tick(l->interest);
	if (!l->reading && store_is_ready(l->project->app->store) && (l->stale || has_run_out(l)))
		launches_refresh(l);
}

void launches_entered(struct launches *l, const char *account) { launch_room_entered(l->room, account); }

/* --- counting */

static struct counts *tally_of(struct launches *l, struct entry *e)
{
	if (!e->tally) {
		e->tally = counts_new(l->project, "ld_launch_tally", e->launch.id, TALLY_FLUSH_MS, TALLY_NAMES);
		map_set(l->tallies, e->launch.id, e->tally);
	}
	return e->tally;
}

/* The smallest power of two of milliseconds that it took; what took longer than the largest is with that one. */
static void count_time(struct counts *tally, int64_t took_us)
{
	char name[24];
	int64_t ms = 1;
	while (ms < 16384 && took_us > ms * 1000)
		ms *= 2;
	snprintf(name, sizeof name, "lat.%lld", (long long)ms);
	counts_add(tally, name);
}

void launches_pressed(struct launches *l, const char *unit, int err, const char *why, int64_t took_us)
{
	struct entry *e = map_get(l->of_unit, unit);
	char name[80];
	if (!e)
		return;
	struct counts *tally = tally_of(l, e);
	counts_add(tally, "presses");
	if (!err)
		snprintf(name, sizeof name, "granted");
	else if (err == LD_E_RATE_LIMITED)
		snprintf(name, sizeof name, "limited");
	else
		snprintf(name, sizeof name, "refused.%s%s%s", err_code(err), *why ? "." : "", why);
	counts_add(tally, name);
	count_time(tally, took_us);
}

void launches_count(struct launches *l, const char *launch, const char *unit, const char *name)
{
	const struct launch *running = launches_running(l, 0, project_now_ms(l->project));
	struct entry *e = launch ? entry_named(l, launch) : unit ? map_get(l->of_unit, unit) : NULL;
	if (!e && running)
		e = entry_named(l, running->id);
	if (e)
		counts_add(tally_of(l, e), name);
}

/* --- telling by HTTP */

struct listing {
	launches_text_cb cb;
	void *ctx;
};

/* The record with the rules put in before its last bracket. */
static void emit_with_rules(struct emit *j, const char *record, size_t bytes, const char *rules)
{
	struct buf b = { 0 };
	if (bytes < 2)
		return;
	buf_add(&b, record, bytes - 1);
	buf_adds(&b, ",\"rules\":");
	json_puts(&b, rules);
	buf_addc(&b, '}');
	emit_raw(j, NULL, buf_str(&b));
	buf_fini(&b);
}

static void on_list(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items, const size_t *bytes)
{
	struct listing *q = ctx;
	struct emit j = { 0 };
	emit_open(&j, NULL, '{');
	emit_int(&j, "now", fn_reply_int(reply, "now", 0));
	emit_open(&j, "launches", '[');
	for (size_t i = 0; !err && i + 1 < n; i += 2)
		emit_with_rules(&j, items[i], bytes[i], items[i + 1]);
	emit_close(&j, ']');
	emit_close(&j, '}');
	q->cb(q->ctx, err, &j.b);
	buf_fini(&j.b);
	mem_free(q);
}

void launches_list(struct project *p, launches_text_cb cb, void *ctx)
{
	struct listing *q = mem_alloc(sizeof *q);
	*q = (struct listing){ cb, ctx };
	store_list(p->app->store, "ld_launches", p->name, NULL, 0, on_list, q);
}

static char *offer_text(const struct launches *l, const struct entry *e, const struct board *board)
{
	struct emit j = { 0 };
	emit_open(&j, NULL, '{');
	emit_open(&j, "units", '[');
	for (uint32_t i = 0; i < board_count(board); i++)
		if (map_get(l->of_unit, board_unit(board, i)->id) == e)
			emit_text(&j, NULL, board_unit(board, i)->id);
	emit_close(&j, ']');
	emit_close(&j, '}');
	char *text = mem_strdup(buf_str(&j.b));
	buf_fini(&j.b);
	return text;
}

int launches_offer(struct project *p, const char *launch, struct buf *out)
{
	struct launches *l = p->launches;
	struct entry *e = entry_named(l, launch);
	if (!p->board || !l->has_offers)
		return LD_E_UNAVAILABLE;
	if (!e) {
		buf_adds(out, "{\"units\":[]}");
		return 0;
	}
	if (!e->offer || e->offer_of != board_count(p->board)) {
		mem_free(e->offer);
		e->offer = offer_text(l, e, p->board);
		e->offer_of = board_count(p->board);
	}
	buf_adds(out, e->offer);
	return 0;
}

void launches_doorplate(const struct project *p, struct buf *out)
{
	struct emit j = { 0 };
	int64_t now_ms = project_now_ms(p);
	const struct launch *l;
	emit_head(&j, p, NULL);
	emit_text(&j, "title", p->title ? p->title : p->name);
	emit_text(&j, "rehearsal", p->rehearsal ? p->rehearsal : "");
	emit_int(&j, "utc_offset_min", p->reports.utc_offset_min);
	emit_int(&j, "now", now_ms);
	emit_open(&j, "launches", '[');
	for (size_t i = 0; (l = launches_running(p->launches, i, now_ms)); i++) {
		emit_open(&j, NULL, '{');
		emit_text(&j, "id", l->id);
		emit_text(&j, "name", entry_named(p->launches, l->id)->name);
		emit_text(&j, "phase", phase_of(l, now_ms));
		emit_int(&j, "opens_at", l->opens_at_ms);
		emit_int(&j, "closes_at", l->closes_at_ms);
		emit_close(&j, '}');
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	*out = j.b;
}
