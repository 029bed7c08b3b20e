#include "app/targets.h"

#include "base/mem.h"
#include "outbound/http_post.h"
#include "wire/json.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 64 KiB hold some hundred targets. A shorter secret than 8 bytes is a placeholder. */
enum { FILE_MAX_BYTES = 65536, TARGETS_MAX = 64, ID_MAX = 32, PROJECT_MAX = 64 };
enum { URL_MAX_BYTES = 2048, SECRET_MIN_BYTES = 8, SECRET_MAX_BYTES = 256 };

static const char *const kinds[TARGET_KIND_COUNT] = { "wecom", "dingtalk", "webhook" };

static const char *const members[] = { "id", "project", "kind", "url", "secret", "events", "from" };

/* What a trail can hold; a name that is none of these would wait for ever. */
static const char *const event_kinds[] = {
	"create",      "configure",    "import",        "clock_hold",    "clock_confirm", "freeze",       "thaw",
	"add",         "change",       "lock",          "offer",         "withhold",      "apply",        "approve",
	"reject",      "receipt",      "review",        "sign",          "settle",        "extend",       "overdue",
	"ask",         "decide",       "file",          "swap_out",      "swap_in",       "rename",       "release",
	"expire",      "withdraw",     "revive",        "buyers",        "erase",         "reveal",       "account",
	"disable",     "password",     "pair",          "revoke",        "launch_plan",   "launch_units", "launch_admit",
	"launch_draw", "launch_pause", "launch_resume", "launch_extend", "launch_close",  "launch_say",   "launch_code",
	"checkin",     "complete",     "replace",       "rehearsal",
};

static bool is_one_of(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

#define IS_ONE_OF(list, text) is_one_of(list, sizeof(list) / sizeof *(list), text)

static bool is_id(const char *text, size_t max)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return n >= 1 && n <= max && text[n] == '\0';
}

const char *target_kind_name(enum target_kind k) { return kinds[k]; }

bool target_wants(const struct target *t, const char *event)
{
	return t->event_count == 0 || is_one_of((const char *const *)t->events, t->event_count, event);
}

static void target_fini(struct target *t)
{
	if (t->secret)
		sodium_memzero(t->secret, strlen(t->secret));
	if (t->url)
		sodium_memzero(t->url, strlen(t->url));
	for (size_t i = 0; i < t->event_count; i++)
		mem_free(t->events[i]);
	mem_free(t->id);
	mem_free(t->project);
	mem_free(t->url);
	mem_free(t->secret);
}

void targets_free(struct targets *t)
{
	for (size_t i = 0; t && i < t->count; i++)
		target_fini(&t->list[i]);
	if (t)
		mem_free(t->list);
	mem_free(t);
}

/* --- one target; each part returns NULL or what is wrong with it */

static const char *read_names(struct target *t, const struct json *j)
{
	const char *id = json_text_of(j, "id"), *project = json_text_of(j, "project"), *kind = json_text_of(j, "kind");
	if (!id || !is_id(id, ID_MAX))
		return "id must be 1 to 32 of A-Z a-z 0-9 _ -";
	t->id = mem_strdup(id);
	if (!project || !is_id(project, PROJECT_MAX))
		return "project must name a project";
	t->project = mem_strdup(project);
	while (t->kind < TARGET_KIND_COUNT && (!kind || strcmp(kinds[t->kind], kind) != 0))
		t->kind++;
	return t->kind < TARGET_KIND_COUNT ? NULL : "kind must be wecom, dingtalk or webhook";
}

static const char *read_url(struct target *t, const struct json *j, struct buf *room)
{
	const char *url = json_text_of(j, "url");
	if (!url || strlen(url) > URL_MAX_BYTES)
		return "url must be an address of at most 2048 bytes";
	buf_adds(room, "url ");
	if (http_url_check(url, room) != 0)
		return buf_str(room);
	t->url = mem_strdup(url);
	return NULL;
}

static const char *read_secret(struct target *t, const struct json *j)
{
	const struct json *member = json_member(j, "secret");
	const char *secret = json_string(member);
	if (!member)
		return t->kind == TARGET_WEBHOOK ? "secret is missing: a webhook's receiver checks signatures with it" : NULL;
	if (t->kind == TARGET_WECOM)
		return "secret has no meaning for wecom: its key stands in the url";
	if (!secret || strlen(secret) < SECRET_MIN_BYTES || strlen(secret) > SECRET_MAX_BYTES)
		return "secret must be a text of 8 to 256 bytes";
	t->secret = mem_strdup(secret);
	return NULL;
}

