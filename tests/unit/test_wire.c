/* JSON from outside, commands, and the exact texts that leave. */
#include "base/mem.h"
#include "wire/account.h"
#include "wire/buyer.h"
#include "wire/command.h"
#include "wire/encode.h"
#include "wire/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int parse(const char *text, size_t bytes)
{
	struct json *j;
	char why[WHY_BYTES] = "";
	int err = json_parse(text, bytes, &j, why);
	assert_int_equal(err != 0, why[0] != '\0');
	json_free(j);
	return err;
}

static void only_one_sound_json_value_is_taken(void **state)
{
	(void)state;
	static const char *const good[] = { "{}",
		                                " [1] ",
		                                "\"a\"",
		                                "0",
		                                "{\"a\":{\"a\":1}}",
		                                "[[[[[[[[1]]]]]]]]",
		                                "\"\\ud83d\\ude00\"",
		                                "9007199254740991",
		                                "\"楼盘\"",
		                                "[\"]\",\"{\"]" };
	static const char *const bad[] = { "",
		                               " ",
		                               "{",
		                               "{}x",
		                               "{\"a\":1,\"a\":2}",
		                               "{\"b\":{\"a\":1,\"a\":1}}",
		                               "[[[[[[[[[1]]]]]]]]]",
		                               "9007199254740993",
		                               "-1e400",
		                               "\"\\u0000\"",
		                               "\"a\tb\"",
		                               "\"\xff\"",
		                               "\"\xc0\xaf\"",
		                               "\"\xed\xa0\x80\"",
		                               "\"\xf5\x80\x80\x80\"",
		                               "\"\xe4\xb8\"",
		                               "{a:1}" };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(parse(good[i], strlen(good[i])), 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse(bad[i], strlen(bad[i])), LD_E_BAD_REQUEST);
	assert_int_equal(parse("1\0", 2), LD_E_BAD_REQUEST);
}

static void a_text_that_is_written_is_read_again(void **state)
{
	(void)state;
	char every[256];
	for (int c = 1; c < 128; c++)
		every[c - 1] = (char)c;
	snprintf(every + 127, sizeof every - 127, "%s", "楼栋");
	struct buf out = { 0 };
	struct json *j;
	char why[WHY_BYTES];
	json_puts(&out, every);
	assert_int_equal(json_parse(out.data, out.len_bytes, &j, why), 0);
	assert_string_equal(json_string(j), every);
	json_free(j);
	buf_fini(&out);
}

static void readers_are_total(void **state)
{
	(void)state;
	struct json *j;
	char why[WHY_BYTES];
	int64_t n = 5;
	static const char text[] = "{\"a\":[1,\"x\"],\"b\":1.5,\"c\":true}";
	assert_int_equal(json_parse(text, sizeof text - 1, &j, why), 0);
	assert_null(json_string(NULL));
	assert_null(json_string(json_member(j, "a")));
	assert_false(json_whole(json_member(j, "b"), &n));
	assert_false(json_whole(NULL, &n));
	assert_int_equal(n, 5);
	assert_int_equal(json_count(json_member(j, "a")), 2);
	assert_null(json_item(json_member(j, "a"), 2));
	assert_int_equal(json_count(NULL), 0);
	assert_true(json_true(json_member(j, "c")));
	assert_false(json_is_object(NULL));
	json_free(j);
}

static int decode(const char *text, struct command *c)
{
	char why[WHY_BYTES] = "";
	return wire_decode_command(text, strlen(text), c, why);
}

static void a_command_is_read_with_its_arguments(void **state)
{
	(void)state;
	struct command c;
	char why[WHY_BYTES];
	const char *text = NULL, *epoch = NULL;
	int64_t n = -1, seq = 0;
	assert_int_equal(
		decode("{\"id\":7,\"cmd\":\"unit.lock\",\"key\":\"k-1_A\",\"args\":{\"unit\":\"1-1\",\"rev\":3,\"none\":null,"
	           "\"resume\":{\"epoch\":\"e\",\"seq\":9}}}",
	           &c),
		0);
	assert_int_equal(c.id, 7);
	assert_string_equal(c.cmd, "unit.lock");
	assert_string_equal(c.key, "k-1_A");
	assert_int_equal(command_arg_str(&c, "unit", 3, &text, why), 0);
	assert_string_equal(text, "1-1");
	assert_int_equal(command_arg_str(&c, "unit", 2, &text, why), LD_E_BAD_REQUEST);
	assert_int_equal(command_arg_str(&c, "absent", 9, &text, why), LD_E_BAD_REQUEST);
	assert_int_equal(command_arg_opt_str(&c, "none", 9, &text, why), 0);
	assert_int_equal(command_arg_opt_int(&c, "rev", &n, why), 0);
	assert_int_equal(n, 3);
	assert_int_equal(command_arg_opt_int(&c, "unit", &n, why), LD_E_BAD_REQUEST);
	assert_int_equal(command_resume(&c, &epoch, &seq, why), 0);
	assert_string_equal(epoch, "e");
	assert_int_equal(seq, 9);
	command_fini(&c);
}

