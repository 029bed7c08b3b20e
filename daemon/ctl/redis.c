/* Redis as the verbs see it: connecting, the function library, calls and refusals (ctl.h). */
#include "ctl/ctl.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "ctl/print.h"
#include "store/listing_lua.h"
#include "wire/account.h"
#include "wire/json.h"

#include <pwd.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_WORDS = 16 };

struct json *ctl_record(const char *text)
{
	struct json *j = NULL;
	char why[WHY_BYTES];

	if (json_parse(text, strlen(text), &j, why) == 0 && json_is_object(j))
		return j;
	json_free(j);
	return NULL;
}

char *ctl_key(const char *project, const char *suffix) { return mem_printf("ld:{%s}%s", project, suffix); }

const char *ctl_actor(const struct ctl *c)
{
	static char name[64];
	const char *as = ctl_option(c, "as");

	if (as != NULL)
		return as;
	const struct passwd *who = getpwuid(geteuid());
	if (who != NULL)
		snprintf(name, sizeof name, "ctl:%.50s", who->pw_name);
	else
		snprintf(name, sizeof name, "ctl:uid%u", (unsigned)geteuid());
	return name;
}

void ctl_new_key(char *out, size_t out_bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i + 1 < out_bytes; i++)
		out[i] = letters[randombytes_uniform(64)];
	out[out_bytes - 1] = '\0';
}

int ctl_connect_quietly(struct ctl *c)
{
	char why[400];

	if (c->redis == NULL)
		c->redis = sync_open(&c->config, why, sizeof why);
	return c->redis != NULL ? 0 : CTL_UNREACHABLE;
}

/* The library of Redis: 0 when it is ours or an equal one, 1 when it is absent or older, else an exit status. */
static int library_state(struct ctl *c)
{
	struct reply *r = sync_fcall(c->redis, "ld_version", "ld:{version}", 0, NULL);
	int result;

	if (r == NULL)
		return ctl_fail(CTL_UNREACHABLE, "%s", sync_why(c->redis));
	int64_t version = reply_get_int(r, 1, "version", 0);
	const char *sha = reply_get(r, 1, "sha");
	if (r->kind == REPLY_ERROR && strstr(r->text, "Function not found") == NULL)
		result = ctl_fail(CTL_UNREACHABLE, "Redis does not carry out functions: %s", r->text);
	else if (version > LISTING_LUA_VERSION)
		result = ctl_fail(CTL_INTERNAL,
		                  "the function library in Redis has version %lld, this listingctl knows %d: install the "
		                  "listingctl that belongs to the running daemon",
		                  (long long)version, LISTING_LUA_VERSION);
	else
		result = version < LISTING_LUA_VERSION || sha == NULL || strcmp(sha, LISTING_LUA_SHA) != 0;
	reply_free(r);
	return result;
}

static int load_library(struct ctl *c)
{
	struct reply *r = sync_say(c->redis, "FUNCTION", "LOAD", "REPLACE", listing_lua, NULL);
	int status = 0;

	if (r == NULL || r->kind == REPLY_ERROR)
		status = ctl_fail(CTL_UNREACHABLE, "the function library cannot be loaded: %s",
		                  r != NULL ? r->text : sync_why(c->redis));
	reply_free(r);
	return status;
}

int ctl_connect(struct ctl *c)
{
	char why[400];

	if (c->redis == NULL && (c->redis = sync_open(&c->config, why, sizeof why)) == NULL)
		return ctl_fail(CTL_UNREACHABLE, "%s", why);
	int state = library_state(c);
	return state == 1 ? load_library(c) : state;
}

struct reply *ctl_checked(struct ctl *c, struct reply *r, int *status)
{
	if (r == NULL) {
		*status = ctl_fail(CTL_UNREACHABLE, "%s", sync_why(c->redis));
	} else if (r->kind == REPLY_ERROR) {
		*status = ctl_fail(CTL_UNREACHABLE, "Redis answers: %s", r->text);
		reply_free(r);
		r = NULL;
	}
	return r;
}

struct reply *ctl_ask(struct ctl *c, int *status, ...)
{
	const char *words[MAX_WORDS];
	size_t count = 0;
	va_list ap;

	va_start(ap, status);
	for (const char *word; (word = va_arg(ap, const char *)) != NULL && count < MAX_WORDS;)
		words[count++] = word;
	va_end(ap);
	return ctl_checked(c, sync_command(c->redis, count, words, NULL), status);
}

bool ctl_is_ok(const struct reply *r) { return strcmp(reply_text(r, 0), "ok") == 0; }

/* What a field of a request must be, where the function library only names it. */
static const char *field_why(const struct reply *pairs)
{
	static const struct {
		const char *field, *why;
	} fields[] = {
		{ "reason", "needed for what is somebody else's; at most 120 bytes, without telephone or card numbers" },
		{ "to", "available or withheld; needed for a withheld unit" },
		{ "rev", "a whole number, the one that `units` shows" },
		{ "actor", "--as takes the name of an account, without blanks" },
	};
	const char *field = pairs && !reply_get(pairs, 2, "why") ? reply_get(pairs, 2, "field") : NULL;

	for (size_t i = 0; field && i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(field, fields[i].field) == 0)
			return fields[i].why;
	return NULL;
}

