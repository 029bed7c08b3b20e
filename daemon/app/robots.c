#include "app/robots.h"

#include "app/robot_answer.h"
#include "app/robot_text.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "outbound/pace.h"
#include "outbound/signature.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BATCH_EVENTS = 500, NUMBER_BYTES = 24 };

/* More than that nobody reads in a chat; the rest is counted. */
enum { URGENT_LINES_MAX = 20 };

/* Later than this the sheet of the morning is no news any more. */
enum { SHEET_LATE_MAX_MIN = 240, DAY_MIN = 1440, MINUTE_MS = 60000 };

enum lane { LANE_NONE, LANE_URGENT, LANE_SHEET, LANE_DIGEST };

/* What is said when nothing was told for so long because digests are off: the cursor goes on. */
enum { QUIET_MIN = 15 };

/* Urgent lines that wait; the first sent_… of them are under way. */
struct urgent {
	struct buf lines;
	size_t count, unnamed, sent_bytes, sent_count, sent_unnamed;
	int64_t seq, sent_seq;        /* the last event in them */
	unsigned alarms, sent_alarms; /* bits by enum robot_alarm */
};

struct robot {
	struct list link;
	struct courier *courier;
	const struct target *target;
	struct loop_timer timer; /* runs while nothing may be sent */
	struct pace pace;
	int64_t tries;
	int errcode_told; /* the refusal that was logged last */

	unsigned term; /* of the courier's lease, for which the following is right */
	bool asking, reading, marking;
	int64_t read_seq;                           /* events up to it are in `tallies` and `urgent` */
	int64_t told_seq, urgent_seq, digest_at_ms; /* as they stand in Redis */
	struct tallies tallies;
	struct urgent urgent;
	char sheet_date[16]; /* the last one looked at */
	bool sheet_due;

	enum lane sending; /* what is under way, and what it holds */
	struct tallies sent_tallies;
	int64_t sent_seq;
};

static void pump(struct robot *r);
static void read_on(struct robot *r);

static struct app *app_of(const struct robot *r) { return r->courier->project->app; }

static const char *number(char out[NUMBER_BYTES], int64_t value)
{
	snprintf(out, NUMBER_BYTES, "%lld", (long long)value);
	return out;
}

/* Alarms stay: they are of no event, and no reading brings them back. */
static void urgent_forget(struct urgent *u)
{
	buf_clear(&u->lines);
	u->count = u->unnamed = u->sent_bytes = u->sent_count = u->sent_unnamed = 0;
}

static void urgent_said(struct urgent *u)
{
	u->lines.len_bytes -= u->sent_bytes;
	if (u->sent_bytes)
		memmove(u->lines.data, u->lines.data + u->sent_bytes, u->lines.len_bytes);
	u->count -= u->sent_count;
	u->unnamed -= u->sent_unnamed;
	u->alarms &= ~u->sent_alarms;
	u->sent_bytes = u->sent_count = u->sent_unnamed = 0;
}

static bool is_current(const struct robot *r) { return courier_speaks(r->courier) && r->term == r->courier->term; }

/* --- reading what has happened */

static void on_told(void *ctx, int err, const struct fn_reply *reply)
{
	struct robot *r = ctx;
	UNUSED(reply);
	if (err)
		log_debug(r->target->id, "what was told is not on record (%s)", err_code(err));
}

static void record(struct robot *r)
{
	char told[NUMBER_BYTES], urgent[NUMBER_BYTES], at[NUMBER_BYTES];
	const char *args[] = { r->target->id, number(told, r->told_seq), number(urgent, r->urgent_seq),
		                   number(at, r->digest_at_ms) };
	store_call(app_of(r)->store, "ld_robot_told", r->courier->project->name, args, 4, true, on_told, r);
}

static void absorb(struct robot *r, const struct trail_entry *e)
{
	struct buf line = { 0 };
	r->read_seq = e->seq;
	tallies_add(&r->tallies, e);
	if (e->seq > r->urgent_seq && robot_text_urgent(&line, e)) {
		if (r->urgent.count < URGENT_LINES_MAX) {
			buf_add(&r->urgent.lines, line.data, line.len_bytes);
			r->urgent.count++;
		} else {
			r->urgent.unnamed++;
		}
		r->urgent.seq = e->seq;
	}
	buf_fini(&line);
}

static void on_trail(void *ctx, int err, size_t count, const struct trail_entry *entries)
{
	struct robot *r = ctx;
	r->reading = false;
	if (err || !is_current(r))
		return;
	for (size_t i = 0; i < count; i++)
		absorb(r, &entries[i]);
	/* More than a batch, or something that happened meanwhile. */
	if (count)
		read_on(r);
	if (!r->reading)
		pump(r);
}

static void read_on(struct robot *r)
{
	const struct project *p = r->courier->project;
	if (r->reading || !p->board || board_seq(p->board) <= r->read_seq)
		return;
	r->reading = true;
	store_trail(app_of(r)->store, p->name, r->read_seq + 1, BATCH_EVENTS, on_trail, r);
}

