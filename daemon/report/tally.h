/* What reports count: how often something happened, how far deals came, and money. Money is whole fen, shares are whole
 * hundredths of a percent (basis points), rounded half up. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "core/unit.h"
#include "core/trail.h"

#include <stdint.h>

/*      enum                 name                   Chinese       event       field   its value */
/* clang-format off */
#define TALLIES(X) \
	X(LOCKS,              "locks",               "锁定",       "lock",     NULL,     NULL)       \
	X(APPLICATIONS,       "applications",        "认购申请",   "apply",    NULL,     NULL)       \
	X(REJECTIONS,         "rejections",          "申请驳回",   "reject",   NULL,     NULL)       \
	X(SUBSCRIPTIONS,      "subscriptions",       "认购",       "approve",  NULL,     NULL)       \
	X(CONTRACTS,          "contracts",           "签约",       "sign",     NULL,     NULL)       \
	X(SETTLED,            "settled",             "回款结清",   "settle",   NULL,     NULL)       \
	X(RELEASES,           "releases",            "释放",       "release",  NULL,     NULL)       \
	X(EXPIRIES,           "expiries",            "到期释放",   "expire",   NULL,     NULL)       \
	X(OVERDUE,            "overdue",             "逾期",       "overdue",  NULL,     NULL)       \
	X(EXTENSIONS,         "extensions",          "延期",       "extend",   NULL,     NULL)       \
	X(SWAPS,              "swaps",               "换房",       "swap_in",  NULL,     NULL)       \
	X(RENAMES,            "renames",             "更名",       "rename",   NULL,     NULL)       \
	X(WITHDRAWALS,        "withdrawals",         "退房",       "withdraw", NULL,     NULL)       \
	X(REVIVALS,           "revivals",            "恢复",       "revive",   NULL,     NULL)       \
	X(DISCOUNTS_ASKED,    "discounts_asked",     "折扣申请",   "ask",      "kind",   "discount") \
	X(DISCOUNTS_APPROVED, "discounts_approved",  "折扣批准",   "decide",   "result", "yes")      \
	X(DISCOUNTS_REFUSED,  "discounts_refused",   "折扣驳回",   "decide",   "result", "no")

/*      enum           name */
#define MONEY_KINDS(X) \
	X(SUBSCRIPTION, "subscription") \
	X(DOWN_PAYMENT, "down_payment") \
	X(MORTGAGE,     "mortgage") \
	X(REFUND,       "refund")
/* clang-format on */

enum tally_kind {
#define X(name, ...) TALLY_##name,
	TALLIES(X)
#undef X
		TALLY_COUNT
};

enum money_kind {
#define X(name, ...) MONEY_##name,
	MONEY_KINDS(X)
#undef X
		MONEY_COUNT
};

struct tally {
	int64_t count[TALLY_COUNT];
};

/* Deals by the furthest state that they ever reached; a later state counts for every one before it. */
struct funnel {
	int64_t locked, subscribed, contracted, settled;
};

struct money {
	int64_t by_kind[MONEY_COUNT];
	int64_t contracts, contract_fen; /* signed, and their prices */
};

const char *tally_name(enum tally_kind k);
const char *tally_chinese(enum tally_kind k);
const char *money_name(enum money_kind k);

/* Counts the event where it belongs; one that belongs nowhere is left alone. */
void tally_event(struct tally *t, const struct trail_entry *e);
void money_event(struct money *m, const struct trail_entry *e);
void funnel_deal(struct funnel *f, enum unit_status reached);

int64_t money_received_fen(const struct money *m); /* without refunds */
int64_t money_net_fen(const struct money *m);

/* part ÷ whole in basis points, 0 when there is no whole. */
int64_t share_bp(int64_t part, int64_t whole);

#endif
