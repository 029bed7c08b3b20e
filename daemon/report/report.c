#include "report/report.h"

#include <string.h>

bool report_shows(const struct report *r, const char *consultant)
{
	return r->part != PART_OWN || strcmp(consultant, r->consultant) == 0;
}
