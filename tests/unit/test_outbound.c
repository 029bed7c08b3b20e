/* What goes out: signatures, pace and back-off, messages of robots, events as JSON, the file of targets. */
#include "app/robot_answer.h"
#include "app/robot_text.h"
#include "base/mem.h"
#include "outbound/pace.h"
#include "outbound/signature.h"
#include "wire/json.h"
#include "wire/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void hmac_is(const char *key, size_t key_bytes, const char *data, const char *hex)
{
	unsigned char sum[SIGNATURE_BYTES];
	char text[2 * SIGNATURE_BYTES + 1];
	hmac_sha256(key, key_bytes, data, strlen(data), sum);
	assert_string_equal(sodium_bin2hex(text, sizeof text, sum, sizeof sum), hex);
}

/* RFC 4231, test cases 1, 2, 6: a short key, a shorter one, and one longer than a block. */
static void hmac_agrees_with_the_vectors_of_the_rfc(void **state)
{
	(void)state;
	char key[131];
	memset(key, 0x0b, 20);
	hmac_is(key, 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_is("Jefe", 4, "what do ya want for nothing?",
	        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	hmac_is(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First",
	        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* Computed with Python's hmac, base64 and urllib. */
static void signatures_are_what_receivers_compute(void **state)
{
	(void)state;
	struct buf out = { 0 };
	signature_webhook(&out, "topsecret", 1700000000000, "{\"a\":1}", 7);
	assert_string_equal(buf_str(&out), "v1=2a3831e0fc44857c34e04ab357ae7828bb8cc5f6555aad6c7e98008343a7dd92");
	buf_clear(&out);
	signature_dingtalk(&out, "SECabc", 1700000000000);
	assert_string_equal(buf_str(&out), "timestamp=1700000000000&sign=jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D");
	buf_fini(&out);
}

static void back_off_doubles_from_a_second_to_ten_minutes(void **state)
{
	(void)state;
	int64_t expected_ms = 1000;
	for (int64_t tries = 1; tries < 200; tries++) {
		for (uint32_t random = 0; random <= 400; random += 50) {
			int64_t ms = backoff_ms(tries, random);
			assert_in_range(ms, expected_ms * 4 / 5, expected_ms * 6 / 5);
			assert_true(ms <= 600000);
		}
		expected_ms = expected_ms * 2 < 600000 ? expected_ms * 2 : 600000;
	}
	assert_int_equal(backoff_ms(1, 0), 800);
	assert_int_equal(backoff_ms(1, 400), 1200);
	assert_true(backoff_ms(3, 4294967295u) > 0);
}

/* Whenever it says "now" a message is sent: no minute may hold more than twenty. */
static void no_minute_holds_more_than_twenty_messages(void **state)
{
	(void)state;
	struct pace p = { 0 };
	int64_t sent[400], now_ms = 5;
	int count = 0;
	for (uint32_t noise = 1; count < 400; noise = noise * 1103515245 + 12345) {
		now_ms += noise >> 16 & 0xfff;
		int64_t wait_ms = pace_wait_ms(&p, now_ms);
		assert_in_range(wait_ms, 0, PACE_WINDOW_MS);
		now_ms += wait_ms;
		assert_int_equal(pace_wait_ms(&p, now_ms), 0);
		pace_sent(&p, now_ms);
		sent[count++] = now_ms;
		if (count > PACE_LIMIT)
			assert_true(sent[count - 1] - sent[count - 1 - PACE_LIMIT] >= PACE_WINDOW_MS);
	}
}

static struct trail_entry entry_of(int64_t seq, struct trail_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fields[i].bytes = strlen(fields[i].value);
	return (struct trail_entry){ seq, count, fields };
}

#define ENTRY(seq, ...)                                  \
	entry_of(seq, (struct trail_field[]){ __VA_ARGS__ }, \
	         sizeof((struct trail_field[]){ __VA_ARGS__ }) / sizeof(struct trail_field))

static void encodes_to(struct trail_entry e, const char *json)
{
	struct buf out = { 0 };
	encode_trail_entry(&out, &e);
	assert_string_equal(buf_str(&out), json);
	buf_fini(&out);
}

static void events_become_json_with_every_field(void **state)
{
	(void)state;
	encodes_to(ENTRY(7, { "t", "lock", 0 }, { "at", "1700000000000", 0 }, { "u", "1-\"01", 0 }, { "deal", "d1", 0 }),
	           "{\"seq\":7,\"type\":\"lock\",\"at\":1700000000000,\"unit\":\"1-\\\"01\",\"deal\":\"d1\"}");
	encodes_to(ENTRY(8, { "t", "configure", 0 }, { "set", "a", 0 }, { "set", "b", 0 }),
	           "{\"seq\":8,\"type\":\"configure\",\"set\":[\"a\",\"b\"]}");
	encodes_to(ENTRY(9, { "t", "configure", 0 }, { "set", "a", 0 }),
	           "{\"seq\":9,\"type\":\"configure\",\"set\":[\"a\"]}");
	encodes_to(ENTRY(9, { "set", "a", 0 }, { "was", "1", 0 }, { "val", "", 0 }, { "before", "7", 0 }),
	           "{\"seq\":9,\"set\":[\"a\"],\"was\":[\"1\"],\"val\":[\"\"],\"before\":7}");
	/* The entry of a catalogue is an object; what only pretends to be one stays a text. */
	encodes_to(ENTRY(1, { "t", "add", 0 }, { "cat", "{\"id\":\"1\"}", 0 }),
	           "{\"seq\":1,\"type\":\"add\",\"catalog\":{\"id\":\"1\"}}");
	encodes_to(ENTRY(1, { "t", "add", 0 }, { "cat", "{}, \"x\":1", 0 }),
	           "{\"seq\":1,\"type\":\"add\",\"catalog\":\"{}, \\\"x\\\":1\"}");
	/* A state goes out by its name, and what an event is about is a unit either way. */
	encodes_to(ENTRY(1, { "t", "x", 0 }, { "st", "l", 0 }, { "on", "U1", 0 }, { "st2", "l", 0 }),
	           "{\"seq\":1,\"type\":\"x\",\"status\":\"locked\",\"unit\":\"U1\",\"st2\":\"l\"}");
	/* Numbers only where they are numbers. */
	encodes_to(ENTRY(1, { "t", "x", 0 }, { "rev", "007", 0 }, { "price", "-", 0 }, { "deal", "12", 0 }),
	           "{\"seq\":1,\"type\":\"x\",\"rev\":\"007\",\"price_fen\":\"-\",\"deal\":\"12\"}");
}

/* The text of a message, as the robot will read it out of the JSON; freed with mem_free. */
static char *told(enum target_kind kind, const char *title, const char *text, size_t bytes)
{
	struct buf out = { 0 };
	struct json *j;
	char why[WHY_BYTES];
	robot_message(&out, kind, title, text, bytes);
	if (json_parse(out.data, out.len_bytes, &j, why) != 0)
		fail_msg("%s", why);
	assert_string_equal(json_text_of(j, "msgtype"), "markdown");
	const struct json *markdown = json_member(j, "markdown");
	if (kind == TARGET_DINGTALK)
		assert_string_equal(json_text_of(markdown, "title"), title);
	char *copy = mem_strdup(json_text_of(markdown, kind == TARGET_WECOM ? "content" : "text"));
	json_free(j);
	buf_fini(&out);
	return copy;
}

static void messages_fit_and_are_cut_between_characters(void **state)
{
	(void)state;
	struct buf text = { 0 };
	while (text.len_bytes < 30000)
		buf_adds(&text, "销控");
	for (size_t bytes = 3000; bytes <= text.len_bytes; bytes += 3) {
		char *wecom = told(TARGET_WECOM, "标题", text.data, bytes),
			 *dingtalk = told(TARGET_DINGTALK, "标题", text.data, bytes);
		assert_true(strlen(wecom) <= WECOM_MAX_BYTES && strlen(dingtalk) <= DINGTALK_MAX_BYTES);
		/* json_parse has seen that it is UTF-8. Not more is cut than must be. */
		assert_true(strlen(wecom) >= (bytes < WECOM_MAX_BYTES - 4 ? bytes : WECOM_MAX_BYTES - 4));
		mem_free(wecom);
		mem_free(dingtalk);
		bytes += bytes > 5000 ? 600 : 0;
	}
	buf_fini(&text);
	assert_int_equal(robot_text_fit("销控", 6, 6), 6);
	assert_int_equal(robot_text_fit("销控", 6, 5), 3);
	assert_int_equal(robot_text_fit("销控", 6, 2), 0);
	assert_int_equal(robot_text_fit("aaaa\nbbbb", 9, 7), 5);
}

static void a_name_makes_neither_link_nor_mention(void **state)
{
	(void)state;
	struct buf out = { 0 };
	robot_text_name(&out, "[x](http://evil)<@all>`*#1-101");
	assert_null(strpbrk(buf_str(&out), "[]()<>@`*#"));
	assert_non_null(strstr(buf_str(&out), "1-101"));
	buf_fini(&out);
}

static void urgent_events_name_the_unit_and_no_person(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct trail_entry e =
		ENTRY(5, { "t", "overdue", 0 }, { "u", "1-101", 0 }, { "hold", "ann", 0 }, { "why", "王先生", 0 });
	assert_true(robot_text_urgent(&out, &e));
	assert_non_null(strstr(buf_str(&out), "1-101"));
	assert_non_null(strstr(buf_str(&out), "ann"));
	assert_null(strstr(buf_str(&out), "王先生"));
	buf_clear(&out);
	e = ENTRY(6, { "t", "freeze", 0 }, { "by", "boss", 0 }, { "why", "王先生", 0 });
	assert_true(robot_text_urgent(&out, &e));
	assert_null(strstr(buf_str(&out), "王先生"));
	buf_clear(&out);
	e = ENTRY(7, { "t", "lock", 0 }, { "u", "1-101", 0 });
	assert_false(robot_text_urgent(&out, &e));
	buf_fini(&out);
}

static void a_digest_counts_what_it_tells_of(void **state)
{
	(void)state;
	struct tallies t = { 0 };
	struct buf out = { 0 };
	struct counts now = { .units = 12 };
	const struct trail_entry silent = ENTRY(1, { "t", "buyers", 0 }),
							 refund = ENTRY(2, { "t", "receipt", 0 }, { "kind", "refund", 0 });
	tallies_add(&t, &silent);
	tallies_add(&t, &refund);
	assert_false(tallies_any(&t));
	const struct trail_entry lock = ENTRY(3, { "t", "lock", 0 }),
							 money = ENTRY(4, { "t", "receipt", 0 }, { "kind", "mortgage", 0 });
	tallies_add(&t, &lock);
	tallies_add(&t, &lock);
	tallies_add(&t, &money);
	assert_true(tallies_any(&t));
	now.by_status[UNIT_AVAILABLE] = 6;
	now.by_status[UNIT_LOCKED] = 2;
	now.by_status[UNIT_SUBSCRIBED] = now.by_status[UNIT_SETTLED] = 1;
	now.by_status[UNIT_WITHHELD] = 2;
	robot_text_digest(&out, &t, &now);
	assert_string_equal(buf_str(&out), "锁定 **2**,到账 **1**\n> 现在:可售 6,锁定 2,已售(含认购)2,去化率 20.00%\n");
	buf_fini(&out);
}

static void verdict_is(int status, const char *body, int kind, int code)
{
	struct robot_verdict v;
	struct target t = { .url = (char *)"https://x/?key=query-canary", .secret = (char *)"secret-canary" };
	robot_answer_read(&v, &(struct post_answer){ status, "Timeout was reached", body, strlen(body), 0 }, &t);
	assert_int_equal(v.kind, kind);
	assert_int_equal(v.code, code);
	assert_null(strstr(v.why, "canary"));
}

static void answers_of_robots_are_understood(void **state)
{
	(void)state;
	verdict_is(200, "{\"errcode\":0,\"errmsg\":\"ok\"}", ROBOT_TOOK, 0);
	verdict_is(200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}", ROBOT_TOO_FAST, 45009);
	verdict_is(200, "{\"errcode\":130101}", ROBOT_TOO_FAST, 130101);
	verdict_is(200, "{\"errcode\":660026,\"errmsg\":null}", ROBOT_TOO_FAST, 660026);
	verdict_is(200, "{\"errcode\":93000,\"errmsg\":\"bad key query-canary\"}", ROBOT_REFUSED, 93000);
	verdict_is(200, "{\"errcode\":310000,\"errmsg\":\"sign with secret-canary\"}", ROBOT_REFUSED, 310000);
	verdict_is(200, "{}", ROBOT_REFUSED, -1);
	verdict_is(200, "<html>", ROBOT_REFUSED, 200);
	verdict_is(429, "", ROBOT_TOO_FAST, 429);
	verdict_is(404, "", ROBOT_REFUSED, 404);
	verdict_is(302, "", ROBOT_REFUSED, 302);
	verdict_is(502, "", ROBOT_TRY_AGAIN, 502);
	verdict_is(0, "", ROBOT_TRY_AGAIN, 0);
}

static void a_target_wants_the_events_it_names_or_all(void **state)
{
	(void)state;
	static const char text[] =
		"{\"targets\":[{\"id\":\"a\",\"project\":\"p\",\"kind\":\"webhook\",\"url\":\"https://h/"
		"\",\"secret\":\"12345678\","
		"\"events\":[\"lock\",\"sign\"]},{\"id\":\"b\",\"project\":\"p\",\"kind\":\"wecom\",\"url\":\"https://h/\"}]}";
	struct buf why = { 0 };
	struct targets *all = targets_parse("f", text, sizeof text - 1, &why);
	assert_non_null(all);
	assert_int_equal(all->count, 2);
	assert_true(target_wants(&all->list[0], "lock") && !target_wants(&all->list[0], "release"));
	assert_true(target_wants(&all->list[1], "release"));
	targets_free(all);
	buf_fini(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_agrees_with_the_vectors_of_the_rfc),
		cmocka_unit_test(signatures_are_what_receivers_compute),
		cmocka_unit_test(back_off_doubles_from_a_second_to_ten_minutes),
		cmocka_unit_test(no_minute_holds_more_than_twenty_messages),
		cmocka_unit_test(events_become_json_with_every_field),
		cmocka_unit_test(messages_fit_and_are_cut_between_characters),
		cmocka_unit_test(a_name_makes_neither_link_nor_mention),
		cmocka_unit_test(urgent_events_name_the_unit_and_no_person),
		cmocka_unit_test(a_digest_counts_what_it_tells_of),
		cmocka_unit_test(answers_of_robots_are_understood),
		cmocka_unit_test(a_target_wants_the_events_it_names_or_all),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
