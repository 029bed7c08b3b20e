/* What a unit is, read from its catalogue entry (ledger.h), and where that puts it on a sheet. */
#ifndef REPORT_HOME_H
#define REPORT_HOME_H

#include "report/ledger.h"

/* False, and `h` as it was, when the text is no JSON object. */
bool home_read(const char *json, struct home *h);
void home_complete(struct home *h); /* absent texts become "" */
void home_fini(struct home *h);

/* Compares as people do: numbers within the texts by their value, so that room 2 stands before room 10. */
int natural_compare(const char *a, const char *b);
/* The higher floor first; what is no number ("G") below all that are. */
int floor_compare(const char *a, const char *b);
/* Room 1203 on floor 12 stands in column 03; room 03 too. Lent by the home. */
const char *home_column(const struct home *h);

#endif