static void what_is_no_command_is_refused_under_its_id(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"{\"id\":7}",
		"{\"id\":7,\"cmd\":\"\",\"args\":{}}",
		"{\"id\":7,\"cmd\":5,\"args\":{}}",
		"{\"id\":7,\"cmd\":\"ping\"}",
		"{\"id\":7,\"cmd\":\"ping\",\"args\":[]}",
		"{\"id\":7,\"cmd\":\"ping\",\"key\":\"a b\",\"args\":{}}",
		"{\"id\":7,\"cmd\":\"ping\",\"key\":\"\",\"args\":{}}",
		"{\"id\":7,\"cmd\":\"a.name.that.is.longer.than.any.command\",\"args\":{}}",
	};
	struct command c;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(decode(bad[i], &c), LD_E_BAD_REQUEST);
		assert_int_equal(c.id, 7);
		command_fini(&c);
	}
	assert_int_equal(decode("{\"id\":-1,\"cmd\":\"ping\",\"args\":{}}", &c), LD_E_BAD_REQUEST);
	assert_int_equal(c.id, -1);
	command_fini(&c);
}

static void assert_text(struct buf *out, const char *expected)
{
	assert_string_equal(buf_str(out), expected);
	assert_int_equal(parse(out->data, out->len_bytes), 0);
	buf_fini(out);
}

static void replies_have_the_form_of_the_contract(void **state)
{
	(void)state;
	struct buf out = { 0 };
	static const char *const keys[] = { "unit", "rev", "deal", "deadline" }, *const values[] = { "1-\"1\"", "42",
		                                                                                         "d381",
		                                                                                         "1795660800000" };
	static const size_t lens[] = { 5, 2, 4, 13 };
	struct reply_pairs pairs = { 4, keys, values, lens };
	encode_reply_ok(&out, 7, &pairs);
	assert_text(&out,
	            "{\"id\":7,\"ok\":{\"unit\":\"1-\\\"1\\\"\",\"rev\":42,\"deal\":\"d381\",\"deadline\":1795660800000}}");
	pairs = (struct reply_pairs){ 1, keys + 1, values + 1, lens + 1 };
	encode_reply_error(&out, 7, LD_E_UNIT_TAKEN, false, &pairs);
	assert_text(&out, "{\"id\":7,\"error\":{\"code\":\"unit_taken\",\"status\":409,\"message\":\"该房源已被锁定\","
	                  "\"retryable\":false,"
	                  "\"detail\":{\"rev\":42}}}");
	encode_reply_error(&out, -1, LD_E_BAD_REQUEST, true, NULL);
	assert_text(
		&out,
		"{\"id\":null,\"error\":{\"code\":\"bad_request\",\"status\":400,\"message\":\"The request is malformed.\","
		"\"retryable\":false}}");
	encode_hello(&out, 5, "ann", "clerk", 5);
	assert_text(&out, "{\"ev\":\"hello\",\"protocol\":\"listing.v1\",\"now\":5,\"account\":\"ann\",\"role\":\"clerk\","
	                  "\"heartbeat_s\":5}");
	encode_beat(&out, "p", 9, 5);
	assert_text(&out, "{\"ev\":\"beat\",\"project\":\"p\",\"seq\":9,\"at\":5}");
	encode_goaway(&out, 700);
	assert_text(&out, "{\"ev\":\"goaway\",\"retry_ms\":700}");
	encode_problem(&out, LD_E_NOT_FOUND, NULL, true);
	assert_text(&out, "{\"type\":\"about:blank\",\"title\":\"There is nothing at this "
	                  "address.\",\"status\":404,\"code\":\"not_found\","
	                  "\"retryable\":false}");
}

