/* rehearsal begin, rehearsal report, rehearsal end. */
#include "ctl/rehearsal.h"

#include "base/mem.h"
#include "ctl/duration.h"
#include "ctl/launch.h"
#include "ctl/print.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Buyers need a moment to sign in. */
enum { OPENS_IN_MS = 120000, PROJECT_BYTES = 64 };

/* --- begin */

/* A time as for `launch plan`, or a duration from `from_ms` on; 0 without the option, -1 when it is neither. */
static int64_t read_moment(const struct ctl *c, const char *option, int64_t from_ms, int64_t utc_offset_min)
{
	const char *text = ctl_option(c, option);
	int64_t ms = text ? duration_read_all(text) : -1;

	if (!text)
		return 0;
	return ms > 0 ? from_ms + ms : launch_time_read(text, utc_offset_min);
}

static int redis_now(struct ctl *c, int64_t *now_ms)
{
	int status = 0;
	struct reply *r = ctl_ask(c, &status, "TIME", NULL);

	if (r)
		*now_ms = strtoll(reply_text(r, 0), NULL, 10) * 1000 + strtoll(reply_text(r, 1), NULL, 10) / 1000;
	reply_free(r);
	return status;
}

static int read_times(struct ctl *c, int64_t utc_offset_min, int64_t *opens_ms, int64_t *closes_ms)
{
	int64_t now_ms = 0;
	int status = redis_now(c, &now_ms);

	if (status != 0)
		return status;
	*opens_ms = read_moment(c, "opens", now_ms, utc_offset_min);
	if (*opens_ms == 0)
		*opens_ms = now_ms + OPENS_IN_MS;
	*closes_ms = read_moment(c, "closes", *opens_ms, utc_offset_min);
	if (*opens_ms < 0 || *closes_ms < 0)
		return ctl_fail(CTL_USAGE, "--%s: a time is 2026-12-01 10:00, or a duration such as 90s",
		                *opens_ms < 0 ? "opens" : "closes");
	return 0;
}

static void show_begun(const struct ctl *c, const char *shadow, const struct rehearsal_copy *copy,
                       int64_t utc_offset_min)
{
	struct emit j = { 0 };
	char opens[LAUNCH_TIME_BYTES];

	if (c->json) {
		emit_open(&j, NULL, '{');
		emit_text(&j, "project", shadow);
		emit_text(&j, "of", ctl_option(c, "project"));
		emit_text(&j, "launch", copy->launch);
		emit_int(&j, "opens_ms", copy->opens_ms);
		emit_int(&j, "closes_ms", copy->closes_ms);
		emit_int(&j, "units", (int64_t)copy->units);
		emit_int(&j, "buyers", (int64_t)copy->buyers);
		emit_int(&j, "codes", (int64_t)copy->codes);
		emit_close(&j, '}');
		emit_show(&j);
		return;
	}
	launch_time_text(copy->opens_ms, utc_offset_min, opens);
	printf("Rehearsal %s of %s: session %s opens %s.\n%zu units, %zu buyers, %zu of them with a one-time code.\n",
	       shadow, ctl_option(c, "project"), copy->launch, opens, copy->units, copy->buyers, copy->codes);
	if (copy->erased)
		printf("%zu who were admitted are erased and not in it.\n", copy->erased);
	printf("Buyers go to /pick/%s. `listingctl rehearsal end --project %s --report FILE` reports and leaves nothing.\n",
	       shadow, shadow);
}

static int begin(struct ctl *c, const char *shadow)
{
	struct rehearsal_copy copy = { 0 };
	int64_t opens_ms = 0, closes_ms = 0;
	int status = ctl_connect(c);
	int64_t utc_offset_min = status == 0 ? launch_utc_offset(c, &status) : 0;

	if (status == 0)
		status = read_times(c, utc_offset_min, &opens_ms, &closes_ms);
	if (status == 0)
		status = rehearsal_copy(c, shadow, opens_ms, closes_ms, &copy);
	if (status == 0)
		status = project_register(c, shadow);
	if (status == 0)
		show_begun(c, shadow, &copy, utc_offset_min);
	return status;
}

int verb_rehearsal_begin(struct ctl *c)
{
	const char *project = ctl_option(c, "project"), *name = ctl_option(c, "name");

	name = name ? name : "r1";
	if (strstr(project, "--"))
		return ctl_fail(CTL_USAGE, "--project %s is a rehearsal itself", project);
	if (!*name || *name == '-' || strstr(name, "--") ||
	    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] ||
	    strlen(project) + 2 + strlen(name) > PROJECT_BYTES)
		return ctl_fail(CTL_USAGE, "--name %s: A-Z a-z 0-9 _ -, with the project at most %d", name, PROJECT_BYTES - 2);
	char *shadow = mem_printf("%s--%s", project, name);
	int status = begin(c, shadow);
	mem_free(shadow);
	return status;
}

/* --- report, end */

int rehearsal_expect(struct ctl *c, const char *shadow)
{
	char *meta = ctl_key(shadow, ":meta");
	int status = 0;
	struct reply *r = ctl_ask(c, &status, "HMGET", meta, "uuid", "rehearsal", NULL);

	mem_free(meta);
	if (r && r->items[0].kind != REPLY_TEXT)
		status = ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", shadow);
	else if (r && !*reply_text(r, 1))
		status = ctl_fail(CTL_REFUSED, "not_available: project %s is no rehearsal", shadow);
	reply_free(r);
	return status;
}

int verb_rehearsal_report(struct ctl *c)
{
	const char *shadow = ctl_option(c, "project");
	int status = ctl_connect(c);

	if (status == 0)
		status = rehearsal_expect(c, shadow);
	if (status == 0)
		status = rehearsal_report(c, shadow, c->arguments[0]);
	return status;
}

int verb_rehearsal_end(struct ctl *c)
{
	const char *shadow = ctl_option(c, "project");
	int status = ctl_connect(c);

	if (status == 0)
		status = rehearsal_expect(c, shadow);
	if (status == 0)
		status = rehearsal_report(c, shadow, ctl_option(c, "report"));
	/* A report that found something is a report all the same, once it is written. */
	int found = status == CTL_REFUSED && access(ctl_option(c, "report"), F_OK) == 0 ? status : 0;
	if (status == 0 || found)
		status = rehearsal_remove(c, shadow);
	if (status == 0 && !c->json)
		printf("Rehearsal %s is over; nothing of it is left.\n", shadow);
	return status ? status : found;
}
