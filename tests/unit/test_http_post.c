/* Posts against sockets of the test's own: every one is answered, once, whatever happens. */
#include "outbound/http_post.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POSTS = 20, AT_ONCE = 3, TIMEOUT_MS = 300 };

struct scene {
	struct loop *loop;
	struct poster *poster;
	struct loop_timer look;
	int listener;
	char url[64];
	int answered[POSTS], total, status_zero;
	int accepted[POSTS], accepted_count;
	int calls_inside;
	bool posting;
};

struct asked {
	struct scene *scene;
	int index;
};

static void on_answer(void *ctx, const struct post_answer *a)
{
	struct asked *asked = ctx;
	struct scene *s = asked->scene;
	s->calls_inside += s->posting;
	s->answered[asked->index]++;
	s->status_zero += a->status == 0 && *a->why;
	if (++s->total == POSTS)
		loop_stop(s->loop);
}

static void open_scene(struct scene *s, bool listening)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t bytes = sizeof at;
	const struct poster_config config = { 1000, TIMEOUT_MS, AT_ONCE, "", "" };
	*s = (struct scene){ .loop = loop_new() };
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &bytes), 0);
	if (listening)
		assert_int_equal(listen(s->listener, POSTS), 0);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u/", ntohs(at.sin_port));
	s->poster = poster_new(s->loop, &config);
}

static void post_all(struct scene *s, struct asked asked[POSTS])
{
	const struct post_request r = { .url = s->url, .headers = { "X-A: b" }, .body = "{}", .bytes = 2 };
	s->posting = true;
	for (int i = 0; i < POSTS; i++) {
		asked[i] = (struct asked){ s, i };
		http_post(s->poster, &r, on_answer, &asked[i]);
	}
	s->posting = false;
}

static void close_scene(struct scene *s)
{
	poster_close(s->poster);
	poster_close(s->poster);
	poster_free(s->poster);
	for (int i = 0; i < s->accepted_count; i++)
		close(s->accepted[i]);
	close(s->listener);
	loop_free(s->loop);
	assert_int_equal(s->total, POSTS);
	for (int i = 0; i < POSTS; i++)
		assert_int_equal(s->answered[i], 1);
}

static void every_post_to_a_closed_port_is_answered_once(void **state)
{
	(void)state;
	struct scene s;
	struct asked asked[POSTS];
	open_scene(&s, false);
	post_all(&s, asked);
	loop_run(s.loop);
	assert_int_equal(s.status_zero, POSTS);
	assert_int_equal(s.calls_inside, 0);
	close_scene(&s);
}

static void accept_some(void *ctx)
{
	struct scene *s = ctx;
	for (int fd; s->accepted_count < POSTS && (fd = accept(s->listener, NULL, NULL)) >= 0;)
		s->accepted[s->accepted_count++] = fd;
}

/* The other side takes connections and says nothing: each holds its place until its time-out. */
static void no_more_posts_are_under_way_than_allowed(void **state)
{
	(void)state;
	struct scene s;
	struct asked asked[POSTS];
	open_scene(&s, true);
	loop_timer_init(&s.look, s.loop, accept_some, &s);
	loop_timer_every(&s.look, 5);
	post_all(&s, asked);
	int64_t began_ms = clock_mono_ms();
	loop_run(s.loop);
	loop_timer_stop(&s.look);
	assert_int_equal(s.status_zero, POSTS);
	/* Twenty posts, three at a time: seven rounds of time-outs one after another. */
	assert_true(clock_mono_ms() - began_ms >= (POSTS + AT_ONCE - 1) / AT_ONCE * (TIMEOUT_MS - 50));
	close_scene(&s);
}

static void closing_answers_what_is_under_way_and_what_waits(void **state)
{
	(void)state;
	struct scene s;
	struct asked asked[POSTS];
	open_scene(&s, true);
	post_all(&s, asked);
	loop_timer_init(&s.look, s.loop, (void (*)(void *))loop_stop, s.loop);
	loop_timer_after(&s.look, 50);
	loop_run(s.loop);
	assert_int_equal(s.total, 0);
	poster_close(s.poster);
	assert_int_equal(s.total, POSTS);
	close_scene(&s);
}

static void later_posts_are_answered_at_once(void **state)
{
	(void)state;
	struct scene s;
	struct asked asked[POSTS];
	open_scene(&s, false);
	poster_close(s.poster);
	post_all(&s, asked);
	assert_int_equal(s.status_zero, POSTS);
	close_scene(&s);
}

static void proxies_of_the_environment_are_not_used(void **state)
{
	(void)state;
	struct scene s;
	struct asked asked[POSTS];
	open_scene(&s, true);
	char proxy[64];
	snprintf(proxy, sizeof proxy, "%s", s.url);
	setenv("http_proxy", proxy, 1);
	setenv("all_proxy", proxy, 1);
	snprintf(s.url, sizeof s.url, "http://127.0.0.1:1/");
	post_all(&s, asked);
	loop_run(s.loop);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	struct pollfd knocked = { .fd = s.listener, .events = POLLIN };
	assert_int_equal(poll(&knocked, 1, 0), 0);
	close_scene(&s);
}

static void addresses_are_checked_without_being_repeated(void **state)
{
	(void)state;
	static const char *const good[] = { "https://h/", "http://127.0.0.1:80/x?key=1", "https://h" };
	static const char *const bad[] = { "",
		                               "h",
		                               "ftp://h/",
		                               "file:///etc/passwd",
		                               "https://",
		                               "https://u@h",
		                               "https://u:p@h",
		                               "http://h h/",
		                               "javascript:1" };
	struct buf why = { 0 };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(http_url_check(good[i], &why), 0);
	assert_int_equal(why.len_bytes, 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		buf_clear(&why);
		if (http_url_check(bad[i], &why) == 0)
			fail_msg("\"%s\" is taken", bad[i]);
		assert_true(why.len_bytes > 0);
		assert_null(strstr(buf_str(&why), "u:p"));
	}
	buf_fini(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_post_to_a_closed_port_is_answered_once),
		cmocka_unit_test(no_more_posts_are_under_way_than_allowed),
		cmocka_unit_test(closing_answers_what_is_under_way_and_what_waits),
		cmocka_unit_test(later_posts_are_answered_at_once),
		cmocka_unit_test(proxies_of_the_environment_are_not_used),
		cmocka_unit_test(addresses_are_checked_without_being_repeated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
