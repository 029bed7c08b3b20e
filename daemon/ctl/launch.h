/* The launch sessions of a project, as the verbs `launch …` see them. Times are the office's own. */
#ifndef CTL_LAUNCH_H
#define CTL_LAUNCH_H

#include "ctl/ctl.h"
#include "wire/json.h"

enum { LAUNCH_TIME_BYTES = 40 };

struct launch {
	struct json *record; /* owned; what follows is lent by it */
	const char *id, *phase, *mode, *groups;
	int64_t now_ms; /* of Redis, when it was read */
};

/* Minutes east of UTC; 0 with *status changed after the problem was printed. */
int64_t launch_utc_offset(struct ctl *c, int *status);

/* "2026-12-01 10:00", with seconds or without, or milliseconds of Redis' clock; -1 when it is neither. */
int64_t launch_time_read(const char *text, int64_t utc_offset_min);
/* "2026-12-01 10:00", with seconds when there are any. */
void launch_time_text(int64_t at_ms, int64_t utc_offset_min, char out[LAUNCH_TIME_BYTES]);

/* Whole numbers of a record; 0 when there is none. */
int64_t launch_int(const struct json *record, const char *name);
const char *launch_text(const struct json *record, const char *name); /* "" when there is none */

/* All of them, as ld_launches answers: behind LAUNCHES_FIRST - 1 items a record and its rules in turn. NULL after the problem
 * was printed. */
enum { LAUNCHES_FIRST = 7 };
struct reply *launches_read(struct ctl *c, int *status);

/* The session that --launch names, else the only one that is not over. 0, or an exit status after the problem was printed;
 * launch_fini is due either way. */
MUST_CHECK int launch_find(struct ctl *c, struct launch *out);
void launch_fini(struct launch *l);

#endif
