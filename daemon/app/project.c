#include "app/project.h"

#include "app/catalog.h"
#include "app/courier.h"
#include "app/demand.h"
#include "app/displays.h"
#include "app/expiry.h"
#include "app/launches.h"
#include "app/private_push.h"
#include "app/publish.h"
#include "app/queue.h"
#include "app/reports.h"
#include "app/selfcheck.h"
#include "app/trend.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Several heartbeats fit into the feed's silence limit of 3 s. */
enum { BEAT_MS = 1000 };

int64_t project_now_ms(const struct project *p)
{
	return p->feed && feed_has_clock(p->feed) ? clock_mono_ms() + feed_clock_offset_ms(p->feed) : clock_wall_ms();
}

enum board_view project_view(const struct project *p, enum role role)
{
	if (role_grant(role, RIGHT_BOARD_INTERNAL) != GRANT_NO)
		return VIEW_INTERNAL;
	return p->merged ? VIEW_MERGED : VIEW_PUBLIC;
}

struct project *project_find(struct app *a, const char *name) { return map_get(a->projects, name); }

static void read_warnings(struct project *p, const char *text)
{
	p->warn_count = 0;
	for (char *end; *text && p->warn_count < WARN_MAX; text = *end ? end + 1 : end) {
		long long v = strtoll(text, &end, 10);
		if (end == text)
			break;
		if (v > 0)
			p->warn_ms[p->warn_count++] = v;
	}
}

static void set_deadline(struct project *p, uint32_t index)
{
	const struct board_unit *u = board_unit(p->board, index);
	deadlines_set(p->deadlines, index, u->deadline_ms);
}

/* The one place where a board begins: after start, and whenever the feed had to begin anew. */
static void on_snapshot(void *ctx, const struct snapshot *snap)
{
	struct project *p = ctx;
	int64_t seen_seq = p->board ? board_seq(p->board) : 0;
	if (!p->board)
		p->board = board_new(p->name);
	else
		p->app->metrics.feed_resyncs_total++;
	board_load(p->board, snap);
	p->serial++;
	p->live = true;
	mem_free(p->title);
	p->title = mem_strdup(snap->name);
	mem_free(p->rehearsal);
	p->rehearsal = *snap->rehearsal ? mem_strdup(snap->rehearsal) : NULL;
	p->merged = snap->public_merged;
	p->clock_hold = snap->clock_hold;
	if (snap->frozen && !p->frozen)
		log_error(p->name, "the project is frozen: look with `listingctl verify --project %s`, then `listingctl thaw`",
		          p->name);
	bool turned = snap->frozen != p->frozen;
	p->frozen = snap->frozen;
	p->warned_until_ms = 0;
	read_warnings(p, snap->warn_ms);
	deadlines_clear(p->deadlines);
	for (uint32_t i = 0; i < board_count(p->board); i++)
		set_deadline(p, i);
	log_info(p->name, "board at seq %lld, %zu units", (long long)board_seq(p->board), board_count(p->board));
	catalog_refresh(p);
	publish_changed(p);
	/* What ended or began while the feed was away was pushed to nobody. */
	private_push_all_own_deals(p);
	queue_refresh(p);
	if (snap->access_seq > seen_seq)
		displays_on_gap(p);
	if (turned)
		private_push_frozen(p);
	expiry_rearm(p);
	courier_wake(p->courier);
	p->reports.utc_offset_min = snap->utc_offset_min;
	p->reports.sheet_at_min = snap->sheet_at_min;
	reports_wake(p->app->reports);
	launches_refresh(p->launches);
}

/* Settings travel as events too, but their values do not: take a snapshot, which carries them. */
static bool changes_settings(const struct event *e)
{
	static const char *const types[] = { "configure", "clock_hold", "clock_confirm", "freeze", "thaw" };
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(e->type, types[i]) == 0)
			return true;
	return false;
}

