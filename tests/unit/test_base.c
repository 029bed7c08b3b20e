/* Buffers, maps, frames, the table of errors, and the loop. */
#include "base/buf.h"
#include "base/err.h"
#include "base/frame.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "loop/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_buffer_grows_and_keeps_its_content(void **state)
{
	(void)state;
	struct buf b = { 0 };
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i % 10);
	buf_addi(&b, -42);
	buf_addc(&b, '!');
	assert_int_equal(b.len_bytes, 2004);
	assert_memory_equal(b.data, "0,1,2,", 6);
	assert_string_equal(buf_str(&b) + 2000, "-42!");
	char *taken = buf_take(&b);
	assert_int_equal(strlen(taken), 2004);
	assert_int_equal(b.len_bytes, 0);
	mem_free(taken);
	buf_fini(&b);
}

static void a_map_finds_ten_thousand_keys_and_forgets_those_that_are_removed(void **state)
{
	(void)state;
	struct map *m = map_new();
	char key[32];
	for (intptr_t i = 1; i <= 10000; i++) {
		snprintf(key, sizeof key, "unit-%d", (int)i);
		assert_null(map_set(m, key, (void *)i));
	}
	for (intptr_t i = 1; i <= 10000; i += 2) {
		snprintf(key, sizeof key, "unit-%d", (int)i);
		assert_ptr_equal(map_remove(m, key), (void *)i);
	}
	assert_int_equal(map_count(m), 5000);
	for (intptr_t i = 1; i <= 10000; i++) {
		snprintf(key, sizeof key, "unit-%d", (int)i);
		assert_ptr_equal(map_get(m, key), i % 2 ? NULL : (void *)i);
	}
	assert_ptr_equal(map_set(m, "unit-2", m), (void *)2);
	assert_ptr_equal(map_getn(m, "unit-2xyz", 6), m);
	map_free(m, NULL);
}

static void a_frame_lives_as_long_as_its_last_user(void **state)
{
	(void)state;
	struct frame *f = frame_new("board", 5), *g = frame_ref(f);
	frame_unref(f);
	assert_memory_equal(g->data, "board", 5);
	memset(g->data - FRAME_HEADROOM, 0, FRAME_HEADROOM); /* the library's to write */
	frame_unref(g);
	frame_unref(NULL);
}

static void every_error_has_a_code_of_its_own_and_words_in_both_languages(void **state)
{
	(void)state;
	for (int err = LD_ERR_BASE_ + 1; err < LD_ERR_END_; err++) {
		assert_int_equal(err_from_code(err_code(err)), err);
		assert_in_range(err_http_status(err), 400, 599);
		assert_true(strlen(err_text_zh(err)) > 3 && strlen(err_text_en(err)) > 3);
	}
	assert_string_equal(err_code(12345), "unknown");
	assert_int_equal(err_from_code("no such thing"), LD_E_UNKNOWN);
	assert_true(err_retryable(LD_E_UNAVAILABLE) && err_retryable(LD_E_UNKNOWN) && !err_retryable(LD_E_UNIT_TAKEN));
}

static void a_list_keeps_its_order_and_removing_twice_is_safe(void **state)
{
	(void)state;
	struct list head, a, b, c;
	list_init(&head);
	list_append(&head, &a);
	list_append(&head, &c);
	list_insert_before(&c, &b);
	struct list *order[] = { &a, &b, &c };
	int n = 0;
	LIST_EACH(&head, it)
		assert_ptr_equal(it, order[n++]);
	assert_int_equal(n, 3);
	list_remove(&b);
	list_remove(&b);
	assert_ptr_equal(a.next, &c);
}

struct trace {
	struct loop *loop;
	char what[64];
	struct loop_timer first, second;
};

static void note(struct trace *t, const char *what) { strcat(t->what, what); }
static void on_work(void *ctx) { (void)ctx; }
static void on_work_done(void *ctx)
{
	struct trace *t = ctx;
	note(t, "w");
	loop_stop(t->loop);
}
static void on_first(void *ctx)
{
	struct trace *t = ctx;
	note(t, "1");
}
static void on_second(void *ctx)
{
	struct trace *t = ctx;
	note(t, "2");
	assert_true(loop_work(t->loop, on_work, on_work_done, t));
}
static void on_later(void *ctx)
{
	struct trace *t = ctx;
	note(t, "l");
}

static void the_loop_runs_what_is_later_then_timers_in_order_and_work_on_another_thread(void **state)
{
	(void)state;
	struct trace t = { .loop = loop_new() };
	loop_timer_init(&t.first, t.loop, on_first, &t);
	loop_timer_init(&t.second, t.loop, on_second, &t);
	loop_timer_after(&t.second, 20);
	loop_timer_after(&t.first, 500);
	loop_timer_after(&t.first, 5); /* arming again replaces the earlier time */
	loop_later(t.loop, on_later, &t);
	assert_string_equal(t.what, "");
	loop_run(t.loop);
	assert_string_equal(t.what, "l12w");
	assert_false(loop_timer_active(&t.first));
	loop_free(t.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_keeps_its_content),
		cmocka_unit_test(a_map_finds_ten_thousand_keys_and_forgets_those_that_are_removed),
		cmocka_unit_test(a_frame_lives_as_long_as_its_last_user),
		cmocka_unit_test(every_error_has_a_code_of_its_own_and_words_in_both_languages),
		cmocka_unit_test(a_list_keeps_its_order_and_removing_twice_is_safe),
		cmocka_unit_test(the_loop_runs_what_is_later_then_timers_in_order_and_work_on_another_thread),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
