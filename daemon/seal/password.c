#include "seal/password.h"

#include "base/mem.h"

#include <crypt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { YESCRYPT_COST = 6 };

_Static_assert((int)PASSWORD_HASH_BYTES >= CRYPT_OUTPUT_SIZE, "a hash fits");

/* A hash of nothing anybody knows, of the same cost. */
static const char nobody[] =
	"$y$jAT$kDLAa.yz5TvfywYLSoUp71uEW6.OSR0JrtXy6T9N177$mqprtg6Yq4tk8lMnLwXcBQuqmiblZxhC3L01KLqukFA";

bool password_is_acceptable(const char *password)
{
	size_t characters = 0;

	for (const char *p = password; *p; p++)
		characters += ((unsigned char)*p & 0xc0) != 0x80;
	return characters >= PASSWORD_MIN_CHARS && strlen(password) <= PASSWORD_MAX_BYTES;
}

bool password_hash(const char *password, const unsigned char salt[PASSWORD_SALT_BYTES], char out[PASSWORD_HASH_BYTES])
{
	struct crypt_data *data = mem_zalloc(sizeof *data);
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash = NULL;

	if (crypt_gensalt_rn("$y$", YESCRYPT_COST, (const char *)salt, PASSWORD_SALT_BYTES, setting, sizeof setting))
		hash = crypt_rn(password, setting, data, sizeof *data);
	snprintf(out, PASSWORD_HASH_BYTES, "%s", hash ? hash : "");
	sodium_memzero(data, sizeof *data);
	mem_free(data);
	return *out != '\0';
}

bool password_matches(const char *password, const char *hash)
{
	struct crypt_data *data = mem_zalloc(sizeof *data);
	const char *expected = hash ? hash : nobody;
	const char *got = crypt_rn(password, expected, data, sizeof *data);
	bool same = got && hash && strlen(got) == strlen(hash) && sodium_memcmp(got, hash, strlen(got)) == 0;

	sodium_memzero(data, sizeof *data);
	mem_free(data);
	return same;
}
