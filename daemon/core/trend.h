/* The figures of the last days, one row for each office day, the oldest first: what happened on it, and how the units stood
 * when it was over (or now, when it is not). Made by the report library, kept by the daemon. */
#ifndef CORE_TREND_H
#define CORE_TREND_H

#include "core/office_day.h"

#include <stddef.h>

/*      enum              name */
/* clang-format off */
#define TREND_FIGURES(X) \
	X(LOCKS,            "locks")           \
	X(SUBSCRIPTIONS,    "subscriptions")   \
	X(CONTRACTS,        "contracts")       \
	X(SETTLED,          "settled")         \
	X(EXPIRIES,         "expiries")        \
	X(RELEASES,         "releases")        \
	X(WITHDRAWALS,      "withdrawals")     \
	X(RECEIVED_FEN,     "received_fen")    \
	X(REFUND_FEN,       "refund_fen")      \
	X(CONTRACT_FEN,     "contract_fen")    \
	X(SELL_THROUGH_BP,  "sell_through_bp") \
	X(UNITS_AVAILABLE,  "available")       \
	X(UNITS_LOCKED,     "locked")          \
	X(UNITS_SUBSCRIBED, "subscribed")      \
	X(UNITS_CONTRACTED, "contracted")      \
	X(UNITS_SETTLED,    "settled_units")   \
	X(UNITS_WITHHELD,   "withheld")
/* clang-format on */

enum trend_figure {
#define X(name, text) TREND_##name,
	TREND_FIGURES(X)
#undef X
		TREND_FIGURE_COUNT
};

enum { TREND_DAYS_MAX = 400, TREND_DAYS_DEFAULT = 30 };

struct trend_day {
	int64_t day; /* office_day.h */
	int64_t figures[TREND_FIGURE_COUNT];
};

/* Zero-initialised is empty and valid. */
struct trend {
	int64_t seq; /* the last event that counted */
	size_t count;
	struct trend_day *days; /* owned */
};

const char *trend_figure_name(enum trend_figure f);
void trend_fini(struct trend *t);

#endif