static void a_value_that_is_no_number_stays_a_text(void **state)
{
	(void)state;
	struct buf out = { 0 };
	static const char *const keys[] = { "rev", "rev", "rev" }, *const values[] = { "", "1e9", "012" };
	static const size_t lens[] = { 0, 3, 3 };
	encode_pairs(&out, &(struct reply_pairs){ 3, keys, values, lens });
	assert_string_equal(buf_str(&out), "{\"rev\":\"\",\"rev\":\"1e9\",\"rev\":\"012\"}");
	buf_fini(&out);
}

static void boards_and_differences_have_the_form_of_the_contract(void **state)
{
	(void)state;
	struct snapshot_unit units[] = { { .id = "A", .status = UNIT_WITHHELD, .rev = 1 },
		                             { .id = "B", .status = UNIT_LOCKED, .rev = 1, .deadline_ms = 99 } };
	struct snapshot snap = { .epoch = "e", .seq = 4, .catalog_version = 2, .count = 2, .units = units };
	struct board *b = board_new("p");
	board_load(b, &snap);
	struct buf out = { 0 };
	char expected[256];
	encode_board(&out, b, VIEW_INTERNAL, 7);
	snprintf(expected, sizeof expected,
	         "{\"ev\":\"board\",\"project\":\"p\",\"epoch\":\"%s\",\"seq\":4,\"at\":7,\"catalog_version\":2,"
	         "\"st\":\"wl\",\"deadlines\":[[1,99]]}",
	         board_epoch(b));
	assert_text(&out, expected);
	const uint32_t index[] = { 0, 1 };
	encode_units(&out, b, VIEW_PUBLIC, 3, index, 2, 7);
	snprintf(expected, sizeof expected,
	         "{\"ev\":\"units\",\"project\":\"p\",\"epoch\":\"%s\",\"from\":3,\"seq\":4,\"at\":7,"
	         "\"u\":[[0,\"x\"],[1,\"l\",99]]}",
	         board_epoch(b));
	assert_text(&out, expected);
	encode_board(&out, b, VIEW_MERGED, 7);
	assert_non_null(strstr(buf_str(&out), "\"st\":\"xt\",\"deadlines\":[]"));
	buf_fini(&out);
	board_free(b);
}

static void buyers_are_shown_to_those_who_may_see_them_and_masked_for_the_others(void **state)
{
	(void)state;
	static const char json[] =
		"{\"id\":\"b1\",\"name\":\"王某\",\"phone\":\"13900001111\",\"level\":\"A\",\"consultant\":\"ann\"}";
	struct buf out = { 0 };
	static const struct {
		const char *account;
		enum role role;
		const char *phone, *card; /* NULL: not shown at all */
	} cases[] = { { "ann", ROLE_CONSULTANT, "\"13900001111\"", "\"9900**********0016\"" },
		          { "bob", ROLE_CONSULTANT, NULL, NULL },
		          { "x", ROLE_MANAGER, "\"13900001111\"", "\"9900**********0016\"" },
		          { "x", ROLE_CLERK, "\"139****1111\"", "\"990000197702020016\"" },
		          { "x", ROLE_RELATIONS, "\"139****1111\"", "\"990000197702020016\"" },
		          { "x", ROLE_FINANCE, "\"139****1111\"", "\"9900**********0016\"" },
		          { "x", ROLE_DISPLAY, NULL, NULL },
		          { "x", ROLE_BUYER, NULL, NULL } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buyer b;
		assert_int_equal(buyer_decode(json, sizeof json - 1, &b), 0);
		assert_true(b.clear);
		b.card = mem_strdup("990000197702020016");
		encode_buyers_begin(&out);
		bool shown = encode_buyer_is_shown(&b, cases[i].account, cases[i].role);
		assert_int_equal(shown, cases[i].phone != NULL);
		if (shown) {
			encode_buyer(&out, &b, true, cases[i].role);
			assert_non_null(strstr(buf_str(&out), cases[i].phone));
			assert_non_null(strstr(buf_str(&out), cases[i].card));
		}
		encode_buyers_end(&out);
		buf_fini(&out);
		buyer_fini(&b);
	}
}

