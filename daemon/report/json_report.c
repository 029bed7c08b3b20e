/* The reports as JSON (report.h): keys in a fixed order, one line. */
#include "report/report.h"

#include "wire/emit.h"

#include <stdio.h>

static void put_frame(struct emit *j, const struct report *r, const struct ledger *l)
{
	char date[OFFICE_DATE_BYTES];

	office_day_text(r->span.day, date);
	emit_text(j, "kind", report_kind_name(r->kind));
	emit_text(j, "project", r->project);
	emit_text(j, "title", r->title);
	emit_text(j, "date", date);
	if (r->kind != REPORT_SHEET)
		emit_int(j, "from_ms", r->span.from_ms);
	emit_int(j, "until_ms", r->span.until_ms);
	emit_int(j, "utc_offset_min", r->utc_offset_min);
	emit_bool(j, "interim", r->interim);
	emit_int(j, "seq", l->seq);
	if (r->part == PART_MONEY)
		emit_text(j, "part", "money");
	else if (r->part == PART_OWN)
		emit_text(j, "part", "own");
}

static void put_counts(struct emit *j, const struct counts *c)
{
	emit_int(j, "units", c->units);
	for (int s = 0; s < UNIT_STATUS_COUNT; s++)
		emit_int(j, unit_status_name((enum unit_status)s), c->by_status[s]);
	emit_int(j, "sell_through_bp", counts_sell_through_bp(c));
}

/* --- the listing-control sheet */

static void put_sum(struct emit *j, const struct sheet_sum *sum)
{
	put_counts(j, &sum->counts);
	emit_int(j, "list_price_fen", sum->list_fen);
	emit_int(j, "deal_price_fen", sum->deal_fen);
	emit_close(j, '}');
}

static void put_sums(struct emit *j, const struct sheet *s)
{
	emit_open(j, "totals", '{');
	put_sum(j, &s->total);
	emit_open(j, "by_type", '[');
	for (size_t i = 0; i < s->type_count; i++) {
		emit_open(j, NULL, '{');
		emit_text(j, "type", s->types[i].name);
		put_sum(j, &s->types[i].sum);
	}
	emit_close(j, ']');
	emit_open(j, "by_building", '[');
	for (size_t i = 0; i < s->building_count; i++) {
		emit_open(j, NULL, '{');
		emit_text(j, "building", s->buildings[i].name);
		put_sum(j, &s->buildings[i].sum);
	}
	emit_close(j, ']');
	emit_open(j, "by_floor", '[');
	for (size_t i = 0; i < s->building_count; i++)
		for (size_t f = 0; f < s->buildings[i].floor_count; f++) {
			emit_open(j, NULL, '{');
			emit_text(j, "building", s->buildings[i].name);
			emit_text(j, "floor", s->buildings[i].floors[f].label);
			put_sum(j, &s->buildings[i].floors[f].sum);
		}
	emit_close(j, ']');
}

static void put_unit(struct emit *j, const struct ledger_unit *u)
{
	const struct ledger_deal *d = u->deal;

	emit_open(j, NULL, '{');
	emit_text(j, "id", u->id);
	emit_text(j, "building", u->home.building);
	emit_text(j, "entrance", u->home.entrance);
	emit_text(j, "floor", u->home.floor);
	emit_text(j, "room", u->home.room);
	emit_text(j, "type", u->home.type);
	emit_text(j, "gross_area", u->home.gross_area);
	emit_text(j, "inside_area", u->home.inside_area);
	emit_int(j, "list_price_fen", u->home.list_price_fen);
	emit_text(j, "status", unit_status_name(u->state));
	emit_text(j, "deal", d ? d->id : "");
	emit_text(j, "consultant", d ? d->consultant : "");
	emit_int(j, "deal_price_fen", d ? d->price_fen : 0);
	emit_int(j, "paid_fen", d ? d->paid_fen : 0);
	emit_close(j, '}');
}

static void put_sheet(struct emit *j, const struct ledger *l)
{
	struct sheet *s = sheet_new(l);

	put_sums(j, s);
	emit_open(j, "units", '[');
	for (size_t i = 0; i < s->building_count; i++)
		for (size_t f = 0; f < s->buildings[i].floor_count; f++)
			for (size_t c = 0; c < s->buildings[i].floors[f].cell_count; c++)
				put_unit(j, s->buildings[i].floors[f].cells[c].unit);
	emit_close(j, ']');
	sheet_free(s);
}

/* --- daily and weekly report */

static void put_tally(struct emit *j, const struct tally *t)
{
	emit_open(j, "counts", '{');
	for (int i = 0; i < TALLY_COUNT; i++)
		emit_int(j, tally_name((enum tally_kind)i), t->count[i]);
	emit_close(j, '}');
}

static void put_funnel(struct emit *j, const char *name, struct funnel f)
{
	emit_open(j, name, '{');
	emit_int(j, "locked", f.locked);
	emit_int(j, "subscribed", f.subscribed);
	emit_int(j, "contracted", f.contracted);
	emit_int(j, "settled", f.settled);
	emit_int(j, "locked_to_subscribed_bp", share_bp(f.subscribed, f.locked));
	emit_int(j, "subscribed_to_contracted_bp", share_bp(f.contracted, f.subscribed));
	emit_int(j, "contracted_to_settled_bp", share_bp(f.settled, f.contracted));
	emit_int(j, "locked_to_settled_bp", share_bp(f.settled, f.locked));
	emit_close(j, '}');
}