/* {"error":{"code":…,"message":…,"detail":{…}}} */
static int show_refusal(const char *code, const char *message, const struct reply *pairs)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_open(&j, "error", '{');
	emit_text(&j, "code", code);
	emit_text(&j, "message", message);
	emit_open(&j, "detail", '{');
	for (size_t i = 2; pairs && i + 1 < pairs->count; i += 2)
		emit_text(&j, reply_text(pairs, i), reply_text(pairs, i + 1));
	if (field_why(pairs))
		emit_text(&j, "why", field_why(pairs));
	emit_close(&j, '}');
	emit_close(&j, '}');
	emit_close(&j, '}');
	emit_show(&j);
	return CTL_REFUSED;
}

int ctl_refuse(struct ctl *c, const char *code, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return c->json ? show_refusal(code, text, NULL) : ctl_fail(CTL_REFUSED, "%s: %s", code, text);
}

int ctl_refused(struct ctl *c, const struct reply *r)
{
	const char *code = reply_text(r, 1);
	int err = err_from_code(code);
	struct buf detail = { 0 };

	if (c->json)
		return show_refusal(code, err_text_en(err), r);
	for (size_t i = 2; i + 1 < r->count; i += 2)
		buf_addf(&detail, "%s%s %s", i > 2 ? ", " : " (", reply_text(r, i), reply_text(r, i + 1));
	if (field_why(r))
		buf_addf(&detail, ": %s", field_why(r));
	int status =
		ctl_fail(CTL_REFUSED, "%s: %s%s%s", code, err_text_en(err), buf_str(&detail), detail.len_bytes > 0 ? ")" : "");
	buf_fini(&detail);
	return status;
}

void ctl_show_reply(const struct reply *r)
{
	static const char *const numbers[] = { "rev", "seq", "deadline", "now", "count", "added", "closes_at" };
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	for (size_t i = 1; i + 1 < r->count; i += 2) {
		bool number = false;

		for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
			number |= strcmp(reply_text(r, i), numbers[n]) == 0;
		if (number)
			emit_int(&j, reply_text(r, i), reply_get_int(r, 1, reply_text(r, i), 0));
		else
			emit_text(&j, reply_text(r, i), reply_text(r, i + 1));
	}
	emit_close(&j, '}');
	emit_show(&j);
}

struct reply *ctl_read_with(struct ctl *c, const char *fn, const char *project, size_t argc, const char *const *argv,
                            int *status)
{
	char *key = ctl_key(project, "");
	struct reply *r = ctl_checked(c, sync_fcall(c->redis, fn, key, argc, argv), status);

	mem_free(key);
	if (r == NULL || ctl_is_ok(r))
		return r;
	*status = ctl_refused(c, r);
	reply_free(r);
	return NULL;
}

struct reply *ctl_read(struct ctl *c, const char *fn, const char *project, int *status)
{
	return ctl_read_with(c, fn, project, 0, NULL, status);
}

/* With whose rights: --role, else those of the account that --as names, else a manager's. */
static const char *acting_role(struct ctl *c)
{
	const char *role = ctl_option(c, "role"), *as = ctl_option(c, "as");
	struct account_record record;
	int status = 0;

	if (role || !as)
		return role ? role : role_name(ROLE_MANAGER);
	struct reply *r = ctl_ask(c, &status, "HGET", "ld:accounts", as, NULL);
	role = role_name(ROLE_MANAGER);
	if (r && r->kind == REPLY_TEXT && account_decode(r->text, r->bytes, &record) == 0) {
		role = role_name(record.role);
		account_record_fini(&record);
	}
	reply_free(r);
	return role;
}

/* The link broke with the call under way: it may have been carried out. The key makes asking again safe. */
static struct reply *repeat(struct ctl *c, const char *fn, const char *key, size_t argc, const char *const *argv)
{
	char why[400];
	struct sync *again = sync_open(&c->config, why, sizeof why);

	if (again == NULL)
		return NULL;
	sync_close(c->redis);
	c->redis = again;
	return sync_fcall(again, fn, key, argc, argv);
}

struct reply *ctl_try(struct ctl *c, const char *fn, const char *project, size_t argc, const char *const *argv,
                      int *status)
{
	const char **all = mem_calloc(argc + 4, sizeof *all);
	const char *role = acting_role(c);
	char *key = ctl_key(project, "");
	char once[25];

	ctl_new_key(once, sizeof once);
	all[0] = ctl_actor(c);
	all[1] = role;
	all[2] = once;
	all[3] = "0";
	for (size_t i = 0; i < argc; i++)
		all[4 + i] = argv[i];
	struct reply *r = sync_fcall(c->redis, fn, key, argc + 4, all);
	if (r == NULL)
		r = repeat(c, fn, key, argc + 4, all);
	if (r == NULL)
		*status = ctl_fail(CTL_UNREACHABLE, "%s; it is not known whether the change was made", sync_why(c->redis));
	else
		r = ctl_checked(c, r, status);
	mem_free(key);
	mem_free(all);
	return r;
}

struct reply *ctl_write(struct ctl *c, const char *fn, const char *project, size_t argc, const char *const *argv,
                        int *status)
{
	struct reply *r = ctl_try(c, fn, project, argc, argv, status);

	if (r == NULL || ctl_is_ok(r))
		return r;
	*status = ctl_refused(c, r);
	reply_free(r);
	return NULL;
}