/* The one place where a board changes. */
static void on_event(void *ctx, const struct event *e)
{
	struct project *p = ctx;
	p->app->metrics.feed_events_total++;
	if (board_apply(p->board, e) != 0 || changes_settings(e)) {
		feed_resync(p->feed);
		return;
	}
	if (e->has_unit) {
		set_deadline(p, e->index);
		expiry_rearm(p);
	}
	private_push_deal(p, e);
	displays_on_event(p, e);
	queue_changed(p, e);
	launches_on_event(p->launches, e);
	if (strcmp(e->type, "import") == 0)
		catalog_refresh(p);
	publish_changed(p);
	courier_wake(p->courier);
}

static void on_beat(void *ctx, int64_t seq, int64_t now_ms)
{
	UNUSED(ctx);
	UNUSED(seq);
	UNUSED(now_ms);
}

static void on_down(void *ctx, const char *why)
{
	struct project *p = ctx;
	if (p->live)
		log_warnx(p->name, "the feed is down (%s); boards stand still until it is back", why);
	p->live = false;
}

static const struct feed_handlers feed_handlers = { on_snapshot, on_event, on_beat, on_down };

static void on_beaten(void *ctx, int err, const struct fn_reply *reply)
{
	struct project *p = ctx;
	p->beating = false;
	if (err)
		return;
	p->beat_redis_ms = fn_reply_int(reply, "now", 0);
	p->beat_mono_ms = clock_mono_ms();
	const char *hold = fn_reply_get(reply, "clock_hold");
	bool held = hold && *hold && strcmp(hold, "0") != 0;
	if (held && !p->clock_hold)
		log_error(p->name, "the clock of Redis jumped; nothing expires until `listingctl clock-confirm --project %s`",
		          p->name);
	p->clock_hold = held;
}

static void beat(struct project *p)
{
	if (p->beating)
		return;
	char wall[24], previous[24], elapsed[24];
	snprintf(wall, sizeof wall, "%lld", (long long)clock_wall_ms());
	snprintf(previous, sizeof previous, "%lld", (long long)p->beat_redis_ms);
	snprintf(elapsed, sizeof elapsed, "%lld", (long long)(p->beat_redis_ms ? clock_mono_ms() - p->beat_mono_ms : 0));
	const char *args[] = { p->app->daemon_id, wall, previous, elapsed };
	p->beating = true;
	store_call(p->app->store, "ld_beat", p->name, args, 4, true, on_beaten, p);
}

static void on_second(void *ctx)
{
	struct project *p = ctx;
	beat(p);
	publish_beat_if_idle(p);
	private_push_warnings(p);
	displays_tick(p);
	launches_tick(p->launches);
	if (!loop_timer_active(&p->expiry_timer))
		expiry_rearm(p);
}

struct project *project_start(struct app *a, const char *name)
{
	struct project *p = mem_zalloc(sizeof *p);
	p->app = a;
	p->name = mem_strdup(name);
	list_init(&p->gone_link);
	p->deadlines = deadlines_new();
	publish_init(p);
	expiry_init(p);
	queue_init(p);
	selfcheck_init(p);
	loop_timer_init(&p->second_timer, a->loop, on_second, p);
	loop_timer_every(&p->second_timer, BEAT_MS);
	p->courier = courier_new(p);
	p->demand = demand_new(p);
	p->launches = launches_new(p);
	p->trends = trends_new(p);
	p->feed = feed_start(a->loop, a->store, name, &feed_handlers, p);
	beat(p);
	map_set(a->projects, name, p);
	return p;
}

void project_stop(struct project *p)
{
	loop_timer_stop(&p->second_timer);
	loop_timer_stop(&p->expiry_timer);
	queue_fini(p);
	selfcheck_fini(p);
	publish_fini(p);
	courier_free(p->courier);
	counts_free(p->demand);
	launches_free(p->launches);
	trends_free(p->trends);
	if (p->feed)
		feed_stop(p->feed);
	list_remove(&p->gone_link);
	catalog_fini(p);
	board_free(p->board);
	deadlines_free(p->deadlines);
	mem_free(p->title);
	mem_free(p->rehearsal);
	mem_free(p->name);
	mem_free(p);
}
