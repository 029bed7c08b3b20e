#include "core/report_kind.h"

#include <string.h>

static const struct {
	const char *name, *chinese;
	int64_t days; /* between one and the next */
} kinds[REPORT_KINDS] = {
	{ "sheet", "销控表", 1 },
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

struct report_span report_span(enum report_kind k, int64_t day, int64_t utc_offset_min, int64_t sheet_at_min)
{
	struct report_span s = { .day = k == REPORT_WEEKLY ? office_day_monday(day) : day };

	s.from_ms = office_day_start_ms(s.day, utc_offset_min);
	s.until_ms = s.from_ms + kinds[k].days * OFFICE_DAY_MS;
	if (k == REPORT_SHEET)
		s.from_ms = s.until_ms = s.from_ms + sheet_at_min * 60000;
	return s;
}

struct report_span report_last_over(enum report_kind k, int64_t now_ms, int64_t utc_offset_min, int64_t sheet_at_min)
{
	struct report_span s = report_span(k, office_day_of(now_ms, utc_offset_min), utc_offset_min, sheet_at_min);

	return s.until_ms <= now_ms ? s : report_span(k, s.day - kinds[k].days, utc_offset_min, sheet_at_min);
}
