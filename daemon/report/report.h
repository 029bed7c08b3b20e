/* The reports of the office, made from closed books (ledger.h) and written in two forms.
 *
 * JSON for programs: keys in a fixed order. XLSX for people: laid out and headed as a Chinese office knows it. Both are
 * the same bytes whenever they are made again: nothing in them comes from a clock or from the present state. Text from
 * outside is always written as text, so that no name can become a formula. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "core/report_kind.h"
#include "report/sheet.h"

struct report {
	enum report_kind kind;
	const char *project, *title, *palette; /* lent */
	struct report_span span;
	int64_t utc_offset_min;
	bool interim; /* cut at the moment of making, because its period was not over */
	enum report_part part;
	const char *consultant; /* of PART_OWN; lent */
};

/* Whether a deal of this consultant belongs into it. */
bool report_shows(const struct report *r, const char *consultant);

void report_write_json(const struct report *r, const struct ledger *l, struct buf *out);
/* Writes the file; false with a sentence in `why`. */
MUST_CHECK bool report_write_xlsx(const struct report *r, const struct ledger *l, const char *path, struct buf *why);

#endif
