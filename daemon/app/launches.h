/* The launch sessions (场次) of a project as this daemon knows them: read from Redis after each event about them and
 * when the time of one is up, once more when that fails; pushed to every watcher, and counted for.
 *
 * Nothing is decided here: opening, turns and limits are the function library's. What is kept tells who is served: which
 * session offers a unit, and when each is over. */
#ifndef APP_LAUNCHES_H
#define APP_LAUNCHES_H

#include "app/project.h"
#include "app/session.h"

enum { LAUNCH_ID_BYTES = 24 };

struct launches;

struct launch {
	char id[LAUNCH_ID_BYTES];
	int64_t opens_at_ms, closes_at_ms, paused_ms, closed_ms, active_max;
};

struct launches *launches_new(struct project *p);
void launches_free(struct launches *l); /* NULL is fine */
void launches_refresh(struct launches *l);
void launches_on_event(struct launches *l, const struct event *e);
void launches_tick(struct launches *l); /* once a second */

/* The push of the sessions to somebody who begins to watch; a buyer also hears where he stands in the room. */
void launches_push_to(struct launches *l, struct session *s);
/* The buyer of this session has entered a launch session: where he stands is told at once. */
void launches_entered(struct launches *l, const char *account);

/* --- presses: counted for the session that offers the unit */

/* err: 0 granted, else the refusal; why: of `not_open`, or "". took_us: from reception to answer. */
void launches_pressed(struct launches *l, const char *unit, int err, const char *why, int64_t took_us);
/* Something else to be counted: "completed", "released" for the session that offers `unit`, a sign-in for `launch`; when neither is
 * known (both NULL), for the session that runs. */
void launches_count(struct launches *l, const char *launch, const char *unit, const char *name);

/* --- reading: text is lent */
typedef void (*launches_text_cb)(void *ctx, int err, struct buf *text);
/* {"now","launches":[…]} with the rules, by GET. */
void launches_list(struct project *p, launches_text_cb cb, void *ctx);
/* {"units":[…]}: what a session offers, in the order of the board. From what is known here and without Redis: when more units are
 * put in everybody asks at the same moment. 0, or LD_E_UNAVAILABLE when it is not known yet. */
MUST_CHECK int launches_offer(struct project *p, const char *launch, struct buf *out);
/* {"project","title","rehearsal","now","launches":[{id,name,phase,opens_at,closes_at}]}: what a page may show before sign-in. */
void launches_doorplate(const struct project *p, struct buf *out);

/* NULL: none. The i-th that is not over, in the order of opening. */
const struct launch *launches_running(const struct launches *l, size_t i, int64_t now_ms);

#endif
