/* The signatures that receivers check: HMAC-SHA256 in the two forms that they ask for. */
#ifndef OUTBOUND_SIGNATURE_H
#define OUTBOUND_SIGNATURE_H

#include "base/buf.h"

#include <stdint.h>

enum { SIGNATURE_BYTES = 32 };

/* HMAC-SHA256 (RFC 2104) with a key of any length. */
void hmac_sha256(const char *key, size_t key_bytes, const void *data, size_t bytes, unsigned char out[SIGNATURE_BYTES]);

/* Of a webhook: appends `v1=<hex of HMAC-SHA256(secret, timestamp "." body)>`. */
void signature_webhook(struct buf *out, const char *secret, int64_t timestamp_ms, const char *body, size_t bytes);
/* Of a DingTalk robot: appends `timestamp=…&sign=…` for the query; sign is the URL-encoded base64 of
 * HMAC-SHA256(secret, timestamp "\n" secret). */
void signature_dingtalk(struct buf *out, const char *secret, int64_t timestamp_ms);

#endif
