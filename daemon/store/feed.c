#include "store/feed.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every daemon beats once a second: three missing in a row are no accident. */
enum { BLOCK_MS = 1000, SILENCE_MS = 3500, SNAPSHOT_TIMEOUT_MS = 10000, REFUSED_RETRY_MS = 1000 };
enum { BATCH = 512, CLOCK_WINDOW = 16, CLOCK_JUMP_MS = 5000 };

struct feed {
	struct loop *loop;
	struct conn *conn;
	const struct feed_handlers *handlers;
	void *ctx;
	char project[72];
	char prefix[80], events_key[96], beats_key[96];
	int64_t seq;
	char epoch[16];
	char beat_id[48];
	int64_t timeout_ms;
	int64_t heard_ms; /* monotonic: the last event or beat */
	bool resync;
	bool stopped;
	struct loop_timer retry;
	/* The clock: the largest difference of the last two windows was delayed least. */
	bool has_clock;
	int64_t offset_ms, best_ms;
	int clock_samples;
};

static void read_on(struct feed *f);
static void take_snapshot(struct feed *f);

static void heard(struct feed *f, int64_t redis_now_ms)
{
	int64_t sample_ms = redis_now_ms - clock_mono_ms();
	f->heard_ms = clock_mono_ms();
	if (!f->has_clock || llabs(sample_ms - f->offset_ms) > CLOCK_JUMP_MS) {
		f->has_clock = true;
		f->offset_ms = f->best_ms = sample_ms;
		f->clock_samples = 0;
		return;
	}
	if (sample_ms > f->best_ms)
		f->best_ms = sample_ms;
	if (f->best_ms > f->offset_ms)
		f->offset_ms = f->best_ms;
	if (++f->clock_samples == CLOCK_WINDOW) {
		f->offset_ms = f->best_ms;
		f->best_ms = sample_ms;
		f->clock_samples = 0;
	}
}

static const char *pair(const struct reply_split *s, const char *key)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->keys[i], key) == 0)
			return s->values[i];
	return "";
}

/* `status|rev|deal|deadline|holder|index`; false when it is not that. */
static bool read_unit(const char *id, const char *packed, size_t index, struct snapshot_unit *out)
{
	char copy[256], *field[6], *at = copy;
	*out = (struct snapshot_unit){ .id = id };
	if (snprintf(copy, sizeof copy, "%s", packed) >= (int)sizeof copy)
		return false;
	for (int i = 0; i < 6; i++)
		if (!(field[i] = strsep(&at, "|")))
			return false;
	out->rev = strtoll(field[1], NULL, 10);
	out->deadline_ms = strtoll(field[3], NULL, 10);
	snprintf(out->deal, sizeof out->deal, "%s", field[2]);
	snprintf(out->holder, sizeof out->holder, "%s", field[4]);
	return !at && unit_status_from_name(field[0], &out->status) && strtoull(field[5], NULL, 10) == index;
}

static bool read_units(const redisReply *r, const struct reply_split *split, struct snapshot *snap)
{
	snap->count = split->rest_count / 2;
	snap->units = mem_calloc(snap->count + 1, sizeof *snap->units);
	for (size_t i = 0; i < snap->count; i++) {
		const redisReply *id = r->element[split->rest + 2 * i], *packed = r->element[split->rest + 2 * i + 1];
		if (id->type != REDIS_REPLY_STRING || packed->type != REDIS_REPLY_STRING ||
		    !read_unit(id->str, packed->str, i, &snap->units[i])) {
			log_error("feed", "the unit at index %zu is malformed in Redis", i);
			return false;
		}
	}
	return true;
}

