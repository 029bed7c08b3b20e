/* Reading a project (snapshot.h). */
#include "ctl/snapshot.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int whole(const char *text, int64_t *out)
{
	if (text[0] == '\0' || strlen(text) > 16 || text[strspn(text, "0123456789")] != '\0')
		return -1;
	*out = strtoll(text, NULL, 10);
	return 0;
}

int ctl_unit_read(const char *id, const char *packed, struct ctl_unit *out)
{
	char *copy = mem_strdup(packed), *part[6], *rest = copy;
	int result = -1;
	size_t parts = 0;

	while (parts < 6 && rest != NULL)
		part[parts++] = strsep(&rest, "|");
	*out = (struct ctl_unit){ .id = mem_strdup(id) };
	if (parts == 6 && rest == NULL && whole(part[1], &out->rev) == 0 && whole(part[3], &out->deadline) == 0 &&
	    whole(part[5], &out->index) == 0 && unit_status_from_name(part[0], &out->state))
		result = 0;
	out->deal = mem_strdup(parts == 6 ? part[2] : "");
	out->holder = mem_strdup(parts == 6 ? part[4] : "");
	mem_free(copy);
	return result;
}

void ctl_unit_fini(struct ctl_unit *u)
{
	mem_free(u->id);
	mem_free(u->deal);
	mem_free(u->holder);
}

static char *text_of(const struct reply *r, const char *name)
{
	const char *text = reply_get(r, 1, name);

	return mem_strdup(text ? text : "");
}

/* The pairs end with `units N`; what follows are units. */
static size_t units_begin(const struct reply *r)
{
	for (size_t i = 1; i + 1 < r->count; i += 2)
		if (strcmp(reply_text(r, i), "units") == 0)
			return i + 2;
	return r->count;
}

int ctl_snapshot_take(struct ctl *c, const char *project, struct ctl_snapshot *out)
{
	int status = 0;
	struct reply *r = ctl_read(c, "ld_snapshot", project, &status);

	*out = (struct ctl_snapshot){ 0 };
	if (!r)
		return status;
	out->seq = reply_get_int(r, 1, "seq", 0);
	out->now = reply_get_int(r, 1, "now", 0);
	out->catalog_version = reply_get_int(r, 1, "catalog_version", 0);
	out->lock_hold_ms = reply_get_int(r, 1, "lock_hold_ms", 0);
	out->clock_hold = reply_get_int(r, 1, "clock_hold", 0);
	out->name = text_of(r, "name");
	out->uuid = text_of(r, "uuid");
	out->epoch = text_of(r, "epoch");
	out->public_board = text_of(r, "public_board");
	out->warn_ms = text_of(r, "warn_ms");
	size_t from = units_begin(r);
	out->units = mem_calloc((r->count - from) / 2 + 1, sizeof *out->units);
	for (size_t i = from; i + 1 < r->count && status == 0; i += 2)
		if (ctl_unit_read(reply_text(r, i), reply_text(r, i + 1), &out->units[out->count++]) != 0)
			status = ctl_fail(CTL_INTERNAL, "unit %s is unreadable in Redis: %s; run listingctl verify",
			                  reply_text(r, i), reply_text(r, i + 1));
	reply_free(r);
	if (status != 0)
		ctl_snapshot_fini(out);
	return status;
}

void ctl_snapshot_fini(struct ctl_snapshot *s)
{
	for (size_t i = 0; i < s->count; i++)
		ctl_unit_fini(&s->units[i]);
	mem_free(s->units);
	mem_free(s->name);
	mem_free(s->uuid);
	mem_free(s->epoch);
	mem_free(s->public_board);
	mem_free(s->warn_ms);
	*s = (struct ctl_snapshot){ 0 };
}
