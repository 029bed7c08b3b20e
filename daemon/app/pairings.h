/* Signing a display in without a password: it shows a code and keeps a secret, somebody of the office types the code
 * (`display.pair`), and then the secret is good for one session.
 *
 * A code is worth nothing without its secret of 256 bits, so guessing codes leads nowhere; failures are throttled per address
 * all the same, and so is asking for codes. Redis knows only the hash of a secret. */
#ifndef APP_PAIRINGS_H
#define APP_PAIRINGS_H

#include "app/auth.h"

enum { PAIRING_CODE_BYTES = 7, PAIRING_SECRET_BYTES = 44 };

struct pairing {
	char code[PAIRING_CODE_BYTES], secret[PAIRING_SECRET_BYTES];
	int64_t expires_ms;
};

/* Calls back exactly once; the pairing is lent for the call. err: RATE_LIMITED, UNAVAILABLE, BAD_REQUEST (no name of a
 * project). Whether there is such a project is not told. */
typedef void (*pairing_offer_cb)(void *ctx, int err, const struct pairing *p);
void pairings_offer(struct app *a, const char *project, const char *client_address, pairing_offer_cb cb, void *ctx);

/* Calls back exactly once. err 0 and NULL: not confirmed yet; err 0 and a result: the session that has begun, once. Else
 * NO_SUCH_CODE (unknown, over, or another secret), RATE_LIMITED, UNAVAILABLE. */
void pairings_claim(struct app *a, const char *code, const char *secret, const char *client_address, login_cb cb,
                    void *ctx);

#endif
