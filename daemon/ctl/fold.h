/* The audit trail followed event by event: the state of every unit and deal that it amounts to.
 *
 * Each event is checked against what came before: its number, its hash, its transition, the unit's revision. A problem
 * is told and the event taken as it stands, so that one damage does not hide the next. */
#ifndef CTL_FOLD_H
#define CTL_FOLD_H

#include "ctl/snapshot.h"

struct map;

struct fold_deal {
	char *id, *unit, *holder, *buyer, *contract; /* "" where the trail says nothing */
	char status[24];
	int64_t deadline, slip, paid_fen, refund_fen;
	int64_t price_fen; /* -1: locked before events told prices */
};

struct fold_receipt {
	char *deal, *kind;
	int64_t fen; /* as the receipt says it: of a refund what was paid back */
};

struct fold {
	int64_t seq, catalog_version;
	char chain[44];
	struct map *units; /* id → struct ctl_unit */
	struct map *deals; /* id → struct fold_deal */
	size_t unit_count, deal_count;
	int64_t slips, receipts, requests; /* how many were issued */
	struct fold_receipt *all_receipts; /* receipt 1 stands first */
	int64_t next_index;
	struct ctl_unit **all; /* in the order they were added */
	void (*tell)(void *ctx, const char *problem);
	void *ctx;
};

void fold_init(struct fold *f, void (*tell)(void *ctx, const char *problem), void *ctx);
void fold_fini(struct fold *f);
/* One entry of the stream, as XRANGE gives it: [id, [name, value …]]. */
void fold_event(struct fold *f, const struct reply *event);

/* fold_deal.c: what an event says of a deal, and what it says of the unit that the deal has or had. */
void fold_deal_event(struct fold *f, const char *type, const char *id, const struct reply *fields);
void fold_deal_unit(struct fold *f, const char *id, const char *unit, const char *holder, enum unit_status state,
                    int64_t deadline);
void fold_deal_free(void *deal);
void fold_receipts_free(struct fold *f);

#endif
