/* The reports of the office, made from closed books (ledger.h) and written in two forms.
 *
 * JSON for programs: keys in a fixed order. XLSX for people: laid out and headed as a Chinese office knows it. Both are
 * the same bytes whenever they are made again: nothing in them comes from a clock or from the present state, but the
 * project's title. Text from outside is always written as text, so that no name can become a formula. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "report/office_day.h"
#include "report/sheet.h"

enum report_kind { REPORT_SHEET, REPORT_DAILY, REPORT_WEEKLY, REPORT_KINDS };

const char *report_kind_name(enum report_kind k);
const char *report_kind_chinese(enum report_kind k);
bool report_kind_from_name(const char *name, enum report_kind *out);

struct report {
	enum report_kind kind;
	const char *project, *title; /* lent */
	int64_t day;                 /* that names it: of a weekly report the Monday */
	int64_t from_ms, until_ms, utc_offset_min;
	bool interim; /* cut at the moment of making, because its period was not over */
};

/* Sets day, from and until of the report that `day` lies in. A sheet has no period: it is cut at its minute of the day. */
void report_frame(struct report *r, int64_t day, int64_t sheet_at_min);
/* The last one of its kind whose period has begun (sheet) or is over (daily, weekly) at now_ms. */
int64_t report_latest_day(enum report_kind k, int64_t now_ms, int64_t utc_offset_min);

void report_write_json(const struct report *r, const struct ledger *l, struct buf *out);
/* Writes the file; false with a sentence in `why`. */
MUST_CHECK bool report_write_xlsx(const struct report *r, const struct ledger *l, const char *path, struct buf *why);

#endif
