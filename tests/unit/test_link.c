/* Signed links: which keys are taken, which tokens open, and what their claims must say. */
#include "base/buf.h"
#include "base/mem.h"
#include "seal/link_key.h"
#include "wire/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define P256                                                             \
	"-----BEGIN PUBLIC KEY-----\n"                                       \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\n" \
	"q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==\n"     \
	"-----END PUBLIC KEY-----\n"

static struct link_key *load(const char *text, mode_t mode, const char *alg, struct buf *why)
{
	char path[] = "/tmp/listingd-link-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fchmod(fd, mode);
	close(fd);
	struct link_key *k = link_key_load(path, alg, why);
	unlink(path);
	return k;
}

static void refuses_key(const char *text, mode_t mode, const char *alg, const char *sentence)
{
	struct buf why = { 0 };
	assert_null(load(text, mode, alg, &why));
	if (!strstr(buf_str(&why), sentence))
		fail_msg("\"%s\" does not say \"%s\"", buf_str(&why), sentence);
	assert_null(strstr(buf_str(&why), "0123456789"));
	buf_fini(&why);
}

static void a_key_that_could_not_be_used_or_that_others_know_is_refused(void **state)
{
	(void)state;
	refuses_key(SECRET, 0640, "HS256", "mode 640");
	refuses_key("0123456789", 0600, "HS256", "32 bytes");
	refuses_key("0123456789abcdef0123456789abcde\n\n\n", 0600, "HS256", "32 bytes");
	refuses_key(P256, 0600, "HS256", "PEM");
	refuses_key(P256, 0644, "RS256", "RSA");
	refuses_key(P256, 0664, "ES256", "mode 664");
	refuses_key(SECRET, 0600, "ES256", "no public key");
	struct buf why = { 0 };
	struct link_key *k = load(P256, 0644, "ES256", &why);
	assert_non_null(k);
	link_key_free(k);
	link_key_free(NULL);
}

/* --- tokens */

