/* A trend as JSON: {"project","seq","days":[{"date","locks",…},…]}, keys in a fixed order, one line. */
#ifndef WIRE_TREND_H
#define WIRE_TREND_H

#include "base/buf.h"
#include "base/err.h"
#include "core/trend.h"

/* The last `days` of its rows. */
void encode_trend(struct buf *out, const char *project, const struct trend *t, size_t days);
/* What encode_trend wrote. 0 and a trend for trend_fini, or LD_E_BAD_REQUEST and an empty one. */
MUST_CHECK int trend_decode(const char *text, size_t bytes, struct trend *out);

#endif
