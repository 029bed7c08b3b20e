/* The lines of a launch session's result for the notary (公证), as result.c writes them and result_check.c writes them again
 * to compare: what follows from the events is never taken on trust. */
#ifndef CTL_RESULT_LINES_H
#define CTL_RESULT_LINES_H

#include "ctl/launch_fold.h"
#include "wire/emit.h"

struct json;

#define RESULT_FORMAT "listingd.result.v1"

/* The first line. Texts are lent; record: the session as Redis shows it, a JSON object. */
struct result_head {
	const char *project, *title, *uuid, *rehearsal, *made_by, *record, *rules, *trail, *public_key;
	int64_t made_ms, seq; /* seq, trail: the last event of the project at that moment, and its hash */
	int64_t utc_offset_min;
};

/* "2026-12-01 10:00:00.123 +08:00" */
enum { RESULT_TIME_BYTES = 48 };
void result_time(int64_t ms, int64_t utc_offset_min, char out[RESULT_TIME_BYTES]);

/* Each makes the text of line number `line` into an empty j. */
void result_put_head(struct emit *j, int64_t line, const struct result_head *h);
/* before: the hash of the event before it in the trail. */
void result_put_event(struct emit *j, int64_t line, const struct launch_kind *kind, const struct trail_entry *e,
                      const char *before, int64_t utc_offset_min);
/* The buyer at place i of the order. name, phone_end: NULL without personal data. */
void result_put_buyer(struct emit *j, int64_t line, const struct launch_fold *f, size_t i, const char *name,
                      const char *phone_end);
/* What the draw of the waiting room went by: a ticket for everybody who had checked in before the opening. */
struct result_room {
	size_t count;
	struct result_ticket {
		const char *buyer;
		char ticket[LAUNCH_SHA1_BYTES];
	} * tickets; /* in their order */
};
void result_room_init(struct result_room *r, const struct launch_fold *f);
void result_room_fini(struct result_room *r);
void result_put_room(struct emit *j, int64_t line, const struct result_room *r, size_t i);
/* What became of choice i. */
void result_put_outcome(struct emit *j, int64_t line, const struct launch_fold *f, size_t i, int64_t utc_offset_min);
/* tally: a JSON object of counters. */
void result_put_counts(struct emit *j, int64_t line, const struct launch_fold *f, const char *tally);
void result_put_end(struct emit *j, int64_t line);

#endif
