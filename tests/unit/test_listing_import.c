/* Listing files, whole: tables, mapping, both layouts, problems, and the two real files where they are at hand. */
#include "base/mem.h"
#include "listing/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int load(struct listing *l, const char *text)
{
	char path[] = "/tmp/listingd-listing-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	int result = listing_read(path, l);
	unlink(path);
	return result;
}

static void is_unit(const struct listing *l, size_t i, const char *json)
{
	assert_true(i < l->count);
	char *own = listing_unit_json(&l->units[i]);
	assert_string_equal(own, json);
	mem_free(own);
}

static void says(const struct listing *l, bool error, const char *where, const char *what)
{
	char at[256];

	for (size_t i = 0; i < l->problem_count; i++) {
		listing_where(l, &l->problems[i], at, sizeof at);
		if (l->problems[i].error == error && strcmp(at, where) == 0 && strstr(l->problems[i].what, what))
			return;
	}
	for (size_t i = 0; i < l->problem_count; i++) {
		listing_where(l, &l->problems[i], at, sizeof at);
		print_message("%s: %s\n", at, l->problems[i].what);
	}
	fail_msg("no %s at %s says \"%s\"", error ? "error" : "warning", where, what);
}

#define SMALL                                                                                                               \
	"{\"id\":\"1-301\",\"building\":\"1栋\",\"entrance\":\"\",\"floor\":\"3\",\"room\":\"301\",\"type\":\"三房两厅\"," \
	"\"gross_area\":\"100.5\",\"inside_area\":\"80.1\",\"list_price_fen\":500000000,\"type_derived\":false}"

static void one_list_reads_the_same_in_every_notation(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"楼栋,单元,楼层,房号,户型,建筑面积,套内面积,备案总价\n1栋,--,3,01,三房两厅,100.50,80.1,5000000\n",
		"\xef\xbb\xbf楼栋;单元;楼层;房号;户型;建筑面积;套内面积;备案总价\r\n1栋;;3;01;三房两厅;100.50;80.1;\"5,000,000."
		"00\"\r\n",
		"楼栋\t单元\t楼层\t房号\t户型\t建筑面积(㎡)\t套内面积\t备案总价(万元)\n1栋\t\t３\t０１\t三房两厅\t１００."
		"５\t80.1\t500\n",
		"Building,Entrance,Floor,Room,Type,Gross area,Inside area,List "
		"price\n1栋,-,3,301,三房两厅,100.5,80.1,¥5000000\n",
		"一房一价表,,,,,,,\n备案总价,建筑面积,套内面积,户型,房号,楼层,楼栋\n5000000元,100.5,80.1,三房两厅,301室,3层,"
		"1栋\n合计,,,,,,\n",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct listing l;

		if (load(&l, texts[i]) != 0)
			says(&l, true, "", "nothing");
		assert_int_equal(l.count, 1);
		is_unit(&l, 0, SMALL);
		listing_fini(&l);
	}
}

static void a_unit_price_and_an_area_make_the_list_price(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "楼栋,楼层,房号,预售单价,建筑面积\n3栋,31,01,52229.87,125.53\n"), 0);
	assert_int_equal(l.units[0].price_fen, 655641558);
	assert_string_equal(l.units[0].type, "126㎡");
	assert_true(l.units[0].type_derived);
	assert_int_equal(l.priced_by_area, 1);
	listing_fini(&l);
}

static void a_merged_building_is_filled_down(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(
		load(&l,
	         "楼栋,单元,楼层,房号,总价\n3栋,1单元,3,01,5000000\n,,,02,5000000\n,2单元,3,01,5000000\n6栋,,3,01,5000000\n"
	         ",,4,01,5000000\n"),
		0);
	assert_int_equal(l.count, 5);
	assert_string_equal(l.units[1].at.id, "3-1-302");
	assert_string_equal(l.units[2].at.id, "3-2-301");
	assert_string_equal(l.units[3].at.id, "6-301");
	assert_string_equal(l.units[4].at.id, "6-401");
	assert_int_equal(l.filled_down, 3);
	listing_fini(&l);
}

