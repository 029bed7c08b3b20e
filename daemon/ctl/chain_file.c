#include "ctl/chain_file.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char hash_head[] = ",\"hash\":\"", sign_head[] = "\",\"signature\":\"", tail[] = "\"}";

enum {
	HASH_DIGITS = CHAIN_HASH_BYTES - 1,
	SIGN_DIGITS = SIGN_BYTES - 1,
	HASH_TAIL = sizeof hash_head - 1 + HASH_DIGITS + sizeof tail - 1,
	SIGN_TAIL = sizeof sign_head - 1 + SIGN_DIGITS,
};

void chain_begin(struct chain *c)
{
	memset(c->hash, '0', HASH_DIGITS);
	c->hash[HASH_DIGITS] = '\0';
	c->lines = 0;
}

static void sum(const char *before, const char *text, char out[CHAIN_HASH_BYTES])
{
	unsigned char raw[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state s;

	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, (const unsigned char *)before, HASH_DIGITS);
	crypto_hash_sha256_update(&s, (const unsigned char *)"\n", 1);
	crypto_hash_sha256_update(&s, (const unsigned char *)text, strlen(text));
	crypto_hash_sha256_final(&s, raw);
	sodium_bin2hex(out, CHAIN_HASH_BYTES, raw, sizeof raw);
}

/* What is signed: the name of the format keeps a signature from being taken for one of something else. */
static size_t signed_text(const char *hash, char out[128])
{
	return (size_t)snprintf(out, 128, "listingd.result.v1\n%s", hash);
}

void chain_put(struct chain *c, struct buf *out, const char *text, const struct sign_key *key)
{
	char signature[SIGN_BYTES], what[128];

	sum(c->hash, text, c->hash);
	c->lines++;
	buf_add(out, text, strlen(text) - 1);
	buf_addf(out, "%s%s", hash_head, c->hash);
	if (key) {
		sign_key_sign(key, what, signed_text(c->hash, what), signature);
		buf_addf(out, "%s%s", sign_head, signature);
	}
	buf_addf(out, "%s\n", tail);
}

static bool is_hex(const char *text, size_t digits) { return strspn(text, "0123456789abcdef") >= digits; }

bool chain_take(struct chain *c, char *line, struct chain_line *out)
{
	size_t bytes = strlen(line);
	char own[CHAIN_HASH_BYTES];

	*out = (struct chain_line){ .text = line, .signature = "" };
	if (bytes < HASH_TAIL + 2 || strcmp(line + bytes - 2, tail) != 0)
		return false;
	if (bytes > HASH_TAIL + SIGN_TAIL + 2) {
		char *head = line + bytes - 2 - SIGN_TAIL;

		if (memcmp(head, sign_head, sizeof sign_head - 1) == 0 && is_hex(head + sizeof sign_head - 1, SIGN_DIGITS)) {
			line[bytes - 2] = '\0';
			out->signature = head + sizeof sign_head - 1;
			memcpy(head, tail, 2);
			bytes -= SIGN_TAIL;
		}
	}
	char *head = line + bytes - HASH_TAIL, *hash = head + sizeof hash_head - 1;
	if (memcmp(head, hash_head, sizeof hash_head - 1) != 0 || !is_hex(hash, HASH_DIGITS))
		return false;
	hash[HASH_DIGITS] = '\0';
	out->hash = hash;
	head[0] = '}';
	head[1] = '\0';
	sum(c->hash, line, own);
	out->fits = strcmp(own, hash) == 0;
	/* On with what stands there, so that one changed line is one problem. */
	memcpy(c->hash, hash, CHAIN_HASH_BYTES);
	c->lines++;
	return true;
}

bool chain_is_signed(const struct chain_line *l, const char *public_key)
{
	char what[128];

	return sign_check(public_key, what, signed_text(l->hash, what), l->signature);
}
