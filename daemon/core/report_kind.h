/* The kinds of report, and which time each is about: the one place for listingctl, which makes them, and the daemon, which
 * knows when they are due. */
#ifndef CORE_REPORT_KIND_H
#define CORE_REPORT_KIND_H

#include "core/office_day.h"

enum report_kind { REPORT_SHEET, REPORT_DAILY, REPORT_WEEKLY, REPORT_KINDS };

const char *report_kind_name(enum report_kind k);
const char *report_kind_chinese(enum report_kind k);
bool report_kind_from_name(const char *name, enum report_kind *out); /* false: no such kind, out untouched */

/* Of the daily and the weekly report: all of it; the money only; one consultant's own figures. */
enum report_part { PART_WHOLE, PART_MONEY, PART_OWN };

struct report_span {
	int64_t day; /* that names it: of a weekly report the Monday */
	int64_t from_ms, until_ms;
};

/* Of the report that `day` belongs to. A sheet has no period: it is cut at its minute of the day. */
struct report_span report_span(enum report_kind k, int64_t day, int64_t utc_offset_min, int64_t sheet_at_min);
/* The last one whose time is over. */
struct report_span report_last_over(enum report_kind k, int64_t now_ms, int64_t utc_offset_min, int64_t sheet_at_min);

#endif
