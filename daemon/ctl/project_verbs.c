/* project create, project set. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/duration.h"
#include "ctl/print.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SETTINGS = 16 };

/* Settings as people write them, and as the library takes them. */
static const struct setting {
	const char *name, *stored;
	enum { TEXT, DURATION, DURATIONS } kind;
} settings[] = {
	{ "lock_hold", "lock_hold_ms", DURATION },
	{ "subscribe_hold", "subscribe_hold_ms", DURATION },
	{ "hold_max", "hold_max_ms", DURATION },
	{ "public_board", "public_board", TEXT },
	{ "warn", "warn_ms", DURATIONS },
	{ "name", "name", TEXT },
	{ "on_expiry_paid", "on_expiry_paid", TEXT },
	{ "utc_offset_min", "utc_offset_min", TEXT },
	{ "sheet_at_min", "sheet_at_min", TEXT },
	{ "palette", "palette", TEXT },
};

struct pairs {
	size_t count;
	char *texts[MAX_SETTINGS * 2];
};

static void pairs_fini(struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++)
		mem_free(p->texts[i]);
}

static char *read_durations(const char *text, bool list)
{
	struct buf out = { 0 };

	while (*text) {
		int64_t ms = duration_read(text, &text);

		if (ms < 0 || (*text == ',' && !list)) {
			buf_fini(&out);
			return NULL;
		}
		if (out.len_bytes > 0)
			buf_addc(&out, ',');
		buf_addi(&out, ms);
		text += *text == ',';
	}
	return buf_take(&out);
}

static const struct setting *find(const char *name, size_t bytes)
{
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		if ((strlen(settings[i].name) == bytes && strncmp(settings[i].name, name, bytes) == 0) ||
		    (strlen(settings[i].stored) == bytes && strncmp(settings[i].stored, name, bytes) == 0))
			return &settings[i];
	return NULL;
}

static int read_setting(const char *text, struct pairs *out)
{
	size_t bytes = strcspn(text, "=");
	const struct setting *s = find(text, bytes);
	const char *value = text + bytes + 1;

	if (text[bytes] != '=')
		return ctl_fail(CTL_USAGE, "%s is no SETTING=VALUE", text);
	if (!s)
		return ctl_fail(CTL_USAGE, "no setting %.*s; see listingctl project set --help", (int)bytes, text);
	/* The stored name takes milliseconds as they are stored. */
	bool plain = s->kind == TEXT || strncmp(s->stored, text, bytes) == 0;
	plain = s->kind == TEXT || (plain && strlen(s->stored) == bytes);
	char *stored = plain ? mem_strdup(value) : read_durations(value, s->kind == DURATIONS);
	if (!stored || (stored[0] == '\0' && s->kind == DURATION)) {
		mem_free(stored);
		return ctl_fail(CTL_USAGE, "%s: a duration is a number and s, m, h or d, as in 24h", text);
	}
	out->texts[out->count++] = mem_strdup(s->stored);
	out->texts[out->count++] = stored;
	return 0;
}

static int read_settings(const struct ctl *c, struct pairs *out)
{
	int status = 0;

	*out = (struct pairs){ 0 };
	for (size_t i = 0; i < c->count && status == 0; i++)
		status = read_setting(c->arguments[i], out);
	return status;
}

static void new_uuid(char out[37])
{
	unsigned char b[16];

	randombytes_buf(b, sizeof b);
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4, variant 1 of RFC 9562 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
	         b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

struct reply *project_try(struct ctl *c, const char *project, const char *name, size_t count, char **pairs, int *status)
{
	const char *args[2 + MAX_SETTINGS * 2];
	char uuid[37];

	new_uuid(uuid);
	args[0] = name;
	args[1] = uuid;
	for (size_t i = 0; i < count; i++)
		args[2 + i] = pairs[i];
	return ctl_try(c, "ld_create", project, 2 + count, args, status);
}

int project_register(struct ctl *c, const char *project)
{
	int status = 0;

	reply_free(ctl_ask(c, &status, "SADD", "ld:projects", project, NULL));
	return status;
}

int project_create(struct ctl *c, const char *project, const char *name, size_t count, char **pairs)
{
	int status = 0;

	if (strstr(project, "--"))
		return ctl_fail(CTL_USAGE, "--project %s: names with `--` are those of rehearsals (rehearsal begin)", project);
	struct reply *r = project_try(c, project, name, count, pairs, &status);
	if (!r)
		return status;
	/* Also when it exists: an earlier run may have been cut off between the two steps. */
	if (ctl_is_ok(r) || strcmp(reply_text(r, 1), "exists") == 0)
		status = project_register(c, project);
	if (!ctl_is_ok(r) && status == 0)
		status = ctl_refused(c, r);
	reply_free(r);
	return status;
}

static void show(const struct ctl *c, const char *done)
{
	struct emit j = { 0 };

	if (!c->json) {
		printf("Project %s is %s.\n", ctl_option(c, "project"), done);
		return;
	}
	emit_open(&j, NULL, '{');
	emit_text(&j, "project", ctl_option(c, "project"));
	emit_bool(&j, done, true);
	emit_close(&j, '}');
	emit_show(&j);
}

int verb_project_create(struct ctl *c)
{
	struct pairs pairs;
	int status = read_settings(c, &pairs);

	if (status == 0 && (status = ctl_connect(c)) == 0)
		status = project_create(c, ctl_option(c, "project"), ctl_option(c, "name"), pairs.count, pairs.texts);
	if (status == 0)
		show(c, "created");
	pairs_fini(&pairs);
	return status;
}

int verb_project_set(struct ctl *c)
{
	struct pairs pairs;
	int status = read_settings(c, &pairs);

	if (status == 0 && (status = ctl_connect(c)) == 0) {
		struct reply *r = ctl_write(c, "ld_configure", ctl_option(c, "project"), pairs.count,
		                            (const char *const *)pairs.texts, &status);
		if (r)
			show(c, "changed");
		reply_free(r);
	}
	pairs_fini(&pairs);
	return status;
}
