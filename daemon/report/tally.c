#include "report/tally.h"

#include <string.h>

static const struct tally_row {
	const char *name, *chinese, *event, *field, *value;
} tallies[] = {
#define X(name, text, chinese, event, field, value) { text, chinese, event, field, value },
	TALLIES(X)
#undef X
};

static const char *const kinds[] = {
#define X(name, text) text,
	MONEY_KINDS(X)
#undef X
};

const char *tally_name(enum tally_kind k) { return tallies[k].name; }
const char *tally_chinese(enum tally_kind k) { return tallies[k].chinese; }
const char *money_name(enum money_kind k) { return kinds[k]; }

static bool is_counted(const struct tally_row *row, const struct trail_entry *e)
{
	if (strcmp(row->event, trail_get(e, "t")) != 0)
		return false;
	if (!row->field)
		/* A withheld unit that is put on sale by a release ends no deal. */
		return *trail_get(e, "deal") != '\0';
	return strcmp(trail_get(e, "kind"), "discount") == 0 && strcmp(trail_get(e, row->field), row->value) == 0;
}

void tally_event(struct tally *t, const struct trail_entry *e)
{
	for (int i = 0; i < TALLY_COUNT; i++)
		t->count[i] += is_counted(&tallies[i], e);
}

void money_event(struct money *m, const struct trail_entry *e)
{
	const char *type = trail_get(e, "t"), *kind = trail_get(e, "kind");

	if (strcmp(type, "sign") == 0) {
		m->contracts++;
		m->contract_fen += trail_int(e, "price", 0);
	}
	for (int i = 0; strcmp(type, "receipt") == 0 && i < MONEY_COUNT; i++)
		if (strcmp(kinds[i], kind) == 0)
			m->by_kind[i] += trail_int(e, "fen", 0);
}

void funnel_deal(struct funnel *f, enum unit_status reached)
{
	f->locked += reached >= UNIT_LOCKED;
	f->subscribed += reached >= UNIT_SUBSCRIBED;
	f->contracted += reached >= UNIT_CONTRACTED;
	f->settled += reached >= UNIT_SETTLED;
}

int64_t money_received_fen(const struct money *m)
{
	int64_t sum = 0;

	for (int i = 0; i < MONEY_COUNT; i++)
		sum += i == MONEY_REFUND ? 0 : m->by_kind[i];
	return sum;
}

int64_t money_net_fen(const struct money *m) { return money_received_fen(m) - m->by_kind[MONEY_REFUND]; }

int64_t share_bp(int64_t part, int64_t whole) { return whole > 0 ? (part * 10000 + whole / 2) / whole : 0; }
