#include "app/metrics.h"

void metrics_write(const struct metrics *m, struct buf *out)
{
#define X(name, type, help)                                                                                            \
	buf_addf(out, "# HELP listingd_" #name " " help "\n# TYPE listingd_" #name " " type "\nlistingd_" #name " %lld\n", \
	         (long long)m->name);
	APP_METRICS(X)
#undef X
}
