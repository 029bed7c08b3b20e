/* Rehearsals (公测): a launch session played on a shadow `P--name` of its project, of which nothing stays but the report. */
#ifndef CTL_REHEARSAL_H
#define CTL_REHEARSAL_H

#include "ctl/ctl.h"

#include <stdint.h>

/* What was copied. */
struct rehearsal_copy {
	char launch[24]; /* the session of the shadow */
	int64_t opens_ms, closes_ms;
	size_t units, buyers, codes, erased; /* erased: admitted ones that are no more */
};

/* Makes the shadow of the project and of the session that --launch names, opening at opens_ms and closing at closes_ms (0:
 * after as long as the session itself). It is not known to the daemons yet. An exit status; what was begun is taken away
 * again when it fails. */
MUST_CHECK int rehearsal_copy(struct ctl *c, const char *shadow, int64_t opens_ms, int64_t closes_ms,
                              struct rehearsal_copy *out);

/* Takes every trace of the shadow out of Redis: from the daemons' list, its sign-ins, its keys. */
MUST_CHECK int rehearsal_remove(struct ctl *c, const char *shadow);

/* 0 when the project is a rehearsal; else an exit status after that was said. */
MUST_CHECK int rehearsal_expect(struct ctl *c, const char *shadow);

/* Writes the report to `path` (JSON when it ends in .json, else text), which must not be there yet, and shows it. */
MUST_CHECK int rehearsal_report(struct ctl *c, const char *shadow, const char *path);

#endif
