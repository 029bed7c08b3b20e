/* A project's books, made from nothing but the events of its audit trail: every unit with its home and state, every deal
 * with its price and money, and what happened within a period.
 *
 * Only events before the cut-off count, so the same books come out whenever they are made. Units learn what they are
 * from the `cat` of the events that add or change them; in older trails those carry none, and the present catalogue
 * fills the hole (ledger_fallback), the one thing that is not of the cut-off's moment. */
#ifndef REPORT_LEDGER_H
#define REPORT_LEDGER_H

#include "core/aggregate.h"
#include "report/tally.h"

struct map;

/* What a unit is. Texts are "" where the catalogue says nothing. */
struct home {
	char *building, *entrance, *floor, *room, *type, *gross_area, *inside_area;
	int64_t list_price_fen;
};

/* How a deal ended, and the event that says so. */
struct deal_end {
	const char *event, *name, *chinese;
};

struct ledger_deal {
	char *id, *unit, *consultant;
	int64_t began_ms, signed_ms, ended_ms;
	enum unit_status state;     /* while it holds a unit, else the last one */
	enum unit_status reached;   /* the furthest ever */
	const struct deal_end *end; /* NULL while it goes on */
	int64_t price_fen, paid_fen;
	int64_t due_fen, refunded_fen; /* of an ended deal: to be paid back, and paid back since its end */
};

struct ledger_unit {
	char *id;
	struct home home;
	bool has_home;
	enum unit_status state, state_before; /* at the cut-off; at the period's beginning, where it stood already */
	bool stood_before;
	unsigned char *at_end_of; /* by day of the period: its state then; UNIT_STATUS_COUNT: it did not stand yet */
	struct ledger_deal *deal; /* that holds it, or NULL */
};

struct ledger_consultant {
	char *account;
	struct tally tally; /* of the period, as is the money */
	struct money money;
	struct funnel began, all; /* deals that began in the period; all of them */
};

struct ledger_day {
	int64_t day; /* office_day.h */
	struct tally tally;
	struct money money;
};

struct ledger {
	int64_t from_ms, until_ms, utc_offset_min;
	int64_t seq, begun_ms; /* the last event that counted; when the first one happened, 0 before it */
	size_t unit_count, deal_count, consultant_count, day_count;
	struct ledger_unit **units; /* in index order */
	struct ledger_deal **deals; /* in the order in which they began */
	struct ledger_consultant **consultants;
	struct ledger_day *days; /* of the period, each of them */
	struct tally tally;
	struct money money;
	struct map *unit_of, *deal_of, *consultant_of;
};

/* Events in [from_ms, until_ms) are of the period, earlier ones only of the past. The period begins at a midnight. */
void ledger_init(struct ledger *l, int64_t from_ms, int64_t until_ms, int64_t utc_offset_min);
void ledger_fini(struct ledger *l);

/* Each event of the trail once, in order; those at or after the cut-off are left out. */
void ledger_event(struct ledger *l, const struct trail_entry *e);
/* Whether some unit still lacks its home; and the entry of the present catalogue for one, which changes nothing when the
 * trail has told already. */
bool ledger_lacks_homes(const struct ledger *l);
void ledger_fallback(struct ledger *l, const char *unit, const char *json);
/* After the last event: consultants in the order of their accounts, and their deals counted. */
void ledger_close(struct ledger *l);

/* The sums of the states at the cut-off, or at the period's beginning. */
struct counts ledger_counts(const struct ledger *l, bool before);
/* At the end of a day of the period, counted from 0. */
struct counts ledger_day_counts(const struct ledger *l, size_t day);
/* How far the deals came that began in the period, or all. */
struct funnel ledger_funnel(const struct ledger *l, bool period_only);

/* 未回款: signed and not paid in full. 退款: ended, and money is still to go back to the buyer. */
bool deal_is_unpaid(const struct ledger_deal *d);
bool deal_awaits_refund(const struct ledger_deal *d);
int64_t deal_unpaid_fen(const struct ledger_deal *d);
int64_t deal_refund_fen(const struct ledger_deal *d);

#endif
