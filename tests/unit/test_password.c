#include "seal/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const unsigned char salt[PASSWORD_SALT_BYTES] = "sixteen bytes of";

static void a_hash_is_one_of_its_password_only(void **state)
{
	(void)state;
	char hash[PASSWORD_HASH_BYTES], again[PASSWORD_HASH_BYTES];
	assert_true(password_hash("correct horse", salt, hash));
	assert_memory_equal(hash, "$y$", 3);
	assert_null(strstr(hash, "horse"));
	assert_true(password_matches("correct horse", hash));
	assert_false(password_matches("correct horsf", hash));
	assert_false(password_matches("", hash));
	assert_true(password_hash("correct horse", salt, again));
	assert_string_equal(again, hash); /* the same salt: the same hash */
}

static void what_is_no_hash_matches_nothing(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "*", "x", "$y$", "$6$short", "correct horse" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(password_matches("correct horse", bad[i]));
	assert_false(password_matches("correct horse", NULL));
}

static void length_counts_in_characters_and_is_bounded_in_bytes(void **state)
{
	(void)state;
	char longest[PASSWORD_MAX_BYTES + 2] = "";
	assert_false(password_is_acceptable(""));
	assert_false(password_is_acceptable("1234567"));
	assert_true(password_is_acceptable("12345678"));
	assert_false(password_is_acceptable("夜莺夜莺夜莺夜"));
	assert_true(password_is_acceptable("夜莺夜莺夜莺夜莺"));
	memset(longest, 'x', PASSWORD_MAX_BYTES);
	assert_true(password_is_acceptable(longest));
	longest[PASSWORD_MAX_BYTES] = 'x';
	assert_false(password_is_acceptable(longest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_is_one_of_its_password_only),
		cmocka_unit_test(what_is_no_hash_matches_nothing),
		cmocka_unit_test(length_counts_in_characters_and_is_bounded_in_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
