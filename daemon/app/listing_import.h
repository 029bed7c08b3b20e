/* Taking a listing file over that somebody sent: listingctl reads it beside the daemon, one file at a time, and does what it
 * would do for an operator, in the name of the account. */
#ifndef APP_LISTING_IMPORT_H
#define APP_LISTING_IMPORT_H

#include "app/project.h"

struct import_request {
	const char *account, *path; /* lent for the call of import_start */
	bool dry_run, withheld;
};

/* err 0: `report` is what listingctl says of the file in JSON; `good` is false when it has problems, and then nothing was
 * changed. Else LD_E_STALE_REV (the list was changed meanwhile), LD_E_UNAVAILABLE. The report is lent for the call. */
typedef void (*import_cb)(void *ctx, int err, bool good, const char *report, size_t bytes);

/* 0 and cb is called exactly once, or LD_E_RATE_LIMITED (another file is being read) or LD_E_UNAVAILABLE and it is not. */
MUST_CHECK int import_start(struct project *p, const struct import_request *in, import_cb cb, void *ctx);
/* Whoever waits is answered LD_E_UNAVAILABLE. */
void import_stop(struct app *a);

#endif