static void begin(struct feed *f, const redisReply *r, const struct reply_split *split)
{
	struct snapshot snap = {
		.epoch = pair(split, "epoch"),
		.name = pair(split, "name"),
		.warn_ms = pair(split, "warn_ms"),
		.seq = strtoll(pair(split, "seq"), NULL, 10),
		.now_ms = strtoll(pair(split, "now"), NULL, 10),
		.access_seq = strtoll(pair(split, "access_seq"), NULL, 10),
		.catalog_version = strtoll(pair(split, "catalog_version"), NULL, 10),
		.lock_hold_ms = strtoll(pair(split, "lock_hold_ms"), NULL, 10),
		.utc_offset_min = strtoll(pair(split, "utc_offset_min"), NULL, 10),
		.sheet_at_min = strtoll(pair(split, "sheet_at_min"), NULL, 10),
		.public_merged = strcmp(pair(split, "public_board"), "merged") == 0,
		.clock_hold = *pair(split, "clock_hold") != '\0',
		.frozen = *pair(split, "frozen") != '\0',
		.rehearsal = pair(split, "rehearsal"),
	};
	if (!read_units(r, split, &snap)) {
		f->handlers->on_down(f->ctx, "the units in Redis are malformed");
		loop_timer_after(&f->retry, REFUSED_RETRY_MS);
	} else {
		f->seq = snap.seq;
		f->resync = false;
		snprintf(f->epoch, sizeof f->epoch, "%s", snap.epoch);
		heard(f, snap.now_ms);
		f->handlers->on_snapshot(f->ctx, &snap);
		read_on(f);
	}
	mem_free(snap.units);
}

static void on_snapshot(void *ctx, const redisReply *r)
{
	struct feed *f = ctx;
	struct reply_split split;
	if (f->stopped || !r)
		return; /* a lost link: on_down follows */
	int err = reply_split(r, false, &split);
	if (!err) {
		begin(f, r, &split);
		return;
	}
	f->handlers->on_down(f->ctx, err == LD_E_NO_SUCH_PROJECT ? "the project is not in Redis any more"
	                                                         : "no snapshot to be had");
	loop_timer_after(&f->retry, reply_is_loading(r) ? LOADING_RETRY_MS : REFUSED_RETRY_MS);
}

static void take_snapshot(struct feed *f)
{
	const char *argv[] = { "FCALL_RO", "ld_snapshot", "1", f->prefix };
	const size_t lens[] = { 8, 11, 1, strlen(f->prefix) };
	if (!conn_command(f->conn, 4, argv, lens, SNAPSHOT_TIMEOUT_MS, on_snapshot, f))
		log_debug(f->project, "no link for a snapshot");
}

static void doubt(struct feed *f, const char *why)
{
	if (!f->resync)
		log_warnx(f->project, "the feed begins anew: %s", why);
	f->resync = true;
}

static const char *field(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (strcmp(fields->element[i]->str, name) == 0)
			return fields->element[i + 1]->str;
	return "";
}

/* Beats come before the events of the same reply: each was sent at a time when our cursor was already past or at most at
 * its seq. Returns the highest seq that a beat vouches for. */
static int64_t read_beats(struct feed *f, const redisReply *entries)
{
	int64_t highest = 0;
	for (size_t i = 0; i < entries->elements; i++) {
		const redisReply *entry = entries->element[i], *fields = entry->element[1];
		int64_t seq = strtoll(field(fields, "seq"), NULL, 10), now_ms = strtoll(field(fields, "now"), NULL, 10);
		snprintf(f->beat_id, sizeof f->beat_id, "%s", entry->element[0]->str);
		if (strcmp(field(fields, "epoch"), f->epoch) != 0)
			doubt(f, "another epoch");
		else if (seq < f->seq)
			doubt(f, "a step back");
		if (seq > highest)
			highest = seq;
		heard(f, now_ms);
		f->handlers->on_beat(f->ctx, seq, now_ms);
	}
	return highest;
}

static void read_events(struct feed *f, const redisReply *entries)
{
	f->heard_ms = clock_mono_ms();
	for (size_t i = 0; i < entries->elements && !f->resync; i++) {
		struct event e;
		if (!reply_event(entries->element[i], &e)) {
			doubt(f, "a malformed event");
		} else if (e.seq != f->seq + 1) {
			doubt(f, "a gap");
		} else {
			f->seq = e.seq;
			f->handlers->on_event(f->ctx, &e);
		}
	}
}