static void a_row_that_forgot_its_building_is_a_problem(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "楼栋,楼层,房号,总价\n3栋,3,01,5000000\n3栋,3,02,5000000\n,3,03,5000000\n"), -1);
	says(&l, true, "row 4, column A", "names no building");
	listing_fini(&l);
}

static void a_matrix_is_one_row_per_floor(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(
		load(&l, "楼栋,楼层,1,2,3\n松风3栋1单元,3,6104507,6145052,\n,4,6123335,,4589004\n松风6栋--,3,4807700,,\n"), 0);
	assert_int_equal(l.count, 5);
	assert_string_equal(l.units[0].at.id, "3-1-301");
	assert_string_equal(l.units[3].at.id, "3-1-403");
	assert_string_equal(l.units[4].at.id, "6-301");
	assert_int_equal(l.units[4].price_fen, 480770000);
	assert_int_equal(l.mappings[0].measure, FIELD_TOTAL);
	listing_fini(&l);
}

static void every_problem_of_a_matrix_is_named_too(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "总价,,,,\n楼栋,楼层,1,2,3\n3栋,3,6104507,x,0\n3栋,4,-5,6123335,y\n3栋,,1,2,3\n"), -1);
	says(&l, true, "row 3, column D", "\"x\" is not a number");
	says(&l, true, "row 3, column E", "is 0");
	says(&l, true, "row 4, column C", "is negative");
	says(&l, true, "row 4, column E", "\"y\" is not a number");
	says(&l, true, "row 5, column B", "floor is missing");
	assert_int_equal(l.error_count, 5); /* a row without a floor is named once */
	listing_fini(&l);
}

static void a_building_may_begin_like_a_sum(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "building,floor,room,total price\nSummit,3,301,5000000\nTotality,3,302,5000000\n"
	                          "Total,,,10000000\nsum: 2,,,10000000\n合计2套,,,10000000\n"),
	                 0);
	assert_int_equal(l.count, 2);
	says(&l, false, "the file", "3 rows of sums");
	listing_fini(&l);
}

static void every_problem_is_named_with_row_and_column(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "楼栋,楼层,房号,户型,建筑面积,备案总价,状态\n"
	                          "1栋,3,301,三房,100,5000000,可售\n"
	                          "1栋,3,01,三房,100,5000000,可售\n"
	                          "1栋,4,401,三房,abc,5000000,已售\n"
	                          "1栋,5,501,三房,100,0,怪\n"
	                          "1栋,6,2024/1/6,三房,100,5000000,\n"
	                          "1栋,7,701,三房,100,,\n"),
	                 -1);
	says(&l, true, "row 3, column C", "named twice, first in row 2");
	says(&l, true, "row 4, column E", "\"abc\" is not a number");
	says(&l, false, "row 4, column G", "taken elsewhere");
	says(&l, true, "row 5, column F", "is 0");
	says(&l, true, "row 5, column G", "no status that is known");
	says(&l, true, "row 6, column C", "looks like a date");
	says(&l, true, "row 7", "has no list price");
	assert_int_equal(l.error_count, 6);
	listing_fini(&l);
}

static void a_price_in_the_wrong_unit_is_noticed(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "楼栋,楼层,房号,建筑面积,单价,总价\n1栋,3,301,100,50000,500\n"), -1);
	says(&l, true, "row 2", "万元");
	listing_fini(&l);
	assert_int_equal(load(&l, "楼栋,楼层,房号,建筑面积,单价,总价\n1栋,3,301,100,50000,4800000\n"), 0);
	says(&l, false, "row 2", "more than 1 %");
	listing_fini(&l);
}

static void files_that_are_no_listing_are_refused(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, ""), -1);
	says(&l, true, "the file", "is empty");
	listing_fini(&l);
	assert_int_equal(load(&l, "a,b\n1,2\n"), -1);
	says(&l, true, "the file", "no header that is recognised");
	listing_fini(&l);
	assert_int_equal(load(&l, "楼栋,楼层,房号\n1栋,3,301\n"), -1);
	says(&l, true, "row 1", "no column is recognised as the list price");
	listing_fini(&l);
	assert_int_equal(load(&l, "楼栋,房号,总价\n1栋,\"301,5\n"), -1);
	says(&l, true, "the file", "quotation mark");
	listing_fini(&l);
	assert_int_equal(load(&l, "PK\x03\x04 not a zip archive"), -1);
	says(&l, true, "the file", "damaged");
	listing_fini(&l);
	assert_int_equal(listing_read("/nonexistent/listing.csv", &l), -1);
	says(&l, true, "the file", "cannot be read");
	listing_fini(&l);
}

