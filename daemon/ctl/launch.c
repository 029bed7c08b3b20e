#include "ctl/launch.h"

#include "base/mem.h"
#include "core/office_day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UTC_OFFSET_MIN = 480 }; /* of a project that says nothing: China */

int64_t launch_utc_offset(struct ctl *c, int *status)
{
	char *key = ctl_key(ctl_option(c, "project"), ":meta");
	struct reply *r = ctl_ask(c, status, "HGET", key, "utc_offset_min", NULL);
	int64_t minutes = r && r->kind == REPLY_TEXT ? strtoll(r->text, NULL, 10) : UTC_OFFSET_MIN;

	mem_free(key);
	reply_free(r);
	return minutes;
}

/* "10:00" or "10:00:30" as seconds of the day; -1 when it is none. */
static int64_t read_clock(const char *text)
{
	int parts[3] = { 0 };
	size_t bytes = strlen(text);

	if (bytes != 5 && bytes != 8)
		return -1;
	for (size_t i = 0; i < bytes; i++) {
		bool colon = i % 3 == 2;

		if (colon ? text[i] != ':' : text[i] < '0' || text[i] > '9')
			return -1;
		if (!colon)
			parts[i / 3] = parts[i / 3] * 10 + (text[i] - '0');
	}
	return parts[0] < 24 && parts[1] < 60 && parts[2] < 60 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : -1;
}

int64_t launch_time_read(const char *text, int64_t utc_offset_min)
{
	size_t digits = strspn(text, "0123456789");
	char date[OFFICE_DATE_BYTES];
	int64_t day, seconds;

	if (digits == strlen(text))
		return digits >= 10 && digits <= 15 ? strtoll(text, NULL, 10) : -1;
	if (strlen(text) < OFFICE_DATE_BYTES)
		return -1;
	snprintf(date, sizeof date, "%.10s", text);
	seconds = read_clock(text + OFFICE_DATE_BYTES);
	if ((text[10] != ' ' && text[10] != 'T') || !office_day_parse(date, &day) || seconds < 0)
		return -1;
	return office_day_start_ms(day, utc_offset_min) + seconds * 1000;
}

void launch_time_text(int64_t at_ms, int64_t utc_offset_min, char out[LAUNCH_TIME_BYTES])
{
	char minutes[OFFICE_TIME_BYTES];
	int seconds = (int)(at_ms / 1000 % 60);

	office_time_text(at_ms, utc_offset_min, minutes);
	if (seconds)
		snprintf(out, LAUNCH_TIME_BYTES, "%s:%02d", minutes, seconds);
	else
		snprintf(out, LAUNCH_TIME_BYTES, "%s", minutes);
}

int64_t launch_int(const struct json *record, const char *name)
{
	int64_t value = 0;

	return json_whole(json_member(record, name), &value) ? value : 0;
}

const char *launch_text(const struct json *record, const char *name)
{
	const char *text = json_text_of(record, name);

	return text ? text : "";
}

struct reply *launches_read(struct ctl *c, int *status)
{
	return ctl_read(c, "ld_launches", ctl_option(c, "project"), status);
}

static void take(struct launch *out, const char *text)
{
	launch_fini(out);
	out->record = ctl_record(text);
	out->id = launch_text(out->record, "id");
	out->phase = launch_text(out->record, "phase");
	out->mode = launch_text(out->record, "mode");
	out->groups = launch_text(out->record, "groups");
}

int launch_find(struct ctl *c, struct launch *out)
{
	const char *named = ctl_option(c, "launch");
	size_t found = 0;
	int status = 0;

	*out = (struct launch){ 0 };
	struct reply *r = launches_read(c, &status);
	for (size_t i = LAUNCHES_FIRST; r && found < 2 && i + 1 < r->count; i += 2) {
		struct launch one = { 0 };

		take(&one, reply_text(r, i));
		bool fits = named ? strcmp(one.id, named) == 0 : strcmp(one.phase, "closed") != 0;
		launch_fini(&one);
		if (fits && ++found == 1)
			take(out, reply_text(r, i));
	}
	out->now_ms = r ? reply_get_int(r, 1, "now", 0) : 0;
	reply_free(r);
	if (status == 0 && found == 0 && named)
		status = ctl_refuse(c, "no_such_launch", "there is no session %s", named);
	else if (status == 0 && found == 0)
		status = ctl_refuse(c, "no_such_launch", "no session is planned or open; name another with --launch");
	else if (found > 1)
		status = ctl_fail(CTL_USAGE, "several sessions are not over yet; name one with --launch");
	return status;
}

void launch_fini(struct launch *l)
{
	json_free(l->record);
	*l = (struct launch){ 0 };
}
