#include "core/office_day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, YEAR_MIN = 1970, THURSDAY_TO_MONDAY = 3 };

static bool civil(int64_t day, struct tm *out)
{
	time_t seconds = (time_t)(day * DAY_S);

	return gmtime_r(&seconds, out) != NULL;
}

bool office_day_parse(const char *text, int64_t *day)
{
	struct tm t = { 0 };
	char again[OFFICE_DATE_BYTES];

	if (strlen(text) != OFFICE_DATE_BYTES - 1 || strspn(text, "0123456789-") != OFFICE_DATE_BYTES - 1 ||
	    text[4] != '-' || text[7] != '-')
		return false;
	t.tm_year = atoi(text) - 1900;
	t.tm_mon = atoi(text + 5) - 1;
	t.tm_mday = atoi(text + 8);
	if (t.tm_year < YEAR_MIN - 1900)
		return false;
	int64_t found = timegm(&t) / DAY_S;
	/* timegm makes March of 30 February: what it understood must be what was written. */
	office_day_text(found, again);
	if (strcmp(again, text) != 0)
		return false;
	*day = found;
	return true;
}

void office_day_text(int64_t day, char out[OFFICE_DATE_BYTES])
{
	struct tm t = { 0 };

	if (!civil(day, &t) || strftime(out, OFFICE_DATE_BYTES, "%Y-%m-%d", &t) == 0)
		snprintf(out, OFFICE_DATE_BYTES, "-");
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t office_day_of(int64_t at_ms, int64_t utc_offset_min)
{
	return floor_div(at_ms + utc_offset_min * 60000, OFFICE_DAY_MS);
}

int64_t office_day_start_ms(int64_t day, int64_t utc_offset_min)
{
	return day * OFFICE_DAY_MS - utc_offset_min * 60000;
}

int64_t office_day_monday(int64_t day)
{
	/* Day 0 was a Thursday. */
	return floor_div(day + THURSDAY_TO_MONDAY, 7) * 7 - THURSDAY_TO_MONDAY;
}

void office_time_text(int64_t at_ms, int64_t utc_offset_min, char out[OFFICE_TIME_BYTES])
{
	int64_t day = office_day_of(at_ms, utc_offset_min);
	int minute = (int)((at_ms - office_day_start_ms(day, utc_offset_min)) / 60000);
	char date[OFFICE_DATE_BYTES];

	office_day_text(day, date);
	snprintf(out, OFFICE_TIME_BYTES, "%s %02d:%02d", date, minute / 60, minute % 60);
}
