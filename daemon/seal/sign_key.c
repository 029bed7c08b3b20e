#include "seal/sign_key.h"

#include "base/mem.h"
#include "seal/key_text.h"
#include "seal/vault.h"

#include <sodium.h>
#include <string.h>

struct sign_key {
	unsigned char secret[crypto_sign_SECRETKEYBYTES], public[crypto_sign_PUBLICKEYBYTES];
};

/* The 64 digits behind `sign`, cut off there; NULL when the file has not exactly one such line. */
static char *find_secret(char *text)
{
	char *found = NULL, *rest = text;
	for (char *line; (line = strsep(&rest, "\n"));) {
		line[strcspn(line, "\r")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (found || strncmp(line, "sign ", 5) != 0)
			return NULL;
		found = line + 5;
	}
	return found;
}

struct sign_key *sign_key_load(const char *path, struct buf *why)
{
	unsigned char seed[crypto_sign_SEEDBYTES];
	char *text = key_text_read(path, why);
	if (!text)
		return NULL;
	size_t text_bytes = strlen(text);
	char *hex = find_secret(text);
	struct sign_key *k = NULL;
	if (hex && key_text_hex(hex, seed)) {
		k = mem_zalloc(sizeof *k);
		sodium_mlock(k, sizeof *k);
		crypto_sign_seed_keypair(k->public, k->secret, seed);
	} else {
		key_text_complain(why, path, "a signing key is one line `sign HEX`, 64 hexadecimal digits");
	}
	sodium_memzero(seed, sizeof seed);
	sodium_memzero(text, text_bytes); /* cut into lines by now */
	mem_free(text);
	return k;
}

void sign_key_free(struct sign_key *k)
{
	if (k)
		sodium_munlock(k, sizeof *k); /* which wipes */
	mem_free(k);
}

int sign_key_new(const char *path, struct buf *why)
{
	struct buf text = { 0 };
	buf_grow(&text, KEY_TEXT_MAX_BYTES);
	buf_adds(&text,
	         "# Secret half of the key that signs results (listingctl key new --signing). Keep it apart and let\n"
	         "# nobody have it; `listingctl key public` prints the half that is for everybody.\nsign ");
	key_text_put_secret(&text);
	buf_addc(&text, '\n');
	int err = key_text_write(path, NULL, &text, why);
	key_text_wipe(&text);
	return err;
}

void sign_key_public(const struct sign_key *k, char out[SIGN_PUBLIC_BYTES])
{
	sodium_bin2hex(out, SIGN_PUBLIC_BYTES, k->public, sizeof k->public);
}

void sign_key_sign(const struct sign_key *k, const char *text, size_t bytes, char out[SIGN_BYTES])
{
	unsigned char raw[crypto_sign_BYTES];
	crypto_sign_detached(raw, NULL, (const unsigned char *)text, bytes, k->secret);
	sodium_bin2hex(out, SIGN_BYTES, raw, sizeof raw);
}

static bool read_exactly(const char *hex, unsigned char *out, size_t bytes)
{
	size_t n = 0;
	return strlen(hex) == 2 * bytes && strspn(hex, "0123456789abcdef") == 2 * bytes &&
	       sodium_hex2bin(out, bytes, hex, 2 * bytes, NULL, &n, NULL) == 0 && n == bytes;
}

bool sign_is_public(const char *text)
{
	unsigned char raw[crypto_sign_PUBLICKEYBYTES];
	return read_exactly(text, raw, sizeof raw);
}

bool sign_check(const char *public_key, const char *text, size_t bytes, const char *signature)
{
	unsigned char key[crypto_sign_PUBLICKEYBYTES], raw[crypto_sign_BYTES];
	return read_exactly(public_key, key, sizeof key) && read_exactly(signature, raw, sizeof raw) &&
	       crypto_sign_verify_detached(raw, (const unsigned char *)text, bytes, key) == 0;
}
