#include "app/publish.h"

#include "base/clock.h"
#include "base/mem.h"
#include "wire/encode.h"

#include <string.h>

/* A cached snapshot older than this is encoded again, so that `at` tells a new screen the truth about its age. */
enum { SNAPSHOT_FRESH_US = 500000 };
/* On launch day a round over ten thousand buyers may last seconds: displays and staff, the front of the list, are served so often
 * within it. */
enum { FRONT_EVERY_US = 50000, FRONT_MAX = 256 };
/* No pause is longer: ten thousand screens cost about 100 ms. */
enum { PAUSE_MAX_US = 250000 };

static void start_round(void *ctx);

void publish_init(struct project *p)
{
	list_init(&p->watchers);
	list_init(&p->pub.cursor);
	loop_timer_init(&p->pub.timer, p->app->loop, start_round, p);
}

static void drop_caches(struct publisher *pub)
{
	for (int i = 0; i < PUBLISH_CACHE; i++) {
		frame_unref(pub->deltas[i].frame);
		pub->deltas[i].frame = NULL;
	}
	for (int i = 0; i < BOARD_VIEWS; i++) {
		frame_unref(pub->snapshots[i]);
		pub->snapshots[i] = NULL;
	}
}

void publish_fini(struct project *p)
{
	while (!list_empty(&p->watchers) && p->watchers.next != &p->pub.cursor)
		publish_unwatch(CONTAINER_OF(p->watchers.next, struct session, watch_link));
	loop_timer_stop(&p->pub.timer);
	list_remove(&p->pub.cursor);
	drop_caches(&p->pub);
	frame_unref(p->pub.beat);
}

static struct frame *frame_from(struct project *p, struct buf *text)
{
	struct frame *f = frame_new(text->data, text->len_bytes);
	buf_fini(text);
	p->app->metrics.frames_encoded_total++;
	return f;
}

static struct frame *snapshot_frame(struct project *p, enum board_view view)
{
	struct publisher *pub = &p->pub;
	int64_t now_us = clock_mono_us();
	if (pub->snapshots[view] && pub->snapshot_seq[view] == board_seq(p->board) &&
	    now_us - pub->snapshot_us[view] < SNAPSHOT_FRESH_US)
		return pub->snapshots[view];
	struct buf text = { 0 };
	encode_board(&text, p->board, view, project_now_ms(p));
	frame_unref(pub->snapshots[view]);
	pub->snapshots[view] = frame_from(p, &text);
	pub->snapshot_seq[view] = board_seq(p->board);
	pub->snapshot_us[view] = now_us;
	return pub->snapshots[view];
}

/* The shared frame from `from` to now, or NULL when the ring no longer covers it or a snapshot is shorter. */
static struct frame *delta_frame(struct project *p, enum board_view view, int64_t from)
{
	struct publisher *pub = &p->pub;
	int64_t to = board_seq(p->board);
	for (int i = 0; i < PUBLISH_CACHE; i++) {
		struct delta_cache *c = &pub->deltas[i];
		if (c->frame && c->view == view && c->from == from && c->to == to)
			return c->frame;
	}
	size_t count = board_count(p->board);
	uint32_t *changed = mem_reallocarray(NULL, count, sizeof *changed);
	bool too_old = false;
	size_t n = board_changed_since(p->board, from, changed, count, &too_old);
	struct frame *f = NULL;
	/* A changed unit takes about 20 bytes, a unit in a snapshot one letter and perhaps its deadline. */
	if (!too_old && n <= count / 4 + 16) {
		struct buf text = { 0 };
		encode_units(&text, p->board, view, from, changed, n, project_now_ms(p));
		struct delta_cache *c = &pub->deltas[pub->next_delta++ % PUBLISH_CACHE];
		frame_unref(c->frame);
		*c = (struct delta_cache){ frame_from(p, &text), view, from, to };
		f = c->frame;
	}
	mem_free(changed);
	return f;
}

static enum board_view view_of(const struct project *p, const struct session *s)
{
	return project_view(p, s->as_public ? ROLE_DISPLAY : s->identity->role);
}

static struct frame *next_frame(struct project *p, struct session *s)
{
	enum board_view view = view_of(p, s);
	struct frame *f = s->sent_serial == p->serial ? delta_frame(p, view, s->sent_seq) : NULL;
	if (!f) {
		f = snapshot_frame(p, view);
		p->app->metrics.snapshots_sent_total++;
	}
	return f;
}

static bool is_current(const struct project *p, const struct session *s)
{
	return s->sent_serial == p->serial && s->sent_seq == board_seq(p->board);
}

static void mark_lagging(struct session *s)
{
	if (!s->lagging)
		s->app->metrics.sessions_lagging_total++;
	s->lagging = true;
	if (!s->wants_write) {
		s->wants_write = true;
		s->sink->want_write(s->conn);
	}
}

/* False when the session is lost or must wait. */
static bool hand_over(struct session *s, struct frame *f)
{
	if (s->outbox_count || s->wants_write || !s->sink->send(s->conn, f)) {
		if (!s->closing)
			mark_lagging(s);
		return false;
	}
	s->app->metrics.frames_sent_total++;
	return true;
}

void publish_bring_current(struct session *s)
{
	struct project *p = s->watching;
	if (!p || !s->conn || s->closing || !p->board || !p->live || is_current(p, s)) {
		s->lagging = false;
		return;
	}
	int64_t seq = board_seq(p->board);
	uint32_t serial = p->serial;
	if (!hand_over(s, next_frame(p, s)))
		return;
	s->sent_seq = seq;
	s->sent_serial = serial;
	s->lagging = false;
}