static const char *read_events(struct target *t, const struct json *j)
{
	const struct json *list = json_member(j, "events"), *from = json_member(j, "from");
	const char *text = json_string(from);
	if ((list || from) && t->kind != TARGET_WEBHOOK)
		return "events and from have a meaning for webhooks only";
	if (from && (!text || (strcmp(text, "start") != 0 && strcmp(text, "now") != 0)))
		return "from must be \"start\" or \"now\"";
	t->from_start = text && strcmp(text, "start") == 0;
	if (list && (json_count(list) == 0 || json_count(list) > TARGET_EVENTS_MAX))
		return "events must be a list of kinds of events";
	for (size_t i = 0; i < json_count(list); i++) {
		const char *kind = json_string(json_item(list, i));
		if (!kind || !IS_ONE_OF(event_kinds, kind))
			return "events names a kind of event that there is not";
		t->events[t->event_count++] = mem_strdup(kind);
	}
	return NULL;
}

static const char *read_target(struct target *t, const struct json *j, struct buf *room)
{
	const char *bad;
	if (!json_is_object(j))
		return "is no object";
	if ((bad = read_names(t, j)))
		return bad;
	for (size_t i = 0; (bad = json_name(j, i)); i++)
		if (!IS_ONE_OF(members, bad))
			return "has a member that is none of id, project, kind, url, secret, events and from";
	if ((bad = read_url(t, j, room)) || (bad = read_secret(t, j)))
		return bad;
	return read_events(t, j);
}

/* --- the file */

static int read_all(struct targets *out, const char *path, const struct json *list, struct buf *why)
{
	size_t count = json_count(list);
	if (!json_item(list, 0) || count > TARGETS_MAX) {
		buf_addf(why, "%s: must be {\"targets\":[…]} with 1 to %d targets", path, TARGETS_MAX);
		return LD_E_BAD_REQUEST;
	}
	out->list = mem_calloc(count, sizeof *out->list);
	for (size_t i = 0; i < count; i++) {
		struct target *t = &out->list[out->count++];
		struct buf room = { 0 };
		const char *bad = read_target(t, json_item(list, i), &room);
		for (size_t k = 0; k < i && !bad; k++)
			if (strcmp(out->list[k].id, t->id) == 0)
				bad = "the id stands twice";
		if (bad)
			buf_addf(why, "%s: target %zu (%s): %s", path, i + 1, t->id ? t->id : "without a valid id", bad);
		buf_fini(&room);
		if (bad)
			return LD_E_BAD_REQUEST;
	}
	return 0;
}

struct targets *targets_parse(const char *path, const char *text, size_t bytes, struct buf *why)
{
	struct json *j;
	char reason[WHY_BYTES];
	struct targets *out = mem_zalloc(sizeof *out);
	if (json_parse(text, bytes, &j, reason) != 0)
		buf_addf(why, "%s: %s", path, reason);
	else if (read_all(out, path, json_member(j, "targets"), why) == 0) {
		json_free(j);
		return out;
	}
	json_free(j);
	targets_free(out);
	return NULL;
}

/* The text of a regular file that belongs to its owner alone; bytes read, or -1 and `why`. */
static ssize_t read_private(const char *path, char *text, struct buf *why)
{
	struct stat st;
	size_t have = 0;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		buf_addf(why, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES) {
		buf_addf(why, "%s: must be a file of at most %d bytes", path, FILE_MAX_BYTES);
	} else if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		buf_addf(why, "%s: holds secrets but has mode %04o, which lets others at it: chmod 600 it", path,
		         (unsigned)(st.st_mode & 07777));
	} else {
		while (have < FILE_MAX_BYTES && (n = read(fd, text + have, FILE_MAX_BYTES - have)) > 0)
			have += (size_t)n;
		if (n < 0)
			buf_addf(why, "%s: %s", path, strerror(errno));
		close(fd);
		return n < 0 ? -1 : (ssize_t)have;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

struct targets *targets_load(const char *path, struct buf *why)
{
	if (!*path)
		return mem_zalloc(sizeof(struct targets));
	char *text = mem_alloc(FILE_MAX_BYTES);
	ssize_t bytes = read_private(path, text, why);
	struct targets *out = bytes < 0 ? NULL : targets_parse(path, text, (size_t)bytes, why);
	sodium_memzero(text, FILE_MAX_BYTES);
	mem_free(text);
	return out;
}
