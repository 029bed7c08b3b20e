/* The trend (core/trend.h) of the days that closed books are about: each row says what the daily report of its day says. */
#ifndef REPORT_TREND_H
#define REPORT_TREND_H

#include "core/trend.h"
#include "report/ledger.h"

/* For trend_fini. Days before the project's first event have no row. */
void trend_make(const struct ledger *l, struct trend *out);

#endif