static void send_beat(struct project *p, struct session *s)
{
	if (!p->pub.beat) {
		struct buf text = { 0 };
		encode_beat(&text, p->name, board_seq(p->board), project_now_ms(p));
		p->pub.beat = frame_from(p, &text);
	}
	/* Only to those who are current: a beat says "what you show is the newest". */
	if (is_current(p, s) && !s->lagging)
		(void)hand_over(s, p->pub.beat);
}

static bool is_in_front(const struct session *s) { return s->identity->role != ROLE_BUYER; }

static void serve_front(struct project *p)
{
	struct publisher *pub = &p->pub;
	int64_t now_us = clock_mono_us();
	if (now_us - pub->front_us < FRONT_EVERY_US)
		return;
	pub->front_us = now_us;
	int served = 0;
	LIST_EACH_SAFE(&p->watchers, node, after) {
		if (node == &pub->cursor)
			continue;
		/* A write that fails takes the session off the list. */
		struct session *s = CONTAINER_OF(node, struct session, watch_link);
		bool front = is_in_front(s);
		if (front && !s->lagging)
			publish_bring_current(s);
		if (!front || ++served == FRONT_MAX)
			break;
	}
}

static void finish_round(struct project *p)
{
	struct publisher *pub = &p->pub;
	list_remove(&pub->cursor);
	pub->round_active = pub->beat_round = false;
	frame_unref(pub->beat);
	pub->beat = NULL;
	int64_t now_us = clock_mono_us();
	pub->last_push_us = now_us;
	int64_t pause_us = pub->round_cost_us / 2 < PAUSE_MAX_US ? pub->round_cost_us / 2 : PAUSE_MAX_US;
	pub->next_round_us = now_us + pause_us;
	p->app->metrics.rounds_total++;
	p->app->metrics.round_us = pub->round_cost_us;
	if (pub->round_again)
		publish_changed(p);
}

static void slice(void *ctx)
{
	struct project *p = ctx;
	struct publisher *pub = &p->pub;
	if (!pub->round_active)
		return;
	int64_t began_us = clock_mono_us();
	serve_front(p);
	for (int i = 0; i < ROUND_SLICE; i++) {
		struct list *node = pub->cursor.next;
		if (node == &p->watchers) {
			pub->round_cost_us += clock_mono_us() - began_us;
			finish_round(p);
			return;
		}
		/* Ten thousand sessions do not fit into the cache: the next one is fetched while this one is written to. */
		__builtin_prefetch(CONTAINER_OF(node->next, struct session, watch_link));
		list_remove(&pub->cursor);
		list_insert_before(node->next, &pub->cursor);
		/* A write that fails takes the session off the list. */
		struct session *s = CONTAINER_OF(node, struct session, watch_link);
		if (pub->beat_round)
			send_beat(p, s);
		if (!s->lagging)
			publish_bring_current(s);
	}
	pub->round_cost_us += clock_mono_us() - began_us;
	loop_later(p->app->loop, slice, p);
}

static void begin(struct project *p, bool beat)
{
	struct publisher *pub = &p->pub;
	loop_timer_stop(&pub->timer);
	pub->round_active = true;
	pub->beat_round = beat;
	pub->round_again = false;
	pub->round_cost_us = 0;
	list_insert_before(p->watchers.next, &pub->cursor);
	loop_later(p->app->loop, slice, p);
}

static void start_round(void *ctx)
{
	struct project *p = ctx;
	if (!p->pub.round_active && p->board && p->live)
		begin(p, false);
}

void publish_changed(struct project *p)
{
	struct publisher *pub = &p->pub;
	if (!p->board || list_empty(&p->watchers))
		return;
	if (pub->round_active) {
		pub->round_again = true;
		return;
	}
	if (loop_timer_active(&pub->timer))
		return;
	int64_t wait_us = pub->next_round_us - clock_mono_us();
	if (wait_us <= 0)
		start_round(p);
	else
		loop_timer_after(&pub->timer, wait_us / 1000 + 1);
}

void publish_beat_if_idle(struct project *p)
{
	/* One second early: this is asked once a second. */
	int64_t due_us = p->pub.last_push_us + (p->app->conf->heartbeat_s - 1) * 1000000;
	if (p->live && p->board && !p->pub.round_active && clock_mono_us() >= due_us && !list_empty(&p->watchers))
		begin(p, true);
}

void publish_watch(struct project *p, struct session *s, bool as_public, const char *epoch, int64_t seq)
{
	publish_unwatch(s);
	s->watching = p;
	s->as_public = as_public;
	s->sent_serial = 0;
	if (p->board && epoch && strcmp(epoch, board_epoch(p->board)) == 0 && seq >= 0 && seq <= board_seq(p->board)) {
		s->sent_serial = p->serial;
		s->sent_seq = seq;
	}
	if (is_in_front(s))
		list_insert_before(p->watchers.next, &s->watch_link);
	else
		list_append(&p->watchers, &s->watch_link);
	p->watcher_count++;
	if (!p->board || !p->live)
		return;
	if (is_current(p, s)) {
		/* Nothing missed: an empty delta is the answer to the resume. */
		struct buf text = { 0 };
		encode_units(&text, p->board, view_of(p, s), seq, NULL, 0, project_now_ms(p));
		struct frame *f = frame_from(p, &text);
		session_send(s, f);
		frame_unref(f);
	} else {
		publish_bring_current(s);
	}
}

void publish_unwatch(struct session *s)
{
	struct project *p = s->watching;
	if (!p)
		return;
	list_remove(&s->watch_link);
	p->watcher_count--;
	s->watching = NULL;
	s->lagging = false;
}