static const redisReply *entries_of(const redisReply *r, const char *key)
{
	for (size_t i = 0; r->type == REDIS_REPLY_ARRAY && i < r->elements; i++)
		if (strcmp(r->element[i]->element[0]->str, key) == 0)
			return r->element[i]->element[1];
	return NULL;
}

static void on_read(void *ctx, const redisReply *r)
{
	struct feed *f = ctx;
	if (f->stopped || !r)
		return;
	if (r->type == REDIS_REPLY_ERROR) {
		conn_reset(f->conn, "the stream cannot be read");
		return;
	}
	const redisReply *beats = entries_of(r, f->beats_key), *events = entries_of(r, f->events_key);
	int64_t vouched = beats ? read_beats(f, beats) : 0;
	size_t count = events ? events->elements : 0;
	if (events)
		read_events(f, events);
	if (!f->resync && count < BATCH && vouched > f->seq)
		doubt(f, "events are missing");
	if (!f->resync && clock_mono_ms() - f->heard_ms > SILENCE_MS)
		doubt(f, "silence");
	if (!f->resync)
		read_on(f);
	else
		take_snapshot(f);
}

static void read_on(struct feed *f)
{
	char cursor[32], block[16], batch[16];
	snprintf(block, sizeof block, "%d", BLOCK_MS);
	snprintf(batch, sizeof batch, "%d", BATCH);
	snprintf(cursor, sizeof cursor, "%lld-0", (long long)f->seq);
	const char *argv[] = { "XREAD",   "BLOCK",       block,        "COUNT", batch,
		                   "STREAMS", f->events_key, f->beats_key, cursor,  f->beat_id };
	size_t lens[10];
	for (int i = 0; i < 10; i++)
		lens[i] = strlen(argv[i]);
	if (!conn_command(f->conn, 10, argv, lens, BLOCK_MS + f->timeout_ms, on_read, f))
		log_debug(f->project, "no link to read on");
}

static void on_up(void *ctx)
{
	struct feed *f = ctx;
	snprintf(f->beat_id, sizeof f->beat_id, "$");
	take_snapshot(f);
}

static void on_down(void *ctx, const char *why)
{
	struct feed *f = ctx;
	loop_timer_stop(&f->retry);
	if (!f->stopped)
		f->handlers->on_down(f->ctx, why);
}

static const struct conn_handlers conn_handlers = { on_up, on_down };

static void retry(void *ctx) { take_snapshot(ctx); }

struct feed *feed_start(struct loop *l, struct store *s, const char *project, const struct feed_handlers *handlers,
                        void *ctx)
{
	struct feed *f = mem_zalloc(sizeof *f);
	f->loop = l;
	f->handlers = handlers;
	f->ctx = ctx;
	snprintf(f->project, sizeof f->project, "%s", project);
	snprintf(f->prefix, sizeof f->prefix, "ld:{%.64s}", project);
	snprintf(f->events_key, sizeof f->events_key, "%s:events", f->prefix);
	snprintf(f->beats_key, sizeof f->beats_key, "%s:beats", f->prefix);
	loop_timer_init(&f->retry, l, retry, f);
	f->timeout_ms = store_settings(s)->command_timeout_ms;
	f->conn = conn_new(l, store_settings(s), &conn_handlers, f);
	return f;
}

void feed_stop(struct feed *f)
{
	f->stopped = true;
	loop_timer_stop(&f->retry);
	conn_free(f->conn);
	mem_free(f);
}

void feed_resync(struct feed *f) { f->resync = true; }

bool feed_has_clock(const struct feed *f) { return f->has_clock; }
int64_t feed_clock_offset_ms(const struct feed *f) { return f->offset_ms; }
