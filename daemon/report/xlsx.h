/* The pages of the two kinds of workbook (report.h), and what both share. */
#ifndef REPORT_XLSX_H
#define REPORT_XLSX_H

#include "report/book.h"
#include "report/report.h"

void xlsx_sheet(struct book *b, const struct report *r, const struct ledger *l);
void xlsx_period(struct book *b, const struct report *r, const struct ledger *l);

/* The title and what the page is cut at; returns the first row behind them. */
uint32_t xlsx_begin(struct page *p, const struct report *r, const char *what);

#endif
