#include "outbound/signature.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

void hmac_sha256(const char *key, size_t key_bytes, const void *data, size_t bytes, unsigned char out[SIGNATURE_BYTES])
{
	/* The incremental form, because crypto_auth_hmacsha256 takes keys of 32 bytes only. */
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, key_bytes);
	crypto_auth_hmacsha256_update(&state, data, bytes);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof state);
}

void signature_webhook(struct buf *out, const char *secret, int64_t timestamp_ms, const char *body, size_t bytes)
{
	unsigned char sum[SIGNATURE_BYTES];
	char hex[2 * SIGNATURE_BYTES + 1];
	struct buf sealed = { 0 };
	buf_addf(&sealed, "%lld.", (long long)timestamp_ms);
	buf_add(&sealed, body, bytes);
	hmac_sha256(secret, strlen(secret), sealed.data, sealed.len_bytes, sum);
	buf_fini(&sealed);
	buf_addf(out, "v1=%s", sodium_bin2hex(hex, sizeof hex, sum, sizeof sum));
}

void signature_dingtalk(struct buf *out, const char *secret, int64_t timestamp_ms)
{
	unsigned char sum[SIGNATURE_BYTES];
	char base64[64];
	struct buf text = { 0 };
	buf_addf(&text, "%lld\n%s", (long long)timestamp_ms, secret);
	hmac_sha256(secret, strlen(secret), text.data, text.len_bytes, sum);
	sodium_memzero(text.data, text.len_bytes);
	buf_fini(&text);
	sodium_bin2base64(base64, sizeof base64, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL);
	buf_addf(out, "timestamp=%lld&sign=", (long long)timestamp_ms);
	for (const char *p = base64; *p; p++)
		if (isalnum((unsigned char)*p))
			buf_addc(out, *p);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
}
