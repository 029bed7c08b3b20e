#include "app/demand.h"

/* Nobody looks at demand by the second, and on launch day most locks are refused: one write then stands for thousands. */
enum { FLUSH_MS = 2000 };
/* A batch stays below what the function takes at once: a name has 72 bytes at most. */
enum { BATCH_UNITS = 2000 };

void demand_lock_refused(struct counts *d, const char *unit, int err)
{
	if (err == LD_E_UNIT_TAKEN || err == LD_E_NOT_AVAILABLE)
		counts_add(d, unit);
}

struct counts *demand_new(struct project *p) { return counts_new(p, "ld_demand_add", NULL, FLUSH_MS, BATCH_UNITS); }
