#include "base/buf.h"
#include "base/mem.h"
#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Loads a configuration of that text; `why` holds the refusal. */
static int load(struct conf *c, const char *text, struct buf *why)
{
	char path[] = "/tmp/listingd-conf-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	int err = conf_load(c, path, why);
	unlink(path);
	return err;
}

static void refuses(const char *text, const char *sentence)
{
	struct conf *c = conf_new();
	struct buf why = { 0 };
	assert_int_equal(load(c, text, &why), LD_E_BAD_REQUEST);
	if (!strstr(buf_str(&why), sentence))
		fail_msg("\"%s\" does not say \"%s\"", buf_str(&why), sentence);
	buf_fini(&why);
	conf_free(c);
}

static void defaults_need_no_file(void **state)
{
	(void)state;
	struct conf *c = conf_new();
	struct buf why = { 0 };
	assert_int_equal(conf_load(c, NULL, &why), 0);
	assert_int_equal(c->listen_port, 8470);
	assert_int_equal(c->internal_port, 8471);
	assert_string_equal(c->bind, "127.0.0.1");
	assert_false(c->redis_allow_unsafe);
	conf_free(c);
}

static void values_comments_and_blanks_are_read(void **state)
{
	(void)state;
	struct conf *c = conf_new();
	struct buf why = { 0 };
	assert_int_equal(
		load(c, "# a comment\n\n  listen_port = 9000  \nredis_allow_unsafe=yes\nprojects = demo other\n", &why), 0);
	assert_int_equal(c->listen_port, 9000);
	assert_true(c->redis_allow_unsafe);
	assert_string_equal(c->projects, "demo other");
	conf_free(c);
}

static void an_unknown_key_is_refused_with_line_and_suggestion(void **state)
{
	(void)state;
	refuses("bind = 0.0.0.0\nlisten_prt = 1\n", ":2: unknown setting \"listen_prt\"; did you mean \"listen_port\"?");
}

static void bad_values_are_refused_with_the_bounds(void **state)
{
	(void)state;
	refuses("listen_port = 70000\n", "listen_port must be a whole number from 1 to 65535, not \"70000\"");
	refuses("listen_port = 12x\n", "not \"12x\"");
	refuses("listen_port = 99999999999999999999\n", "whole number");
	refuses("redis_allow_unsafe = maybe\n", "yes or no");
	refuses("log_level = loud\n", "debug|info|warn|error");
	refuses("log_level = inf\n", "debug|info|warn|error");
	refuses("listen_port\n", "key = value");
	refuses("listen_port = 9000\nlisten_port = 9001\n", ":2: listen_port is set twice");
}

static void settings_that_contradict_are_refused(void **state)
{
	(void)state;
	refuses("tls_cert_file = /x\n", "together");
	refuses("listen_port = 9\ninternal_port = 9\n", "must differ");
}

static void a_missing_file_is_named(void **state)
{
	(void)state;
	struct conf *c = conf_new();
	struct buf why = { 0 };
	assert_int_equal(conf_load(c, "/nonexistent/listingd.conf", &why), LD_E_BAD_REQUEST);
	assert_non_null(strstr(buf_str(&why), "/nonexistent/listingd.conf: No such file"));
	buf_fini(&why);
	conf_free(c);
}

static void the_environment_overrides_the_file_and_is_checked_too(void **state)
{
	(void)state;
	struct conf *c = conf_new();
	struct buf why = { 0 };
	setenv("LISTINGD_LISTEN_PORT", "9100", 1);
	assert_int_equal(load(c, "listen_port = 9000\n", &why), 0);
	assert_int_equal(c->listen_port, 9100);
	setenv("LISTINGD_LISTEN_PORT", "none", 1);
	assert_int_equal(load(c, "listen_port = 9000\n", &why), LD_E_BAD_REQUEST);
	assert_non_null(strstr(buf_str(&why), "environment LISTINGD_LISTEN_PORT"));
	unsetenv("LISTINGD_LISTEN_PORT");
	buf_fini(&why);
	conf_free(c);
}

static void the_printed_sample_is_itself_a_valid_configuration(void **state)
{
	(void)state;
	char *text = NULL;
	size_t bytes = 0;
	FILE *f = open_memstream(&text, &bytes);
	conf_print_sample(f);
	fclose(f);
	/* With every setting uncommented it must still load. */
	for (char *p = text; (p = strchr(p, '\n')) && p[1]; p++)
		if (p[1] == '#' && p[2] >= 'a' && p[2] <= 'z')
			p[1] = ' ';
	struct conf *c = conf_new();
	struct buf why = { 0 };
	if (load(c, text, &why) != 0)
		fail_msg("%s", buf_str(&why));
	free(text);
	conf_free(c);
}

static void a_secret_is_the_first_line_of_its_file(void **state)
{
	(void)state;
	char path[] = "/tmp/listingd-secret-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, "s3cret\r\nmore\n", 13), 13);
	close(fd);
	struct buf why = { 0 };
	char *secret = conf_read_secret(path, &why);
	assert_string_equal(secret, "s3cret");
	mem_free(secret);
	unlink(path);
	assert_null(conf_read_secret(path, &why));
	assert_non_null(strstr(buf_str(&why), "No such file"));
	buf_fini(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_need_no_file),
		cmocka_unit_test(values_comments_and_blanks_are_read),
		cmocka_unit_test(an_unknown_key_is_refused_with_line_and_suggestion),
		cmocka_unit_test(bad_values_are_refused_with_the_bounds),
		cmocka_unit_test(settings_that_contradict_are_refused),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(the_environment_overrides_the_file_and_is_checked_too),
		cmocka_unit_test(the_printed_sample_is_itself_a_valid_configuration),
		cmocka_unit_test(a_secret_is_the_first_line_of_its_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
