#include "app/selfcheck.h"

#include "app/private_push.h"
#include "app/tool.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sha1.h"

#include <stdio.h>
#include <string.h>

/* A board at work is seldom at the seq that Redis had a moment ago: a few tries, then the next hour. */
enum { BOARD_TRIES = 50, BOARD_RETRY_MS = 100, VERIFY_TIMEOUT_MS = 600000, VERIFY_OUT_BYTES = 65536 };

/* As ld_digest makes it: for each unit by index `id|letter|rev|deadline`, joined by newlines. */
static void digest(const struct board *b, char out[SHA1_HEX_BYTES])
{
	struct buf text = { 0 };
	for (uint32_t i = 0; i < board_count(b); i++) {
		const struct board_unit *u = board_unit(b, i);
		buf_addf(&text, "%s%s|%c|%lld|%lld", i ? "\n" : "", u->id, unit_letter(u->status), (long long)u->rev,
		         (long long)u->deadline_ms);
	}
	sha1_hex(text.data ? text.data : "", text.len_bytes, out);
	buf_fini(&text);
}

static void on_frozen(void *ctx, int err, const struct fn_reply *reply)
{
	struct project *p = ctx;
	UNUSED(reply);
	if (err && err != LD_E_FROZEN)
		log_error(p->name, "the project could not be frozen (%s); the next check tries again", err_code(err));
}

static void freeze(struct project *p, const char *what)
{
	char why[120];
	snprintf(why, sizeof why, "self-check: %s", what);
	const char *args[] = { "selfcheck", why };
	p->app->metrics.selfcheck_differences_total++;
	log_error(p->name, "%s; the project takes no changes until `listingctl thaw`", why);
	store_call(p->app->store, "ld_freeze", p->name, args, 2, true, on_frozen, p);
}

static void again_in(struct project *p, int64_t ms)
{
	p->check.tries = 0;
	loop_timer_after(&p->check.timer, ms);
}

static void next_hour(struct project *p) { again_in(p, p->app->conf->self_check_s * 1000); }

/* Data and trail agree: whether all does depends on what was found of the board. */
static void conclude(struct project *p)
{
	struct metrics *m = &p->app->metrics;
	switch (p->check.board) {
	case CHECK_AGREES:
		m->selfcheck_passed_total++;
		log_info(p->name, "self-check: board, data, deadlines, counters and audit trail agree");
		private_push_checked(p);
		break;
	case CHECK_UNKNOWN:
		m->selfcheck_failed_total++;
		log_warnx(p->name, "self-check: the data agree with the audit trail; the board was too busy to be compared");
		break;
	case CHECK_DIFFERS: /* told when it was found */ break;
	}
}

static void on_verified(void *ctx, int status, const char *out, size_t out_bytes)
{
	struct project *p = ctx;
	UNUSED(out_bytes);
	p->check.child = NULL;
	if (status == 0) {
		conclude(p);
	} else if (status == 1 && strstr(out, "\"differences\"")) {
		log_error(p->name, "self-check: %s", out);
		freeze(p, "data and audit trail differ; see listingctl verify");
	} else {
		p->app->metrics.selfcheck_failed_total++;
		log_warnx(p->name, "the self-check could not be made: listingctl ended with %d", status);
	}
	next_hour(p);
}

static void verify(struct project *p)
{
	const char *const arguments[] = { "verify", "--project", p->name, "--json", NULL };
	p->check.child = tool_start(p->app, arguments, VERIFY_TIMEOUT_MS, VERIFY_OUT_BYTES, on_verified, p);
	if (!p->check.child) {
		p->app->metrics.selfcheck_failed_total++;
		next_hour(p);
	}
}

static void on_digest(void *ctx, int err, const struct fn_reply *reply)
{
	struct project *p = ctx;
	const char *theirs = fn_reply_get(reply, "digest");
	char own[SHA1_HEX_BYTES];
	if (!err && theirs && p->live && fn_reply_int(reply, "seq", 0) == board_seq(p->board)) {
		digest(p->board, own);
		p->check.board = strcmp(own, theirs) == 0 ? CHECK_AGREES : CHECK_DIFFERS;
		if (p->check.board == CHECK_DIFFERS)
			freeze(p, "the board of a daemon is not what Redis has");
		verify(p);
	} else if (p->check.tries++ < BOARD_TRIES) {
		loop_timer_after(&p->check.timer, BOARD_RETRY_MS);
	} else {
		p->check.board = CHECK_UNKNOWN;
		verify(p); /* too busy for the board; the data can be checked all the same */
	}
}

static void check(void *ctx)
{
	struct project *p = ctx;
	if (p->app->stopping || p->gone || p->check.child)
		return;
	if (!p->live || p->frozen)
		next_hour(p);
	else
		store_call(p->app->store, "ld_digest", p->name, NULL, 0, false, on_digest, p);
}

void selfcheck_init(struct project *p)
{
	loop_timer_init(&p->check.timer, p->app->loop, check, p);
	if (p->app->conf->self_check_s)
		next_hour(p);
}

void selfcheck_fini(struct project *p)
{
	loop_timer_stop(&p->check.timer);
	child_stop(p->check.child);
}
