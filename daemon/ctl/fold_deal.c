/* Following the deals of the audit trail (fold.h): what each event says of the deal that it names. */
#include "base/map.h"
#include "base/mem.h"
#include "ctl/fold.h"

#include <stdio.h>
#include <string.h>

/* How a deal ends by an event that gives the unit back. A swap ends nothing: swap_in follows. */
static const struct {
	const char *event, *deal;
} ends[] = {
	{ "release", "released" },
	{ "expire", "expired" },
	{ "withdraw", "withdrawn" },
};

static void set_text(char **slot, const char *value)
{
	char *copy = mem_strdup(value);

	mem_free(*slot);
	*slot = copy;
}

void fold_deal_free(void *p)
{
	struct fold_deal *d = p;

	mem_free(d->id);
	mem_free(d->unit);
	mem_free(d->holder);
	mem_free(d->buyer);
	mem_free(d->contract);
	mem_free(d);
}

static struct fold_deal *deal_of(struct fold *f, const char *id)
{
	struct fold_deal *d = map_get(f->deals, id);

	if (d)
		return d;
	d = mem_zalloc(sizeof *d);
	*d = (struct fold_deal){ .id = mem_strdup(id),
		                     .unit = mem_strdup(""),
		                     .holder = mem_strdup(""),
		                     .buyer = mem_strdup(""),
		                     .contract = mem_strdup(""),
		                     .price_fen = -1 };
	map_set(f->deals, id, d);
	f->deal_count++;
	return d;
}

/* The fields that say something of a deal whatever the event is. */
static void take_fields(struct fold *f, struct fold_deal *d, const struct reply *fields)
{
	const char *buyer = reply_get(fields, 0, "b"), *contract = reply_get(fields, 0, "contract");
	int64_t slip = reply_get_int(fields, 0, "slip", 0);

	if (buyer)
		set_text(&d->buyer, buyer);
	if (contract)
		set_text(&d->contract, contract);
	if (slip) {
		f->slips++;
		if (slip != f->slips)
			f->tell(f->ctx, "slip numbers are not without a gap");
		d->slip = slip;
	}
}

static void keep_receipt(struct fold *f, const struct fold_deal *d, const char *kind, int64_t fen)
{
	f->all_receipts = mem_reallocarray(f->all_receipts, (size_t)f->receipts + 1, sizeof *f->all_receipts);
	f->all_receipts[f->receipts++] =
		(struct fold_receipt){ .deal = mem_strdup(d->id), .kind = mem_strdup(kind ? kind : ""), .fen = fen };
}

void fold_receipts_free(struct fold *f)
{
	for (int64_t i = 0; i < f->receipts; i++) {
		mem_free(f->all_receipts[i].deal);
		mem_free(f->all_receipts[i].kind);
	}
	mem_free(f->all_receipts);
}

static void take_receipt(struct fold *f, struct fold_deal *d, const struct reply *fields)
{
	const char *kind = reply_get(fields, 0, "kind");
	int64_t fen = reply_get_int(fields, 0, "fen", 0);
	bool refund = kind && strcmp(kind, "refund") == 0;

	keep_receipt(f, d, kind, fen);
	if (reply_get_int(fields, 0, "no", 0) != f->receipts)
		f->tell(f->ctx, "receipt numbers are not without a gap");
	d->paid_fen += refund ? -fen : fen;
	if (refund)
		d->refund_fen -= fen;
	else if (reply_get(fields, 0, "late"))
		d->refund_fen = d->paid_fen; /* until a revival says otherwise */
}

/* What one event type means for a deal beyond the fields that all may have. */
static void take_type(struct fold *f, struct fold_deal *d, const char *type, const struct reply *fields)
{
	int64_t price = reply_get_int(fields, 0, "price", -1);

	/* What is asked for is not yet the price. */
	if (price >= 0 && strcmp(type, "ask") != 0)
		d->price_fen = price;
	if (strcmp(type, "receipt") == 0)
		take_receipt(f, d, fields);
	else if (strcmp(type, "swap_in") == 0)
		set_text(&d->contract, "");
	else if (strcmp(type, "revive") == 0)
		d->refund_fen = 0;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strcmp(ends[i].event, type) == 0) {
			snprintf(d->status, sizeof d->status, "%s", ends[i].deal);
			d->refund_fen = reply_get_int(fields, 0, "refund", 0);
		}
}

void fold_deal_event(struct fold *f, const char *type, const char *id, const struct reply *fields)
{
	struct fold_deal *d = deal_of(f, id);

	take_fields(f, d, fields);
	take_type(f, d, type, fields);
}

void fold_deal_unit(struct fold *f, const char *id, const char *unit, const char *holder, enum unit_status state,
                    int64_t deadline)
{
	struct fold_deal *d = deal_of(f, id);

	set_text(&d->unit, unit);
	set_text(&d->holder, holder);
	if (state >= UNIT_LOCKED) {
		snprintf(d->status, sizeof d->status, "%s", unit_status_name(state));
		d->deadline = deadline;
	}
}