static void on_position(void *ctx, int err, const struct fn_reply *reply)
{
	struct robot *r = ctx;
	r->asking = false;
	if (err || !courier_speaks(r->courier))
		return;
	r->term = r->courier->term;
	r->read_seq = r->told_seq = fn_reply_int(reply, "seq", 0);
	r->urgent_seq = fn_reply_int(reply, "urgent", 0);
	r->digest_at_ms = fn_reply_int(reply, "at", 0);
	/* Also what is under way: its answer must not be taken off the new count. */
	r->tallies = r->sent_tallies = (struct tallies){ 0 };
	urgent_forget(&r->urgent);
	read_on(r);
}

/* After the lease was taken: where did the robot stand? */
static void look(struct robot *r)
{
	const char *args[] = { r->target->id, target_kind_name(r->target->kind), "0" };
	if (r->term == r->courier->term) {
		read_on(r);
	} else if (!r->asking) {
		r->asking = true;
		store_call(app_of(r)->store, "ld_hook_next", r->courier->project->name, args, 3, true, on_position, r);
	}
}

/* --- the sheet of the day */

static void on_marked(void *ctx, int err, const struct fn_reply *reply)
{
	struct robot *r = ctx;
	r->marking = false;
	if (err) {
		*r->sheet_date = '\0';
		return;
	}
	r->sheet_due = fn_reply_int(reply, "first", 0) == 1;
	pump(r);
}

/* Marked in Redis before it is sent: at most once a day, whoever sends it. */
static void look_for_sheet(struct robot *r)
{
	char name[48], date[16];
	const struct courier *c = r->courier;
	int64_t office_ms = project_now_ms(c->project) + c->utc_offset_min * MINUTE_MS;
	int64_t late_min = office_ms / MINUTE_MS % DAY_MIN - c->sheet_at_min;
	time_t office_s = (time_t)(office_ms / 1000);
	struct tm day;
	if (late_min < 0 || late_min > SHEET_LATE_MAX_MIN || r->marking || !c->project->catalog.json)
		return;
	gmtime_r(&office_s, &day);
	strftime(date, sizeof date, "%Y-%m-%d", &day);
	if (strcmp(date, r->sheet_date) == 0)
		return;
	snprintf(r->sheet_date, sizeof r->sheet_date, "%s", date);
	snprintf(name, sizeof name, "sheet-%.32s", r->target->id);
	const char *args[] = { name, date };
	r->marking = true;
	store_call(app_of(r)->store, "ld_mark", c->project->name, args, 2, true, on_marked, r);
}

/* --- sending */

static void sent(struct robot *r)
{
	switch (r->sending) {
	case LANE_URGENT:
		if (r->urgent_seq < r->urgent.sent_seq)
			r->urgent_seq = r->urgent.sent_seq;
		urgent_said(&r->urgent);
		record(r);
		break;
	case LANE_SHEET: r->sheet_due = false; break;
	case LANE_DIGEST:
		for (int i = 0; i < TALLY_COUNT; i++)
			r->tallies.count[i] -= r->sent_tallies.count[i];
		r->digest_at_ms = project_now_ms(r->courier->project);
		if (r->told_seq < r->sent_seq)
			r->told_seq = r->sent_seq;
		record(r);
		break;
	case LANE_NONE: break;
	}
}

static void on_answer(void *ctx, const struct post_answer *a)
{
	struct robot *r = ctx;
	struct metrics *m = &app_of(r)->metrics;
	struct robot_verdict v;
	robot_answer_read(&v, a, r->target);
	if (v.kind == ROBOT_TOOK) {
		m->robot_messages_total++;
		r->tries = 0;
		r->errcode_told = 0;
		sent(r);
	} else if (v.kind == ROBOT_REFUSED) {
		m->robot_dropped_total++;
		if (v.code != r->errcode_told)
			log_warnx(r->target->id, "the robot refuses messages: %s", v.why);
		r->errcode_told = v.code;
		sent(r);
	} else {
		m->robot_failures_total++;
		if (r->tries++ == 0)
			log_warnx(r->target->id, "a message could not be sent: %s; trying again", v.why);
		loop_timer_after(&r->timer,
		                 v.kind == ROBOT_TOO_FAST ? PACE_WINDOW_MS : backoff_ms(r->tries, randombytes_random()));
	}
	r->sending = LANE_NONE;
	pump(r);
}

static void send(struct robot *r, enum lane lane, const char *title, const struct buf *text)
{
	struct buf url = { 0 }, body = { 0 };
	buf_adds(&url, r->target->url);
	if (r->target->secret) {
		buf_addc(&url, strchr(r->target->url, '?') ? '&' : '?');
		signature_dingtalk(&url, r->target->secret, clock_wall_ms());
	}
	robot_message(&body, r->target->kind, title, text->data, text->len_bytes);
	const struct post_request request = { .url = buf_str(&url), .body = body.data, .bytes = body.len_bytes };
	r->sending = lane;
	pace_sent(&r->pace, clock_mono_ms());
	http_post(app_of(r)->poster, &request, on_answer, r);
	sodium_memzero(url.data, url.len_bytes);
	buf_fini(&url);
	buf_fini(&body);
}

