#include "app/expiry.h"

#include "base/log.h"

/* 500 releases take Redis about 15 ms; a batch leaves room for locks between two. */
#define SWEEP_BATCH "500"
/* How soon a refused or failed sweep is repeated; half of what the promise (1 s late at most) allows. */
enum { SWEEP_RETRY_MS = 250, LOOK_AGAIN_MS = 60000 };

static void sweep(void *ctx);

static void on_swept(void *ctx, int err, const struct fn_reply *reply)
{
	struct project *p = ctx;
	p->sweeping = false;
	if (err) {
		loop_timer_after(&p->expiry_timer, SWEEP_RETRY_MS);
		return;
	}
	int64_t released = fn_reply_int(reply, "released", 0);
	int64_t next_ms = fn_reply_int(reply, "next_deadline", 0), now_ms = fn_reply_int(reply, "now", 0);
	p->app->metrics.expired_total += released;
	if (released > 0)
		log_info(p->name, "released %lld expired holds", (long long)released);
	if (next_ms && next_ms <= now_ms)
		/* More are due than a batch holds, or releasing is on hold: at once in the first case only. */
		loop_timer_after(&p->expiry_timer, released > 0 ? 0 : SWEEP_RETRY_MS);
	else
		expiry_rearm(p);
}

static void sweep(void *ctx)
{
	struct project *p = ctx;
	if (p->sweeping || !p->live)
		return;
	p->sweeping = true;
	const char *limit = SWEEP_BATCH;
	store_call(p->app->store, "ld_sweep", p->name, &limit, 1, true, on_swept, p);
}

void expiry_init(struct project *p) { loop_timer_init(&p->expiry_timer, p->app->loop, sweep, p); }

void expiry_rearm(struct project *p)
{
	uint32_t index;
	int64_t next_ms;
	if (p->sweeping || !p->live)
		return;
	if (!deadlines_next(p->deadlines, &next_ms, &index)) {
		loop_timer_stop(&p->expiry_timer);
		return;
	}
	int64_t wait_ms = next_ms - project_now_ms(p) + 1;
	/* Not too far ahead: the two clocks may drift apart. */
	loop_timer_after(&p->expiry_timer, wait_ms < LOOK_AGAIN_MS ? wait_ms : LOOK_AGAIN_MS);
}
