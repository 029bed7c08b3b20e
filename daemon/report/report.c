#include "report/report.h"

#include <string.h>

static const struct {
	const char *name, *chinese;
	int64_t days;
} kinds[REPORT_KINDS] = {
	{ "sheet", "销控表", 0 },
	{ "daily", "销售日报", 1 },
	{ "weekly", "销售周报", 7 },
};

const char *report_kind_name(enum report_kind k) { return kinds[k].name; }
const char *report_kind_chinese(enum report_kind k) { return kinds[k].chinese; }

bool report_kind_from_name(const char *name, enum report_kind *out)
{
	for (int i = 0; i < REPORT_KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*out = (enum report_kind)i;
			return true;
		}
	}
	return false;
}

void report_frame(struct report *r, int64_t day, int64_t sheet_at_min)
{
	r->day = r->kind == REPORT_WEEKLY ? office_day_monday(day) : day;
	r->from_ms = office_day_start_ms(r->day, r->utc_offset_min);
	r->until_ms = r->from_ms + kinds[r->kind].days * OFFICE_DAY_MS;
	if (r->kind == REPORT_SHEET)
		r->from_ms = r->until_ms = r->from_ms + sheet_at_min * 60000;
}

int64_t report_latest_day(enum report_kind k, int64_t now_ms, int64_t utc_offset_min)
{
	int64_t today = office_day_of(now_ms, utc_offset_min);

	return k == REPORT_WEEKLY ? office_day_monday(today) - 7 : today - kinds[k].days;
}