static char *base64(const void *bytes, size_t n)
{
	size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = mem_alloc(room);
	return sodium_bin2base64(text, room, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static char *token(const char *header, const char *payload, const char *secret)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;
	char *h = base64(header, strlen(header)), *p = base64(payload, strlen(payload));
	char *body = mem_printf("%s.%s", h, p);
	crypto_auth_hmacsha256_init(&s, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&s, (const unsigned char *)body, strlen(body));
	crypto_auth_hmacsha256_final(&s, mac);
	char *m = base64(mac, sizeof mac), *all = mem_printf("%s.%s", body, m);
	mem_free(h);
	mem_free(p);
	mem_free(body);
	mem_free(m);
	return all;
}

static struct link_key *hs256(void)
{
	struct buf why = { 0 };
	struct link_key *k = load(SECRET "\n", 0600, "HS256", &why);
	if (!k)
		fail_msg("%s", buf_str(&why));
	return k;
}

static bool opens(const struct link_key *k, const char *text)
{
	const char *why = NULL;
	char *payload = link_key_open(k, text, &why);
	assert_true(!payload == !!why);
	mem_free(payload);
	return !why;
}

static bool opens_header(const struct link_key *k, const char *header)
{
	char *t = token(header, "{\"jti\":\"1\"}", SECRET);
	bool yes = opens(k, t);
	mem_free(t);
	return yes;
}

static void only_the_algorithm_of_the_settings_is_taken(void **state)
{
	(void)state;
	struct link_key *k = hs256();
	assert_true(opens_header(k, "{\"alg\":\"HS256\"}"));
	assert_true(opens_header(k, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
	static const char *const wrong[] = {
		"{\"alg\":\"none\"}",
		"{\"alg\":\"None\"}",
		"{\"alg\":\"hs256\"}",
		"{\"alg\":\"HS384\"}",
		"{\"alg\":\"RS256\"}",
		"{\"alg\":[\"HS256\"]}",
		"{\"typ\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"typ\":\"JWE\"}",
		"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
		"[]",
		"\"HS256\"",
		"x",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (opens_header(k, wrong[i]))
			fail_msg("%s was taken", wrong[i]);
	link_key_free(k);
}

static void nothing_but_the_very_token_opens(void **state)
{
	(void)state;
	struct link_key *k = hs256();
	char *good = token("{\"alg\":\"HS256\"}", "{\"jti\":\"1\",\"phone\":\"13900000000\"}", SECRET);
	assert_true(opens(k, good));
	for (size_t i = 0; good[i]; i++) {
		char was = good[i];
		/* The last letter holds bits that nothing decodes: it need not be the same. */
		for (const char *other = ".=A9-\x7f "; *other && good[i + 1]; other++) {
			good[i] = *other;
			if (*other != was && opens(k, good))
				fail_msg("byte %zu as %c opens", i, *other);
		}
		good[i] = '\0';
		assert_false(opens(k, good));
		good[i] = was;
	}
	char *foreign = token("{\"alg\":\"HS256\"}", "{}", "another secret of thirty-two bytes");
	assert_false(opens(k, foreign));
	char *unsigned_token = mem_printf("%.*s.", (int)(strrchr(good, '.') - good), good);
	assert_false(opens(k, unsigned_token));
	char *twice = mem_printf("%s.%s", good, good);
	assert_false(opens(k, twice));
	mem_free(good);
	mem_free(foreign);
	mem_free(unsigned_token);
	mem_free(twice);
	link_key_free(k);
}

static void an_endless_token_is_refused_at_once(void **state)
{
	(void)state;
	struct link_key *k = hs256();
	char *payload = mem_alloc(4001);
	memset(payload, ' ', 4000);
	payload[4000] = '\0';
	char *t = token("{\"alg\":\"HS256\"}", payload, SECRET);
	assert_true(strlen(t) > 4096);
	assert_false(opens(k, t));
	mem_free(t);
	mem_free(payload);
	link_key_free(k);
}

/* --- claims */

enum { NOW_S = 1800000000 };

static const char *claim(const char *text)
{
	struct link_claims claims;
	const char *why = NULL;
	int err = link_claims_decode(text, strlen(text), "listing", (int64_t)NOW_S * 1000, &claims, &why);
	assert_int_equal(err, why ? LD_E_BAD_CREDENTIALS : 0);
	if (!why)
		assert_string_equal(claims.phone, "13900000000");
	return why ? why : "good";
}

#define WHO "\"jti\":\"j1\",\"project\":\"p1\",\"phone\":\"13900000000\""
#define GOOD "\"aud\":\"listing\",\"exp\":1800000060," WHO

static void the_claims_must_be_there_and_good_now(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "{" GOOD "}", "good" },
		{ "{" GOOD ",\"iat\":1800000060,\"nbf\":1800000060}", "good" },
		{ "{\"aud\":[\"x\",\"listing\"],\"exp\":1800086400," WHO "}", "good" },
		{ "{" GOOD ",\"iat\":1800000061}", "it is not good yet" },
		{ "{" GOOD ",\"nbf\":1800000061}", "it is not good yet" },
		{ "{" GOOD ",\"nbf\":\"now\"}", "it is not good yet" },
		{ "{\"exp\":1800000060," WHO "}", "another audience" },
		{ "{\"aud\":\"listings\",\"exp\":1800000060," WHO "}", "another audience" },
		{ "{\"aud\":[[\"listing\"]],\"exp\":1800000060," WHO "}", "another audience" },
		{ "{\"aud\":\"listing\"," WHO "}", "no time of expiry" },
		{ "{\"aud\":\"listing\",\"exp\":\"1800000060\"," WHO "}", "no time of expiry" },
		{ "{\"aud\":\"listing\",\"exp\":1800000060.5," WHO "}", "no time of expiry" },
		{ "{\"aud\":\"listing\",\"exp\":1800000000," WHO "}", "it has expired" },
		{ "{\"aud\":\"listing\",\"exp\":-1," WHO "}", "it has expired" },
		{ "{\"aud\":\"listing\",\"exp\":1800086401," WHO "}", "it is good for too long" },
		{ "{\"aud\":\"listing\",\"exp\":1800000060,\"project\":\"p1\",\"phone\":\"1\"}", "no jti" },
		{ "{\"aud\":\"listing\",\"exp\":1800000060,\"jti\":\"\",\"project\":\"p1\",\"phone\":\"1\"}", "no jti" },
		{ "{\"aud\":\"listing\",\"exp\":1800000060,\"jti\":5,\"project\":\"p1\",\"phone\":\"1\"}", "no jti" },
		{ "{\"aud\":\"listing\",\"exp\":1800000060,\"jti\":\"1\",\"phone\":\"1\"}", "no project or no phone" },
		{ "{\"aud\":\"listing\",\"exp\":1800000060,\"jti\":\"1\",\"project\":\"p1\"}", "no project or no phone" },
		{ "[]", "its claims are no JSON object" },
		{ "", "its claims are no JSON object" },
		{ "{" GOOD ",\"exp\":1800000061}", "its claims are no JSON object" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (strcmp(claim(cases[i].text), cases[i].why) != 0)
			fail_msg("%s: %s", cases[i].text, claim(cases[i].text));
}

static void what_is_longer_than_it_may_be_is_not_there(void **state)
{
	(void)state;
	char jti[200] = "";
	memset(jti, 'j', LINK_CLAIM_BYTES);
	char *text =
		mem_printf("{\"aud\":\"listing\",\"exp\":1800000060,\"jti\":\"%s\",\"project\":\"p\",\"phone\":\"1\"}", jti);
	assert_string_equal(claim(text), "no jti");
	mem_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_could_not_be_used_or_that_others_know_is_refused),
		cmocka_unit_test(only_the_algorithm_of_the_settings_is_taken),
		cmocka_unit_test(nothing_but_the_very_token_opens),
		cmocka_unit_test(an_endless_token_is_refused_at_once),
		cmocka_unit_test(the_claims_must_be_there_and_good_now),
		cmocka_unit_test(what_is_longer_than_it_may_be_is_not_there),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
