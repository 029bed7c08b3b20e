#include "base/sha1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

/* The vectors of RFC 3174, section 7.3, and the lengths at which the padding changes. */
static void agrees_with_the_vectors_of_the_rfc(void **state)
{
	(void)state;
	char out[SHA1_HEX_BYTES], million[1000];

	sha1_hex("abc", 3, out);
	assert_string_equal(out, "a9993e364706816aba3e25717850c26c9cd0d89d");
	sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
	assert_string_equal(out, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	sha1_hex("", 0, out);
	assert_string_equal(out, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	memset(million, 'a', sizeof million);
	sha1_hex(million, 55, out);
	assert_string_equal(out, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
	sha1_hex(million, 64, out);
	assert_string_equal(out, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
	sha1_hex(million, 1000, out);
	assert_string_equal(out, "291e9a6c66994949b57ba5e650361e98fc36b1ba");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_vectors_of_the_rfc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
