#include "report/ledger_deal.h"

#include "base/mem.h"

#include <string.h>

/* How a deal ends by an event that gives its unit back. A swap ends nothing: the deal goes on in the other unit. */
static const struct deal_end ends[] = {
	{ "release", "released", "释放" },
	{ "expire", "expired", "到期" },
	{ "withdraw", "withdrawn", "退房" },
};

static void set_text(char **slot, const char *value)
{
	if (strcmp(*slot, value) == 0)
		return;
	mem_free(*slot);
	*slot = mem_strdup(value);
}

struct ledger_deal *ledger_deal_new(const struct trail_entry *e, int64_t at_ms)
{
	struct ledger_deal *d = mem_zalloc(sizeof *d);

	*d = (struct ledger_deal){ .id = mem_strdup(trail_get(e, "deal")),
		                       .unit = mem_strdup(""),
		                       .consultant = mem_strdup(trail_get(e, "hold")),
		                       .began_ms = at_ms,
		                       .state = UNIT_LOCKED,
		                       .reached = UNIT_LOCKED };
	return d;
}

void ledger_deal_free(struct ledger_deal *d)
{
	mem_free(d->id);
	mem_free(d->unit);
	mem_free(d->consultant);
	mem_free(d);
}

static void take_receipt(struct ledger_deal *d, const struct trail_entry *e)
{
	int64_t fen = trail_int(e, "fen", 0);

	d->paid_fen = trail_int(e, "paid", d->paid_fen);
	if (!d->end)
		return;
	if (strcmp(trail_get(e, "kind"), "refund") == 0)
		d->refunded_fen += fen;
	else
		d->due_fen += fen; /* late money goes back too, unless a revival follows */
}

void ledger_deal_event(struct ledger_deal *d, const struct trail_entry *e)
{
	const char *type = trail_get(e, "t");

	/* What somebody asks for is not yet the price. */
	if (strcmp(type, "ask") != 0)
		d->price_fen = trail_int(e, "price", d->price_fen);
	if (strcmp(type, "receipt") == 0)
		take_receipt(d, e);
}

static void end(struct ledger_deal *d, const struct deal_end *how, const struct trail_entry *e, int64_t at_ms)
{
	d->end = how;
	d->ended_ms = at_ms;
	d->due_fen = trail_int(e, "refund", 0);
	d->refunded_fen = 0;
}

void ledger_deal_unit(struct ledger_deal *d, const struct trail_entry *e, int64_t at_ms, enum unit_status state)
{
	const char *type = trail_get(e, "t");

	if (state >= UNIT_LOCKED) {
		set_text(&d->unit, trail_get(e, "u"));
		d->state = state;
		d->reached = state > d->reached ? state : d->reached;
		d->end = NULL;
		d->due_fen = d->refunded_fen = 0;
	}
	if (strcmp(type, "sign") == 0)
		d->signed_ms = at_ms;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strcmp(ends[i].event, type) == 0)
			end(d, &ends[i], e, at_ms);
}

bool deal_is_unpaid(const struct ledger_deal *d) { return !d->end && d->state == UNIT_CONTRACTED; }
bool deal_awaits_refund(const struct ledger_deal *d) { return deal_refund_fen(d) != 0; }
int64_t deal_unpaid_fen(const struct ledger_deal *d) { return d->price_fen - d->paid_fen; }
int64_t deal_refund_fen(const struct ledger_deal *d) { return d->end ? d->due_fen - d->refunded_fen : 0; }