static void put_title(struct buf *out, const struct project *p, const char *what)
{
	robot_text_name(out, p->title ? p->title : p->name);
	buf_addf(out, " · %s", what);
}

static bool interval_is_over(const struct robot *r)
{
	int64_t every_min = app_of(r)->conf->robot_digest_min;
	int64_t every_ms = (every_min ? every_min : QUIET_MIN) * MINUTE_MS;
	return project_now_ms(r->courier->project) >= r->digest_at_ms + every_ms;
}

static bool has_digest(const struct robot *r) { return app_of(r)->conf->robot_digest_min && tallies_any(&r->tallies); }

/* An interval without anything to tell: the next one begins, and what was read needs no second reading. */
static void pass_interval(struct robot *r)
{
	const struct project *p = r->courier->project;
	if (!is_current(r) || r->reading || board_seq(p->board) > r->read_seq || !interval_is_over(r) || has_digest(r) ||
	    r->urgent.count || r->sending)
		return;
	r->digest_at_ms = project_now_ms(p);
	r->tallies = (struct tallies){ 0 };
	if (r->told_seq == r->read_seq)
		return;
	r->told_seq = r->read_seq;
	record(r);
}

static void send_urgent(struct robot *r, struct buf *title)
{
	static const char *const alarms[ALARM_COUNT] = {
		[ALARM_REDIS_AWAY] = "**数据库连接中断**:锁定、认购等操作暂不可用,请管理员处理\n",
		[ALARM_REDIS_BACK] = "**数据库连接已恢复**\n",
	};
	struct urgent *u = &r->urgent;
	struct buf text = { 0 };
	u->sent_alarms = u->alarms;
	for (int i = 0; i < ALARM_COUNT; i++)
		if (u->alarms & 1u << i)
			buf_adds(&text, alarms[i]);
	if (is_current(r) && u->count) {
		buf_add(&text, u->lines.data, u->lines.len_bytes);
		if (u->unnamed)
			buf_addf(&text, "另有 %zu 条,请在系统中查看\n", u->unnamed);
		u->sent_bytes = u->lines.len_bytes;
		u->sent_count = u->count;
		u->sent_unnamed = u->unnamed;
		u->sent_seq = u->seq;
	}
	put_title(title, r->courier->project, "紧急");
	send(r, LANE_URGENT, buf_str(title), &text);
	buf_fini(&text);
}

static void send_board(struct robot *r, enum lane lane, struct buf *title)
{
	const struct project *p = r->courier->project;
	struct buf text = { 0 };
	struct aggregate *a = aggregate_new(p->board, p->catalog.labels, p->catalog.count, VIEW_INTERNAL);
	if (lane == LANE_SHEET) {
		robot_text_sheet(&text, a, r->sheet_date);
	} else {
		robot_text_digest(&text, &r->tallies, &a->totals);
		r->sent_tallies = r->tallies;
		r->sent_seq = r->read_seq;
	}
	put_title(title, p, lane == LANE_SHEET ? "销控日报" : "销控简报");
	send(r, lane, buf_str(title), &text);
	aggregate_free(a);
	buf_fini(&text);
}

/* The one place where it is decided what a robot says next. */
static void pump(struct robot *r)
{
	struct buf title = { 0 };
	bool speaks = is_current(r);
	bool urgent = (speaks && r->urgent.count) || (r->urgent.alarms && !app_of(r)->stopping);
	bool sheet = speaks && r->sheet_due, digest = speaks && has_digest(r) && interval_is_over(r);
	if (r->sending || loop_timer_active(&r->timer) || !(urgent || sheet || digest))
		return;
	int64_t wait_ms = pace_wait_ms(&r->pace, clock_mono_ms());
	if (wait_ms > 0)
		loop_timer_after(&r->timer, wait_ms);
	else if (urgent)
		send_urgent(r, &title);
	else
		send_board(r, sheet ? LANE_SHEET : LANE_DIGEST, &title);
	buf_fini(&title);
}

static void on_waited(void *ctx) { pump(ctx); }

void robots_alarm(struct courier *c, enum robot_alarm alarm)
{
	LIST_EACH(&c->robots, it) {
		struct robot *r = CONTAINER_OF(it, struct robot, link);
		r->urgent.alarms |= 1u << alarm;
		pump(r);
	}
}

void robots_wake(struct courier *c)
{
	LIST_EACH(&c->robots, it) {
		struct robot *r = CONTAINER_OF(it, struct robot, link);
		look(r);
		look_for_sheet(r);
		pump(r);
		pass_interval(r);
	}
}

void robot_add(struct courier *c, const struct target *t)
{
	struct robot *r = mem_zalloc(sizeof *r);
	r->courier = c;
	r->target = t;
	loop_timer_init(&r->timer, c->project->app->loop, on_waited, r);
	list_append(&c->robots, &r->link);
}

void robots_free(struct courier *c)
{
	LIST_EACH_SAFE(&c->robots, it, after) {
		struct robot *r = CONTAINER_OF(it, struct robot, link);
		loop_timer_stop(&r->timer);
		list_remove(&r->link);
		buf_fini(&r->urgent.lines);
		mem_free(r);
	}
}
