#include "core/trend.h"

#include "base/mem.h"

static const char *const names[] = {
#define X(name, text) text,
	TREND_FIGURES(X)
#undef X
};

const char *trend_figure_name(enum trend_figure f) { return names[f]; }

void trend_fini(struct trend *t)
{
	mem_free(t->days);
	*t = (struct trend){ 0 };
}
