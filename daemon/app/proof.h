/* The proof of a choice: who chose which unit when, under a seal that only the daemons of this Redis can make. A buyer shows it
 * as a QR code; whoever scans it asks a daemon whether it is genuine and how the deal stands now.
 *
 * Text: base64url of `project LF launch LF deal LF unit LF masked name LF ms LF buyer` | "." | base64url of its MAC (BLAKE2b, 32 bytes, keyed
 * with the daemons' secret and "proof" as the personal part, so that it can never be taken for a token). */
#ifndef APP_PROOF_H
#define APP_PROOF_H

#include "app/identity.h"
#include "app/project.h"
#include "wire/json.h"

enum { PROOF_TEXT_MAX = 1024 };

struct proof {
	char project[65], launch[25], deal[25], unit[73];
	char buyer[33]; /* the name, masked */
	char buyer_id[73];
	int64_t at_ms;
};

/* err: NO_SUCH_DEAL when it is not this buyer's of this session. proof and text are lent for the call. */
typedef void (*proof_made_cb)(void *ctx, int err, const struct proof *proof, const char *text);
void proof_make(struct project *p, struct identity *who, const char *launch, const char *deal, proof_made_cb cb,
                void *ctx);

/* Whether a text is a proof of ours; fills `out`. */
bool proof_read(const struct app *a, const char *text, struct proof *out);
/* How the deal stands now, by its record: its status, or "moved" when it is another unit's or another buyer's by now. NULL when it
 * is no record. Lent by the record. */
const char *proof_standing(const struct proof *f, const struct json *deal);

#endif
