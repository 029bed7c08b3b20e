#include "core/person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

typedef const char *(*reader)(const char *, char[PERSON_BYTES]);

/* normal NULL: refused, and the sentence does not repeat what was read. */
struct sample {
	const char *text, *normal;
};

static void check(reader read, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char out[PERSON_BYTES];
		const char *bad = read(samples[i].text, out);
		if (!bad != !!samples[i].normal || strcmp(out, samples[i].normal ? samples[i].normal : "") != 0)
			fail_msg("\"%s\" became \"%s\" (%s)", samples[i].text, out, bad ? bad : "fine");
		if (bad)
			assert_null(strstr(bad, samples[i].text[0] ? samples[i].text : "\n"));
	}
}

static void a_telephone_number_has_one_form_however_it_is_written(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ "13900001111", "13900001111" },
		{ " 139 0000 1111 ", "13900001111" },
		{ "139-0000-1111", "13900001111" },
		{ "+86 139 0000 1111", "13900001111" },
		{ "008613900001111", "13900001111" },
		{ "8613900001111", "13900001111" },
		{ "+8613900001111", "13900001111" },
		{ "\xef\xbc\x8b\xef\xbc\x98\xef\xbc\x96 139\xe3\x80\x80"
		  "00001111",
		  "13900001111" }, /* +86, ideographic space */
		{ "139\xe2\x80\x93"
		  "0000\xe2\x80\x94"
		  "1111",
		  "13900001111" },
		{ "(0755) 8888-6666", "075588886666" },
		{ "88886666", "88886666" },
		{ "+852 2345 6789", "+85223456789" },
		{ "", "" },
		{ "  ", "" },
		{ "1390000111", NULL },
		{ "139000011112", NULL },
		{ "12345", NULL },
		{ "123456789012345678901", NULL },
		{ "1390000111a", NULL },
		{ "+86", NULL },
		{ "王某", NULL },
		{ "139\n00001111", NULL },
		{ "999999999999999999999999999999999999999999999999", NULL },
		{ "\xef\xbc", NULL },
		{ "\xff", NULL },
	};
	check(person_phone, samples, sizeof samples / sizeof samples[0]);
}

static void a_card_number_has_one_form_and_a_right_check_digit(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ "11010519491231002X", "11010519491231002X" }, /* the example of the standard */
		{ "11010519491231002x", "11010519491231002X" },
		{ "110105 19491231 002X", "11010519491231002X" },
		{ "110105-19491231-002X", "11010519491231002X" },
		{ "\xef\xbc\x91\xef\xbc\x91"
		  "010519491231002\xef\xbd\x98",
		  "11010519491231002X" },
		{ "440524188001010014", "440524188001010014" },
		{ "110105491231002", "110105491231002" }, /* old card */
		{ "E12345678", "E12345678" },
		{ "h1234567", "H1234567" },
		{ "A-12-345", "A-12-345" },
		{ "", "" },
		{ "110105194912310021", NULL }, /* check digit */
		{ "11010519491231020X", NULL },
		{ "11010519491231002", NULL }, /* one short */
		{ "1101051949123100222", NULL },
		{ "1234", NULL },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXY", NULL },
		{ "E123/456", NULL },
		{ "护照123456", NULL },
	};
	check(person_card, samples, sizeof samples / sizeof samples[0]);
}

static void every_wrong_check_digit_is_found(void **state)
{
	(void)state;
	char text[] = "110105194912310020", out[PERSON_BYTES];
	unsigned right = 0;
	for (const char *p = "0123456789X"; *p; p++) {
		text[17] = *p;
		right += person_card(text, out) == NULL;
	}
	assert_int_equal(right, 1);
}

static void masks_leave_enough_to_recognise_and_not_to_use(void **state)
{
	(void)state;
	static const struct {
		void (*mask)(const char *, char[PERSON_BYTES]);
		const char *text, *masked;
	} cases[] = {
		{ person_mask_phone, "13900001111", "139****1111" },
		{ person_mask_phone, "075588886666", "075****6666" },
		{ person_mask_phone, "88886666", "****6666" },
		{ person_mask_phone, "123456", "****" },
		{ person_mask_phone, "", "" },
		{ person_mask_card, "11010519491231002X", "1101**********002X" },
		{ person_mask_card, "110105491231002", "1101*******1002" },
		{ person_mask_card, "E12345678", "****5678" },
		{ person_mask_card, "E1234", "****" },
		{ person_mask_card, "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char out[PERSON_BYTES];
		cases[i].mask(cases[i].text, out);
		assert_string_equal(out, cases[i].masked);
	}
}

static void a_one_time_code_has_one_form_however_it_is_written(void **state)
{
	(void)state;
	static const struct sample samples[] = {
		{ "AB2C-3DEF", "AB2C3DEF" },
		{ " ab2c 3def ", "AB2C3DEF" },
		{ "123456", "123456" },
		{ "", "" },
		{ "12345", NULL },
		{ "12345678901234567", NULL },
		{ "AB2C_3DEF", NULL },
		{ "验证码123", NULL },
		{ "\xef\xbc\xa1\xef\xbc\xa2"
		  "2C3DEF",
		  "AB2C3DEF" },
	};
	check(person_code, samples, sizeof samples / sizeof samples[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_one_time_code_has_one_form_however_it_is_written),
		cmocka_unit_test(a_telephone_number_has_one_form_however_it_is_written),
		cmocka_unit_test(a_card_number_has_one_form_and_a_right_check_digit),
		cmocka_unit_test(every_wrong_check_digit_is_found),
		cmocka_unit_test(masks_leave_enough_to_recognise_and_not_to_use),
	};
	return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}
