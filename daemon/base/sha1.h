/* SHA-1 (RFC 3174), for one purpose: following the hash chain of the audit trail, which Redis makes with its own SHA-1.
 * Not for signatures or passwords. */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include <stddef.h>

enum { SHA1_HEX_BYTES = 41 };

/* Forty lower-case hex digits and a NUL. */
void sha1_hex(const void *data, size_t bytes, char out[SHA1_HEX_BYTES]);

#endif
