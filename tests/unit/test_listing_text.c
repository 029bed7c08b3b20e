/* Cells of listing files: numbers, text, positions, encodings. */
#include "base/mem.h"
#include "listing/decimal.h"
#include "listing/encoding.h"
#include "listing/normalise.h"
#include "listing/position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void reads(const char *text, enum quantity quantity, unsigned times, int64_t micro)
{
	struct decimal d = { 0, 0 };
	const char *why = decimal_parse(text, quantity, times, &d);

	if (why)
		fail_msg("\"%s\" is refused: %s", text, why);
	if (d.micro != micro)
		fail_msg("\"%s\" is read as %lld", text, (long long)d.micro);
}

static void numbers_are_read_as_people_and_spreadsheets_write_them(void **state)
{
	(void)state;
	reads("52229.87", QUANTITY_MONEY, 1, 52229870000);
	reads("52229.870000000003", QUANTITY_MONEY, 1, 52229870000);
	reads("6,104,507", QUANTITY_MONEY, 1, 6104507000000);
	reads("6.104507E6", QUANTITY_MONEY, 1, 6104507000000);
	reads("¥6104507.00元", QUANTITY_MONEY, 1, 6104507000000);
	reads("610.4507万元", QUANTITY_MONEY, 1, 6104507000000);
	reads("610.4507", QUANTITY_MONEY, 10000, 6104507000000);
	reads("125.53m2", QUANTITY_AREA, 1, 125530000);
	reads("0", QUANTITY_MONEY, 1, 0);
}

static void what_is_no_number_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "",    "-1",  "(5)", "abc",  "1.2.3",
		                                 "1 2", "1,2", "5套", "1e99", "9999999999999999",
		                                 ".",   "NaN", "0x10" };
	struct decimal d;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!decimal_parse(wrong[i], QUANTITY_MONEY, 1, &d))
			fail_msg("\"%s\" is read as %lld", wrong[i], (long long)d.micro);
}

static void products_are_rounded_half_up_once(void **state)
{
	(void)state;
	struct decimal price = { 52229870000, 2 }, area = { 125530000, 2 }, half = { 5000, 3 }, one = { DECIMAL_ONE, 0 };
	char text[64];

	assert_int_equal(decimal_product_fen(price, area), 655641558); /* 6,556,415.5811 */
	assert_int_equal(decimal_product_fen(half, one), 1);
	assert_int_equal(decimal_fen(half), 1);
	assert_int_equal(decimal_quotient((struct decimal){ 6104507000000, 0 }, (struct decimal){ 48630000000, 0 }).micro,
	                 125530000);
	decimal_fen_text(213426165666, text, sizeof text);
	assert_string_equal(text, "2,134,261,656.66");
	decimal_text((struct decimal){ 98900000, 2 }, text, sizeof text);
	assert_string_equal(text, "98.9");
}

static void becomes(const char *raw, const char *expected)
{
	char *clean = normalise_text(raw);

	assert_string_equal(clean, expected);
	mem_free(clean);
}

static void cells_come_into_one_form(void **state)
{
	(void)state;
	char name[64], unit[64], whole[] = "301.0";

	becomes("  １２５.５３\xe3\x80\x80㎡ ", "125.53 m2");
	becomes("备案总价(万元)", "备案总价(万元)");
	becomes("【总价】", "(总价)");
	becomes("\xef\xbb\xbf楼栋\xe2\x80\x8b", "楼栋");
	becomes("－－", "--");
	assert_true(normalise_is_blank("--"));
	assert_true(normalise_is_blank(""));
	assert_true(normalise_is_blank("无"));
	assert_false(normalise_is_blank("0"));
	normalise_name("备案 总价(万元)", name, sizeof name, unit, sizeof unit);
	assert_string_equal(name, "备案总价");
	assert_string_equal(unit, "万元");
	normalise_whole(whole);
	assert_string_equal(whole, "301");
}

static void lies(const char *building, const char *entrance, const char *floor, const char *room, const char *id)
{
	struct position_cells cells = { building, entrance, floor, room };
	struct position at;
	char which;
	const char *why = position_read(&cells, &at, &which);

	if (!id) {
		assert_non_null(why);
		return;
	}
	if (why)
		fail_msg("%s %s %s %s is refused: %s", building, entrance, floor, room, why);
	assert_string_equal(at.id, id);
}

static void one_home_has_one_id_however_it_is_written(void **state)
{
	(void)state;
	lies("松风明月花园3栋", "1单元", "3", "01", "3-1-301");
	lies("松风明月花园3栋1单元", NULL, "3", "1", "3-1-301");
	lies("3", "1", "3层", "301.0", "3-1-301");
	lies("3号楼", "一单元", "三层", "0301", "3-1-301");
	lies("松风明月花园6栋--", "", "12", "6", "6-1206");
	lies("6栋", "--", "12F", "1206室", "6-1206");
	lies("二期3栋", "", "3", "301", "二期3-301");
	lies("Building 3", "Unit 1", "Floor 3", "1", "3-1-301");
	lies("", "", "", "3-1-301", "3-1-301");
	lies("4栋", "", "", "3-1-301", NULL);
	lies("3栋", "", "", "", NULL);
	lies("3栋", "", "", "1", NULL);
	lies("", "", "3", "301", NULL);
	lies("3栋", "", "3", "2024/1/1", NULL);
}

static void encodings_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *name, *text;
	} cases[] = {
		{ "楼栋", "UTF-8", "楼栋" },
		{ "\xef\xbb\xbf楼栋", "UTF-8 with BOM", "楼栋" },
		{ "\xc2\xa5\xb6\xb0", "GB18030", "楼栋" },
		{ "a,b", "UTF-8", "a,b" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf out = { 0 };
		const char *name, *why;

		assert_int_equal(encoding_to_utf8(cases[i].bytes, strlen(cases[i].bytes), &out, &name, &why), 0);
		assert_string_equal(name, cases[i].name);
		assert_string_equal(buf_str(&out), cases[i].text);
		buf_fini(&out);
	}
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	(void)state;
	struct buf out = { 0 };
	const char *name, *why;

	assert_int_not_equal(encoding_to_utf8("a\0b\xff", 4, &out, &name, &why), 0);
	assert_false(encoding_is_utf8("\xc0\x80", 2));
	assert_false(encoding_is_utf8("\xed\xa0\x80", 3));
	assert_false(encoding_is_utf8("\xf4\x90\x80\x80", 4));
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_people_and_spreadsheets_write_them),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(products_are_rounded_half_up_once),
		cmocka_unit_test(cells_come_into_one_form),
		cmocka_unit_test(one_home_has_one_id_however_it_is_written),
		cmocka_unit_test(encodings_are_told_apart),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
