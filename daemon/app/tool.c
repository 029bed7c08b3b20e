#include "app/tool.h"

#include "base/mem.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 24, OWN_SETTINGS = 5 };

static const char *find_program(char path[PATH_MAX])
{
	/* Beside the daemon as it was built, then as it was installed, under whatever prefix. */
	static const char *const beside[] = { "listingctl", "../bin/listingctl" };
	static const char *const usual[] = { "/usr/bin/listingctl", "/usr/local/bin/listingctl" };
	char own[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
	own[n > 0 ? n : 0] = '\0';
	const char *folder = dirname(own);
	for (size_t i = 0; n > 0 && i < sizeof beside / sizeof beside[0]; i++) {
		snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - 24, folder, beside[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (access(usual[i], X_OK) == 0)
			return usual[i];
	return "listingctl"; /* the attempt to start it will tell that it is not there */
}

struct environment {
	size_t count, own; /* the first `own` texts are ours to free */
	char **texts;
};

static void put(struct environment *e, const char *name, const char *value)
{
	if (value && *value)
		e->texts[e->count++] = mem_printf("%s=%s", name, value);
}

/* That of the daemon, save its settings: those that listingctl needs are given anew. */
static struct environment make_environment(const struct conf *conf)
{
	char port[16];
	size_t inherited = 0;
	while (environ[inherited])
		inherited++;
	struct environment e = { .texts = mem_calloc(inherited + OWN_SETTINGS + 1, sizeof *e.texts) };
	snprintf(port, sizeof port, "%lld", (long long)conf->redis_port);
	put(&e, *conf->redis_socket ? "LISTINGD_REDIS_SOCKET" : "LISTINGD_REDIS_HOST",
	    *conf->redis_socket ? conf->redis_socket : conf->redis_host);
	put(&e, "LISTINGD_REDIS_PORT", port);
	put(&e, "LISTINGD_REDIS_USER", conf->redis_user);
	put(&e, "LISTINGD_REDIS_PASSWORD_FILE", conf->redis_password_file);
	put(&e, "LISTINGD_BUYER_KEY_FILE", conf->buyer_key_file);
	e.own = e.count;
	for (size_t i = 0; i < inherited; i++)
		if (strncmp(environ[i], "LISTINGD_", 9) != 0)
			e.texts[e.count++] = environ[i];
	return e;
}

struct child *tool_start(struct app *a, const char *const *arguments, int64_t timeout_ms, size_t out_max_bytes,
                         child_cb cb, void *ctx)
{
	char path[PATH_MAX];
	const char *argv[ARGUMENTS_MAX] = { find_program(path) };
	struct environment e = make_environment(a->conf);
	for (size_t i = 0; arguments[i] && i + 2 < ARGUMENTS_MAX; i++)
		argv[i + 1] = arguments[i];
	struct child *c = child_start(a->loop, argv, (const char *const *)e.texts, timeout_ms, out_max_bytes, cb, ctx);
	for (size_t i = 0; i < e.own; i++)
		mem_free(e.texts[i]);
	mem_free(e.texts);
	return c;
}