static void what_only_the_project_knows_is_kept(void **state)
{
	(void)state;
	struct listing l;

	assert_int_equal(load(&l, "楼栋,楼层,房号,建筑面积,总价\n1栋,3,301,100.5,5000000\n"), 0);
	assert_true(listing_keep(&l.units[0], "三房两厅", "99", "80.1"));
	is_unit(&l, 0, SMALL); /* the file's own area stays */
	assert_false(listing_keep(&l.units[0], "四房", "99", "70"));
	listing_fini(&l);
}

/* --- the real files, from the root of the repository or a build beside it */

static const char *real_file(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "../shared/data/%s", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

static void the_real_price_list_has_416_units_and_its_sum(void **state)
{
	(void)state;
	const char *path = real_file("sz_songfeng_yifangyijia.csv");
	struct listing l;
	char text[64];

	if (!path) {
		print_message("skipped: ../shared/data is not here\n");
		skip();
	}
	assert_int_equal(listing_read(path, &l), 0);
	assert_int_equal(l.count, 416);
	assert_int_equal(l.priced_by_area, 416);
	decimal_fen_text(decimal_wide_fen(l.exact_sum), text, sizeof text);
	assert_string_equal(text, "2,134,261,656.66");
	assert_int_equal(l.sum_fen, 213426165644); /* each unit rounded by itself */
	listing_fini(&l);
}

static void the_real_matrix_names_the_same_416_units(void **state)
{
	(void)state;
	struct listing list, matrix;
	size_t found = 0;

	if (!real_file("sz_songfeng_xiaokong_matrix.xlsx") || system("command -v xlsx2csv >/dev/null") != 0) {
		print_message("skipped: ../shared/data or the program xlsx2csv is not here\n");
		skip();
	}
	assert_int_equal(listing_read(real_file("sz_songfeng_xiaokong_matrix.xlsx"), &matrix), 0);
	assert_int_equal(listing_read(real_file("sz_songfeng_yifangyijia.csv"), &list), 0);
	assert_int_equal(matrix.count, 416);
	assert_int_equal(matrix.areas_derived, 416);
	for (size_t i = 0; i < matrix.count; i++)
		for (size_t k = 0; k < list.count; k++)
			if (strcmp(matrix.units[i].at.id, list.units[k].at.id) == 0) {
				int64_t apart = matrix.units[i].price_fen - list.units[k].price_fen;

				found++;
				assert_true(apart > -100 && apart < 100); /* the matrix has whole yuan */
				assert_int_equal(matrix.units[i].value[FIELD_GROSS].micro, list.units[k].value[FIELD_GROSS].micro);
			}
	assert_int_equal(found, 416);
	listing_fini(&list);
	listing_fini(&matrix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_list_reads_the_same_in_every_notation),
		cmocka_unit_test(a_unit_price_and_an_area_make_the_list_price),
		cmocka_unit_test(a_merged_building_is_filled_down),
		cmocka_unit_test(a_row_that_forgot_its_building_is_a_problem),
		cmocka_unit_test(a_matrix_is_one_row_per_floor),
		cmocka_unit_test(every_problem_of_a_matrix_is_named_too),
		cmocka_unit_test(a_building_may_begin_like_a_sum),
		cmocka_unit_test(every_problem_is_named_with_row_and_column),
		cmocka_unit_test(a_price_in_the_wrong_unit_is_noticed),
		cmocka_unit_test(files_that_are_no_listing_are_refused),
		cmocka_unit_test(what_only_the_project_knows_is_kept),
		cmocka_unit_test(the_real_price_list_has_416_units_and_its_sum),
		cmocka_unit_test(the_real_matrix_names_the_same_416_units),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
