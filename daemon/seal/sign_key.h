/* The key with which the office signs results (Ed25519). The secret half lies in a file of its own, readable by its owner
 * only; the public half is given to whoever has to check, the notary first.
 *
 *     sign <64 hex digits>
 *
 * Keys and signatures are lower-case hex wherever they are written. */
#ifndef SEAL_SIGN_KEY_H
#define SEAL_SIGN_KEY_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { SIGN_PUBLIC_BYTES = 65, SIGN_BYTES = 129 }; /* as text, with the NUL */

struct sign_key;

/* To be freed with sign_key_free; NULL with a sentence in `why`, never what stands in the file. */
struct sign_key *sign_key_load(const char *path, struct buf *why);
void sign_key_free(struct sign_key *k); /* wipes; NULL is fine */
/* Makes the file (mode 600) and overwrites nothing: 0 or LD_E_BAD_REQUEST with a sentence. */
MUST_CHECK int sign_key_new(const char *path, struct buf *why);

void sign_key_public(const struct sign_key *k, char out[SIGN_PUBLIC_BYTES]);
void sign_key_sign(const struct sign_key *k, const char *text, size_t bytes, char out[SIGN_BYTES]);

bool sign_is_public(const char *text); /* 64 lower-case hex digits */
/* Whether this signature was made of this text with the secret half of that key; false for texts that are none. */
bool sign_check(const char *public_key, const char *text, size_t bytes, const char *signature);

#endif
