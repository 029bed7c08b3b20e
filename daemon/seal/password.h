/* Passwords as they are kept: yescrypt hashes of crypt(5).
 *
 * Hashing takes some 55 ms on purpose (dear for whoever guesses, bearable for whoever signs in): never on the loop. */
#ifndef SEAL_PASSWORD_H
#define SEAL_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_MIN_CHARS = 8, PASSWORD_MAX_BYTES = 512, PASSWORD_SALT_BYTES = 16, PASSWORD_HASH_BYTES = 384 };

/* Of at least PASSWORD_MIN_CHARS characters (of UTF-8) and at most PASSWORD_MAX_BYTES. */
bool password_is_acceptable(const char *password);

/* False when this machine's libcrypt cannot; `out` is then empty. */
bool password_hash(const char *password, const unsigned char salt[PASSWORD_SALT_BYTES], char out[PASSWORD_HASH_BYTES]);

/* Whether the hash is one of this password. NULL, for an account that there is not, takes as long as a wrong password. */
bool password_matches(const char *password, const char *hash);

#endif