static void an_erased_buyer_is_shown_to_nobody_and_a_sealed_one_without_a_name(void **state)
{
	(void)state;
	static const char erased[] = "{\"id\":\"b1\",\"erased\":1800000000000}";
	static const char sealed[] = "{\"id\":\"b2\",\"consultant\":\"ann\",\"sealed\":\"v1.k.xxxx\"}";
	struct buf out = { 0 };
	struct buyer b;
	assert_int_equal(buyer_decode(erased, sizeof erased - 1, &b), 0);
	assert_false(encode_buyer_is_shown(&b, "x", ROLE_MANAGER));
	buyer_fini(&b);
	assert_int_equal(buyer_decode(sealed, sizeof sealed - 1, &b), 0);
	assert_false(buyer_open(&b, NULL, "p"));
	encode_buyers_begin(&out);
	encode_buyer(&out, &b, false, ROLE_MANAGER);
	encode_buyers_end(&out);
	assert_string_equal(buf_str(&out),
	                    "{\"buyers\":[{\"id\":\"b2\",\"sealed\":true,\"level\":\"\",\"consultant\":\"ann\","
	                    "\"qualification\":\"unknown\"}]}");
	buf_fini(&out);
	buyer_fini(&b);
}

static void an_account_is_written_and_read_again(void **state)
{
	(void)state;
	static const char json[] =
		"{\"account\":\"ann\",\"role\":\"clerk\",\"projects\":[\"p\",\"q\"],\"hash\":\"$y$\",\"disabled\":true}";
	struct account_record r;
	struct buf out = { 0 };
	assert_int_equal(account_decode(json, sizeof json - 1, &r), 0);
	account_encode(&out, &r);
	assert_string_equal(buf_str(&out), json);
	account_record_fini(&r);
	buf_fini(&out);
	static const char *const bad[] = { "{\"account\":\"a\",\"role\":\"king\",\"projects\":[]}",
		                               "{\"account\":\"a\",\"role\":\"clerk\",\"projects\":[1]}", "[]", "" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_not_equal(account_decode(bad[i], strlen(bad[i]), &r), 0);
}

static void a_body_of_texts_has_them_all_and_none_is_too_long(void **state)
{
	(void)state;
	static const char good[] = "{\"code\":\"K7M4PX\",\"secret\":\"s\"}";
	struct text_request in;
	char why[WHY_BYTES], longer[600];
	assert_int_equal(request_decode_texts(good, sizeof good - 1, "code", "secret", &in, why), 0);
	assert_string_equal(in.value[0], "K7M4PX");
	assert_string_equal(in.value[1], "s");
	text_request_fini(&in);
	assert_int_equal(request_decode_texts(good, sizeof good - 1, "secret", NULL, &in, why), 0);
	assert_string_equal(in.value[0], "s");
	assert_null(in.value[1]);
	text_request_fini(&in);
	snprintf(longer, sizeof longer, "{\"code\":\"%0513d\",\"secret\":\"s\"}", 0);
	const char *const bad[] = {
		"",    "[]", "null", "{\"code\":\"x\"}", "{\"code\":7,\"secret\":\"s\"}", "{\"code\":\"\",\"secret\":\"s\"}",
		longer
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_not_equal(request_decode_texts(bad[i], strlen(bad[i]), "code", "secret", &in, why), 0);
}

static void a_sign_in_names_account_and_password(void **state)
{
	(void)state;
	static const char good[] = "{\"account\":\"a\",\"password\":\"b\"}";
	struct login_request in;
	char why[WHY_BYTES];
	assert_int_equal(request_decode_login(good, sizeof good - 1, &in, why), 0);
	assert_string_equal(in.account, "a");
	login_request_fini(&in);
	static const char *const bad[] = { "",
		                               "{}",
		                               "{\"account\":\"a\"}",
		                               "{\"account\":\"\",\"password\":\"b\"}",
		                               "{\"account\":\"a b\",\"password\":\"b\"}",
		                               "{\"account\":1,\"password\":2}" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(request_decode_login(bad[i], strlen(bad[i]), &in, why), LD_E_BAD_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one_sound_json_value_is_taken),
		cmocka_unit_test(a_text_that_is_written_is_read_again),
		cmocka_unit_test(readers_are_total),
		cmocka_unit_test(a_command_is_read_with_its_arguments),
		cmocka_unit_test(what_is_no_command_is_refused_under_its_id),
		cmocka_unit_test(replies_have_the_form_of_the_contract),
		cmocka_unit_test(a_value_that_is_no_number_stays_a_text),
		cmocka_unit_test(boards_and_differences_have_the_form_of_the_contract),
		cmocka_unit_test(buyers_are_shown_to_those_who_may_see_them_and_masked_for_the_others),
		cmocka_unit_test(an_erased_buyer_is_shown_to_nobody_and_a_sealed_one_without_a_name),
		cmocka_unit_test(an_account_is_written_and_read_again),
		cmocka_unit_test(a_body_of_texts_has_them_all_and_none_is_too_long),
		cmocka_unit_test(a_sign_in_names_account_and_password),
	};
	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
