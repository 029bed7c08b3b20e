/* Making reports: by themselves when they are due, and when somebody asks for one that is not kept.
 *
 * `listingctl report make` does it beside the daemon, one at a time. What is over is kept (report_files.h); a report whose
 * time is not over yet is made as of this moment and not kept, and so is a part of one. */
#ifndef APP_REPORTS_H
#define APP_REPORTS_H

#include "app/project.h"
#include "app/report_files.h"

struct reports;

/* NULL when no report_dir is set: nothing is made or kept. */
struct reports *reports_start(struct app *a);
/* Before the projects go: everybody who waits is answered LD_E_UNAVAILABLE. NULL is fine. */
void reports_stop(struct reports *r);
/* A project's board has begun: soon look for what is due. NULL is fine. */
void reports_wake(struct reports *r);

/* 0 and a frame that is lent for the call, or LD_E_NOT_FOUND (the future, before the project's beginning, no report_dir),
 * or LD_E_UNAVAILABLE. */
typedef void (*reports_cb)(void *ctx, int err, struct frame *content);
/* Of PART_OWN `consultant`'s; a sheet has no parts: LD_E_FORBIDDEN. cb is called exactly once, perhaps before this returns. */
void reports_get(struct project *p, const struct report_name *name, enum report_part part, const char *consultant,
                 reports_cb cb, void *ctx);

#endif
