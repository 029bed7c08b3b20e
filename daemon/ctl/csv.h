/* Writing CSV (RFC 4180) that a spreadsheet opens as it was meant. */
#ifndef CTL_CSV_H
#define CTL_CSV_H

#include "base/buf.h"

/* One cell, quoted where needed, and with `'` before what a spreadsheet would take for a formula. */
void csv_put_cell(struct buf *out, const char *text);

#endif
