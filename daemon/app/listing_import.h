/* Taking a file of units, of buyers or of those admitted to a launch session over that somebody sent: listingctl reads it
 * beside the daemon, one file at a time, and does what it would do for an operator, in the name of the account. The report does
 * not name the file: here it has a name that nobody gave it. */
#ifndef APP_LISTING_IMPORT_H
#define APP_LISTING_IMPORT_H

#include "app/project.h"
#include "wire/encode.h"

enum import_kind { IMPORT_LISTING, IMPORT_BUYERS, IMPORT_ADMITTED };

struct import_request {
	enum import_kind kind;
	const char *account, *path; /* lent for the call of import_start */
	enum role role;
	bool dry_run;
	bool withheld;      /* of units only */
	const char *launch; /* of those admitted only; lent as above */
	bool new_codes;     /* the same */
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
