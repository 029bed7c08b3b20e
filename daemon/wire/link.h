/* What a signed link says of the buyer whom it brings in: the claims of a JWT, after its signature was found good. */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum { LINK_CLAIM_BYTES = 129 };

struct link_claims {
	char project[LINK_CLAIM_BYTES], phone[LINK_CLAIM_BYTES], jti[LINK_CLAIM_BYTES];
	int64_t expires_ms;
};

/* 0 when the link is for this audience and good now: `aud` (a text or a list of texts), `exp` (at most 24 hours ahead), `jti`,
 * `project` and `phone` are there; `iat` and `nbf`, when there, lie not more than a minute ahead. Else LD_E_BAD_CREDENTIALS, and a
 * few words in *why that repeat nothing of it. */
MUST_CHECK int link_claims_decode(const char *text, size_t bytes, const char *audience, int64_t now_ms,
                                  struct link_claims *out, const char **why);

#endif