static void put_conversion(struct emit *j, struct funnel began, struct funnel all)
{
	emit_open(j, "conversion", '{');
	put_funnel(j, "began", began);
	put_funnel(j, "all", all);
	emit_close(j, '}');
}

static void put_money(struct emit *j, const struct money *m)
{
	for (int i = 0; i < MONEY_COUNT; i++) {
		char name[40];

		snprintf(name, sizeof name, "%s_fen", money_name((enum money_kind)i));
		emit_int(j, name, m->by_kind[i]);
	}
	emit_int(j, "received_fen", money_received_fen(m));
	emit_int(j, "net_fen", money_net_fen(m));
	emit_int(j, "contracts", m->contracts);
	emit_int(j, "contract_fen", m->contract_fen);
	emit_close(j, '}');
}

static void put_consultants(struct emit *j, const struct report *r, const struct ledger *l)
{
	emit_open(j, "consultants", '[');
	for (size_t i = 0; i < l->consultant_count; i++) {
		const struct ledger_consultant *c = l->consultants[i];

		if (!report_shows(r, c->account))
			continue;
		emit_open(j, NULL, '{');
		emit_text(j, "consultant", c->account);
		put_tally(j, &c->tally);
		put_conversion(j, c->began, c->all);
		emit_open(j, "money", '{');
		put_money(j, &c->money);
		emit_close(j, '}');
	}
	emit_close(j, ']');
}

static void put_days(struct emit *j, const struct ledger *l)
{
	emit_open(j, "money", '{');
	emit_open(j, "days", '[');
	for (size_t i = 0; i < l->day_count; i++) {
		char date[OFFICE_DATE_BYTES];

		office_day_text(l->days[i].day, date);
		emit_open(j, NULL, '{');
		emit_text(j, "date", date);
		put_money(j, &l->days[i].money);
	}
	emit_close(j, ']');
	emit_open(j, "totals", '{');
	put_money(j, &l->money);
	emit_close(j, '}');
}

static void open_deal(struct emit *j, const struct ledger_deal *d)
{
	emit_open(j, NULL, '{');
	emit_text(j, "deal", d->id);
	emit_text(j, "unit", d->unit);
	emit_text(j, "consultant", d->consultant);
}

static void put_unpaid(struct emit *j, const struct report *r, const struct ledger *l)
{
	int64_t sum_fen = 0;

	emit_open(j, "unpaid", '[');
	for (size_t i = 0; i < l->deal_count; i++) {
		const struct ledger_deal *d = l->deals[i];

		if (!deal_is_unpaid(d) || !report_shows(r, d->consultant))
			continue;
		sum_fen += deal_unpaid_fen(d);
		open_deal(j, d);
		emit_int(j, "signed_ms", d->signed_ms);
		emit_int(j, "price_fen", d->price_fen);
		emit_int(j, "paid_fen", d->paid_fen);
		emit_int(j, "unpaid_fen", deal_unpaid_fen(d));
		emit_close(j, '}');
	}
	emit_close(j, ']');
	emit_int(j, "unpaid_fen", sum_fen);
}

static void put_refunds(struct emit *j, const struct report *r, const struct ledger *l)
{
	int64_t sum_fen = 0;

	emit_open(j, "refunds", '[');
	for (size_t i = 0; i < l->deal_count; i++) {
		const struct ledger_deal *d = l->deals[i];

		if (!deal_awaits_refund(d) || !report_shows(r, d->consultant))
			continue;
		sum_fen += deal_refund_fen(d);
		open_deal(j, d);
		emit_text(j, "end", d->end->name);
		emit_int(j, "ended_ms", d->ended_ms);
		emit_int(j, "due_fen", d->due_fen);
		emit_int(j, "refunded_fen", d->refunded_fen);
		emit_int(j, "refund_fen", deal_refund_fen(d));
		emit_close(j, '}');
	}
	emit_close(j, ']');
	emit_int(j, "refund_fen", sum_fen);
}

static void put_sell_through(struct emit *j, const struct ledger *l)
{
	struct counts before = ledger_counts(l, true), after = ledger_counts(l, false);

	emit_open(j, "sell_through", '{');
	emit_open(j, "begin", '{');
	put_counts(j, &before);
	emit_close(j, '}');
	emit_open(j, "end", '{');
	put_counts(j, &after);
	emit_close(j, '}');
	emit_int(j, "change_bp", counts_sell_through_bp(&after) - counts_sell_through_bp(&before));
	emit_close(j, '}');
}

static void put_period(struct emit *j, const struct report *r, const struct ledger *l)
{
	if (r->part == PART_WHOLE) {
		put_tally(j, &l->tally);
		put_conversion(j, ledger_funnel(l, true), ledger_funnel(l, false));
	}
	if (r->part != PART_MONEY)
		put_consultants(j, r, l);
	if (r->part != PART_OWN)
		put_days(j, l);
	put_unpaid(j, r, l);
	put_refunds(j, r, l);
	if (r->part == PART_WHOLE)
		put_sell_through(j, l);
}

void report_write_json(const struct report *r, const struct ledger *l, struct buf *out)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	put_frame(&j, r, l);
	if (r->kind == REPORT_SHEET)
		put_sheet(&j, l);
	else
		put_period(&j, r, l);
	emit_close(&j, '}');
	buf_addc(&j.b, '\n');
	buf_add(out, j.b.data, j.b.len_bytes);
	buf_fini(&j.b);
}
