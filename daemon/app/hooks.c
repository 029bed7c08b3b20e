#include "app/hooks.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "outbound/pace.h"
#include "outbound/signature.h"
#include "wire/json.h"
#include "wire/trail.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { BATCH_EVENTS = 100, WHY_MAX_BYTES = 100, NUMBER_BYTES = 24 };

/* Longer than an hour somebody else's Retry-After is not believed. */
enum { RETRY_AFTER_MAX_S = 600 };

struct hook {
	struct list link;
	struct courier *courier;
	const struct target *target;
	struct loop_timer timer; /* runs while a failed delivery waits */
	bool busy, again_wanted; /* a step is under way; another is due after it */
	/* The delivery under way: the events behind `from` up to `to`, or one dead letter. */
	int64_t from, to;
	size_t events;
	char letter[48]; /* "": no dead letter */
};

static void look(struct hook *h);

static struct app *app_of(const struct hook *h) { return h->courier->project->app; }

static void call(struct hook *h, const char *fn, const char *const *args, size_t count, store_fn_cb cb)
{
	store_call(app_of(h)->store, fn, h->courier->project->name, args, count, true, cb, h);
}

static const char *number(char out[NUMBER_BYTES], int64_t value)
{
	snprintf(out, NUMBER_BYTES, "%lld", (long long)value);
	return out;
}

/* The step is over. What came in meanwhile, or is left, begins the next one. */
static void done(struct hook *h, bool more)
{
	h->busy = false;
	if (more || h->again_wanted)
		look(h);
}

/* --- after the answer */

static void on_moved(void *ctx, int err, const struct fn_reply *reply)
{
	struct hook *h = ctx;
	UNUSED(reply);
	/* Refused: another daemon has moved it, and only it goes on. No answer: the next look tells where we stand. */
	if (err)
		log_debug(h->target->id, "the cursor was not moved (%s)", err_code(err));
	done(h, err == 0);
}

static void move(struct hook *h)
{
	char from[NUMBER_BYTES], to[NUMBER_BYTES];
	const char *args[] = { h->target->id, number(from, h->from), number(to, h->to) };
	call(h, "ld_hook_move", args, 3, on_moved);
}

static void on_failed(void *ctx, int err, const struct fn_reply *reply)
{
	struct hook *h = ctx;
	int64_t tries = err ? 1 : fn_reply_int(reply, "tries", 0);
	if (!err && fn_reply_int(reply, "dead", 0)) {
		app_of(h)->metrics.hook_dead_total++;
		log_error(h->target->id, "event %lld could not be delivered; it is a dead letter (listingctl hook dead)",
		          (long long)h->to);
	}
	/* No tries: what stood in the way was put aside, or is taken apart. A pause asked for by the receiver holds. */
	if (tries > 0 && !loop_timer_active(&h->timer))
		loop_timer_after(&h->timer, backoff_ms(tries, randombytes_random()));
	done(h, tries == 0);
}

static void fail(struct hook *h, const struct post_answer *a)
{
	char why[WHY_MAX_BYTES], from[NUMBER_BYTES], to[NUMBER_BYTES], limit[NUMBER_BYTES];
	bool refused = a->status >= 400 && a->status < 500 && a->status != 408 && a->status != 429;
	if (a->status)
		snprintf(why, sizeof why, "HTTP status %d", a->status);
	else
		snprintf(why, sizeof why, "%s", a->why);
	log_warnx(h->target->id, "events %lld to %lld were not taken: %s", (long long)h->from + 1, (long long)h->to, why);
	if (a->retry_after_s > 0)
		loop_timer_after(&h->timer,
		                 1000 * (a->retry_after_s < RETRY_AFTER_MAX_S ? a->retry_after_s : RETRY_AFTER_MAX_S));
	const char *args[] = {
		h->target->id,       number(from, h->from),
		number(to, h->to),   number(limit, app_of(h)->conf->hook_tries),
		refused ? "1" : "0", why,
	};
	call(h, "ld_hook_fail", args, 6, on_failed);
}

static void on_letter_settled(void *ctx, int err, const struct fn_reply *reply)
{
	UNUSED(reply);
	done(ctx, err == 0);
}

static void settle_letter(struct hook *h, bool taken)
{
	const char *args[] = { h->target->id, h->letter, taken ? "1" : "0" };
	if (!taken)
		log_warnx(h->target->id, "event %lld was not taken again; it stays a dead letter", (long long)h->to);
	call(h, "ld_hook_again", args, 3, on_letter_settled);
}

static void on_answer(void *ctx, const struct post_answer *a)
{
	struct hook *h = ctx;
	struct metrics *m = &app_of(h)->metrics;
	bool taken = a->status >= 200 && a->status < 300;
	if (app_of(h)->stopping && !taken) {
		h->busy = false;
		return;
	}
	m->hook_deliveries_total += taken;
	m->hook_events_total += taken ? (int64_t)h->events : 0;
	m->hook_failures_total += !taken;
	if (*h->letter)
		settle_letter(h, taken);
	else if (taken)
		move(h);
	else
		fail(h, a);
}

