/* One project's board in memory: the newest state of every unit, and a ring of what changed last.
 *
 * The board follows the feed: board_load puts a snapshot in place (and begins a new epoch: clients that saw an earlier
 * board start anew), board_apply one event, in order and without a gap. Memory is constant however slow a reader is: the
 * ring holds the last BOARD_RING changes, and a reader further behind takes the whole board. */
#ifndef CORE_BOARD_H
#define CORE_BOARD_H

#include "base/err.h"
#include "core/event.h"
#include "core/snapshot.h"

enum { BOARD_RING = 65536 };

/* What a kind of viewer may see. Public: withheld is "not open". Merged: besides, every taken state is one. */
enum board_view { VIEW_INTERNAL, VIEW_PUBLIC, VIEW_MERGED };

struct board_unit {
	char *id;
	enum unit_status status;
	int64_t rev, deadline_ms; /* 0: no deadline */
	char *holder, *deal;      /* NULL: none */
};

struct board;

struct board *board_new(const char *project);
void board_free(struct board *b); /* NULL is fine */

void board_load(struct board *b, const struct snapshot *snap);
/* 0, or LD_E_BAD_REQUEST when the event is not the next one or does not fit the board: take a snapshot. */
MUST_CHECK int board_apply(struct board *b, const struct event *e);

const char *board_project(const struct board *b);
int64_t board_seq(const struct board *b);
size_t board_count(const struct board *b);
const char *board_epoch(const struct board *b);
int64_t board_catalog_version(const struct board *b);
const struct board_unit *board_unit(const struct board *b, uint32_t index);

/* The units that changed after `from`, ascending and each once, into out[cap]; cap must be board_count at least.
 * too_old: the ring does not reach back so far (or `from` is ahead); nothing was written. */
size_t board_changed_since(struct board *b, int64_t from, uint32_t *out, size_t cap, bool *too_old);

/* The letter of a unit as a view shows it: `x` not open, `t` taken. */
char board_letter(const struct board *b, uint32_t index, enum board_view view);
/* The deadline as a view may know it: a merged board tells nothing about taken units. */
int64_t board_deadline_ms(const struct board *b, uint32_t index, enum board_view view);

#endif
