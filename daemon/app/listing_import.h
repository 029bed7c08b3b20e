/* Taking a listing file over that somebody sent: listingctl reads it beside the daemon, one file at a time, and does what it
 * would do for an operator, in the name of the account. */
#ifndef APP_LISTING_IMPORT_H
#define APP_LISTING_IMPORT_H

#include "app/project.h"
#include "wire/encode.h"

struct import_request {
	const char *account, *path; /* lent for the call of import_start */
	enum role role;
	bool dry_run, withheld;
};

/* Lent for the call. */
struct import_answer {
	const char *report; /* what listingctl says of the file, in JSON */
	size_t report_bytes;
	struct reply_pairs detail;
};

/* err 0, or LD_E_BAD_FILE: the file has problems and nothing was changed; both with a report. Else a refusal of the function
 * library with its detail (LD_E_STALE_REV: the list was changed meanwhile), LD_E_UNAVAILABLE, or LD_E_UNKNOWN: it may or may
 * not have been taken over; sending it again does no harm. */
typedef void (*import_cb)(void *ctx, int err, const struct import_answer *answer);

/* 0 and cb is called exactly once, or LD_E_RATE_LIMITED (another file is being read) or LD_E_UNAVAILABLE and it is not. */
MUST_CHECK int import_start(struct project *p, const struct import_request *in, import_cb cb, void *ctx);
/* Whoever waits is answered. */
void import_stop(struct app *a);

#endif
