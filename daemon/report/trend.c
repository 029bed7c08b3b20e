#include "report/trend.h"

#include "base/mem.h"

/* What a day's row takes from its tally and from the states of the units at its end. */
static const struct {
	enum trend_figure figure;
	enum tally_kind tally;
} tallied[] = {
	{ TREND_LOCKS, TALLY_LOCKS },
	{ TREND_SUBSCRIPTIONS, TALLY_SUBSCRIPTIONS },
	{ TREND_CONTRACTS, TALLY_CONTRACTS },
	{ TREND_SETTLED, TALLY_SETTLED },
	{ TREND_EXPIRIES, TALLY_EXPIRIES },
	{ TREND_RELEASES, TALLY_RELEASES },
	{ TREND_WITHDRAWALS, TALLY_WITHDRAWALS },
};

static const enum trend_figure state_figures[UNIT_STATUS_COUNT] = {
	[UNIT_WITHHELD] = TREND_UNITS_WITHHELD,     [UNIT_AVAILABLE] = TREND_UNITS_AVAILABLE,
	[UNIT_LOCKED] = TREND_UNITS_LOCKED,         [UNIT_SUBSCRIBED] = TREND_UNITS_SUBSCRIBED,
	[UNIT_CONTRACTED] = TREND_UNITS_CONTRACTED, [UNIT_SETTLED] = TREND_UNITS_SETTLED,
};

static void fill(struct trend_day *row, const struct ledger *l, size_t day)
{
	const struct ledger_day *d = &l->days[day];
	struct counts counts = ledger_day_counts(l, day);

	row->day = d->day;
	for (size_t i = 0; i < sizeof tallied / sizeof tallied[0]; i++)
		row->figures[tallied[i].figure] = d->tally.count[tallied[i].tally];
	for (int s = 0; s < UNIT_STATUS_COUNT; s++)
		row->figures[state_figures[s]] = counts.by_status[s];
	row->figures[TREND_SELL_THROUGH_BP] = counts_sell_through_bp(&counts);
	row->figures[TREND_RECEIVED_FEN] = money_received_fen(&d->money);
	row->figures[TREND_REFUND_FEN] = d->money.by_kind[MONEY_REFUND];
	row->figures[TREND_CONTRACT_FEN] = d->money.contract_fen;
}

void trend_make(const struct ledger *l, struct trend *out)
{
	int64_t first = l->begun_ms ? office_day_of(l->begun_ms, l->utc_offset_min) : INT64_MAX;

	*out = (struct trend){ .seq = l->seq, .days = mem_calloc(l->day_count + 1, sizeof *out->days) };
	for (size_t i = 0; i < l->day_count; i++)
		if (l->days[i].day >= first)
			fill(&out->days[out->count++], l, i);
}