/* --- the delivery */

static void post(struct hook *h, const char *body, size_t bytes)
{
	char timestamp[64], delivery[160];
	struct buf signature = { 0 };
	int64_t now_ms = clock_wall_ms();
	snprintf(timestamp, sizeof timestamp, "X-Listing-Timestamp: %lld", (long long)now_ms);
	snprintf(delivery, sizeof delivery, "X-Listing-Delivery: %s-%lld-%lld", h->target->id, (long long)h->from + 1,
	         (long long)h->to);
	buf_adds(&signature, "X-Listing-Signature: ");
	signature_webhook(&signature, h->target->secret, now_ms, body, bytes);
	const struct post_request r = {
		.url = h->target->url,
		.headers = { timestamp, delivery, buf_str(&signature) },
		.body = body,
		.bytes = bytes,
	};
	http_post(app_of(h)->poster, &r, on_answer, h);
	buf_fini(&signature);
}

static void encode(struct buf *out, struct hook *h, size_t count, const struct trail_entry *entries)
{
	h->events = 0;
	buf_adds(out, "{\"project\":");
	json_puts(out, h->target->project);
	buf_adds(out, ",\"target\":");
	json_puts(out, h->target->id);
	buf_addf(out, ",\"from\":%lld,\"to\":%lld,\"events\":[", (long long)h->from + 1, (long long)h->to);
	for (size_t i = 0; i < count; i++) {
		if (!target_wants(h->target, trail_get(&entries[i], "t")))
			continue;
		if (h->events++)
			buf_addc(out, ',');
		encode_trail_entry(out, &entries[i]);
	}
	buf_adds(out, "]}");
}

static void on_trail(void *ctx, int err, size_t count, const struct trail_entry *entries)
{
	struct hook *h = ctx;
	struct buf body = { 0 };
	/* A gap would be an event lost: better to stand still and be seen standing. */
	bool whole =
		!err && count > 0 && entries[0].seq == h->from + 1 && entries[count - 1].seq == h->from + (int64_t)count;
	if (!whole || !courier_speaks(h->courier)) {
		if (!err && !whole)
			log_error(h->target->id, "the trail has no event %lld", (long long)h->from + 1);
		done(h, false);
		return;
	}
	h->to = entries[count - 1].seq;
	encode(&body, h, count, entries);
	if (h->events)
		post(h, body.data, body.len_bytes);
	else if (*h->letter)
		settle_letter(h, true); /* its kind is not wanted any more */
	else
		move(h);
	buf_fini(&body);
}

static void on_position(void *ctx, int err, const struct fn_reply *reply)
{
	struct hook *h = ctx;
	const char *letter = fn_reply_get(reply, "again");
	if (err || !courier_speaks(h->courier)) {
		done(h, false);
		return;
	}
	int64_t last = fn_reply_int(reply, "last", 0), single = fn_reply_int(reply, "single", 0), limit = 1;
	if (fn_reply_int(reply, "rewound", 0))
		log_error(h->target->id,
		          "Redis holds fewer events than were delivered: it was put back; going on from event %lld",
		          (long long)last);
	snprintf(h->letter, sizeof h->letter, "%s", letter ? letter : "");
	if (*h->letter) {
		h->from = fn_reply_int(reply, "again_seq", 0) - 1;
	} else {
		h->from = fn_reply_int(reply, "seq", 0);
		if (h->from >= last || loop_timer_active(&h->timer)) {
			done(h, false);
			return;
		}
		if (single <= h->from)
			limit = BATCH_EVENTS;
	}
	store_trail(app_of(h)->store, h->courier->project->name, h->from + 1, limit, on_trail, h);
}

static void look(struct hook *h)
{
	const char *args[] = { h->target->id, target_kind_name(h->target->kind), h->target->from_start ? "1" : "0" };
	h->again_wanted = h->busy;
	if (h->busy || !courier_speaks(h->courier))
		return;
	h->busy = true;
	call(h, "ld_hook_next", args, 3, on_position);
}

static void on_waited(void *ctx) { look(ctx); }

void hook_add(struct courier *c, const struct target *t)
{
	struct hook *h = mem_zalloc(sizeof *h);
	h->courier = c;
	h->target = t;
	loop_timer_init(&h->timer, c->project->app->loop, on_waited, h);
	list_append(&c->hooks, &h->link);
}

void hooks_free(struct courier *c)
{
	LIST_EACH_SAFE(&c->hooks, it, after) {
		struct hook *h = CONTAINER_OF(it, struct hook, link);
		loop_timer_stop(&h->timer);
		list_remove(&h->link);
		mem_free(h);
	}
}

void hooks_wake(struct courier *c)
{
	LIST_EACH(&c->hooks, it)
		look(CONTAINER_OF(it, struct hook, link));
}
