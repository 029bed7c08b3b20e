/* A launch session (场次) followed event by event through the audit trail, by its own rules: who was admitted in which order,
 * who had checked in, whose turn it was, which unit was whose.
 *
 * The rules stand in the function library; here they are written down a second time, so that what Redis did can be proven
 * without it. What breaks one is told, and the event taken as it stands. */
#ifndef CTL_LAUNCH_FOLD_H
#define CTL_LAUNCH_FOLD_H

#include "base/map.h"
#include "core/trail.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAUNCH_ID_BYTES = 24, LAUNCH_SEED_BYTES = 65, LAUNCH_SHA1_BYTES = 41, LAUNCH_MODE_BYTES = 8 };

/* What a buyer chose; it goes on as a deal of the office. */
struct launch_deal {
	char *id, *unit, *buyer;       /* as they are now: a swap or a renaming changes them */
	struct launch_buyer *chooser;  /* who chose; NULL: somebody who was not admitted */
	char status[16];               /* locked … settled, released, expired, withdrawn */
	int64_t chosen_ms, chosen_seq, /* when and by which event */
		deadline, price_fen;
};

struct launch_buyer {
	char *id, *group; /* group: "" for none */
	int64_t draw, checked_in_ms;
	bool early;                     /* checked in before the opening, and so drawn for the waiting room */
	char ticket[LAUNCH_SHA1_BYTES]; /* of the draw */
	size_t deal_count;
	struct launch_deal **deals;
};

struct launch_unit {
	char *id;
	bool offered;
	int64_t first_ms;         /* when it was chosen for the first time; 0: never */
	struct launch_deal *deal; /* NULL: free */
};

/* What happened how often, by rows of launch_kinds. */
struct launch_kind {
	const char *type, *what; /* of the event; what people call it */
};
extern const struct launch_kind launch_kinds[];
extern const size_t launch_kind_count;

enum { LAUNCH_KINDS_MAX = 40 };

struct launch_fold {
	char id[LAUNCH_ID_BYTES], seed[LAUNCH_SEED_BYTES], mode[LAUNCH_MODE_BYTES], commit[LAUNCH_SEED_BYTES],
		rules_sha[LAUNCH_SHA1_BYTES];
	char *groups;
	int64_t opens_ms, closes_ms, hold_ms, limit, window_size, window_ms, active_max, paused_ms, shift_ms, closed_ms,
		drawn_ms;
	int64_t standby_ms;                 /* when the stand-by began, once somebody was admitted after that; else 0 */
	struct map *buyers, *units, *deals; /* id → … */
	size_t buyer_count, unit_count, deal_count, entered;
	struct launch_buyer **order; /* by draw number once launch_fold_order was called */
	struct launch_unit **all_units;
	struct launch_deal **all_deals; /* in the order of choosing */
	bool unsorted;
	size_t counts[LAUNCH_KINDS_MAX];
	int64_t first_seq, last_seq, last_ms; /* of the events that were taken; 0: none */
	void (*tell)(void *ctx, const char *problem);
	void *ctx;
};

/* seed: 64 hex digits, or "" when it is not known; then the draw cannot be followed. */
void launch_fold_init(struct launch_fold *f, const char *id, const char *seed,
                      void (*tell)(void *ctx, const char *problem), void *ctx);
void launch_fold_fini(struct launch_fold *f);
/* Follows an event of this session or of a deal that it made, and returns its kind; NULL for any other. */
const struct launch_kind *launch_fold_event(struct launch_fold *f, const struct trail_entry *e);
void launch_fold_order(struct launch_fold *f); /* sorts `order` */
/* When by draw order all windows are over: a point of the session's clock. */
int64_t launch_fold_standby(const struct launch_fold *f);
size_t launch_fold_count(const struct launch_fold *f, const char *type);

/* The seed's commitment: SHA-256 of its text, in hex. */
void launch_commit(const char *seed, char out[LAUNCH_SEED_BYTES]);
/* SHA-1 of seed, purpose ("|order|", "|room|") and buyer: who draws what. */
void launch_ticket(const char *seed, const char *purpose, const char *buyer, char out[LAUNCH_SHA1_BYTES]);

/* --- launch_fold_deal.c: choices and what becomes of them */
enum launch_phase { LAUNCH_PLANNED, LAUNCH_OPEN, LAUNCH_PAUSED, LAUNCH_CLOSED };
enum launch_phase launch_fold_phase(const struct launch_fold *f, int64_t at_ms);
struct launch_unit *launch_fold_unit(struct launch_fold *f, const char *id); /* new when it was not known */
void launch_fold_tell(struct launch_fold *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void launch_fold_lock(struct launch_fold *f, const struct trail_entry *e);
void launch_fold_deal(struct launch_fold *f, const struct trail_entry *e);

#endif
