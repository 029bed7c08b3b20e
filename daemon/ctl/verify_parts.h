/* What the comparisons of verify share: everything that was read in one step of Redis, and the trail followed to there. */
#ifndef CTL_VERIFY_PARTS_H
#define CTL_VERIFY_PARTS_H

#include "ctl/ctl.h"
#include "ctl/differences.h"
#include "ctl/fold.h"

enum verify_part {
	PART_META,
	PART_UNITS,
	PART_INDEX,
	PART_CATALOG,
	PART_DEALS,
	PART_DUE,
	PART_RECEIPTS,
	PART_REFS,
	PART_CONTRACTS,
	PART_REQUESTS,
	PART_QUEUE,
	PARTS
};

struct verify {
	struct ctl *c;
	const char *project;
	struct fold fold;
	struct reply *read; /* of EXEC: one item per part */
	struct differences *found;
};

#define differ(v, ...) differences_addf((v)->found, __VA_ARGS__)

static inline const struct reply *verify_part(const struct verify *v, enum verify_part which)
{
	return &v->read->items[which];
}

/* verify_money.c: every receipt as the trail has it, and each reference and contract number registered, so that none is
 * taken twice. */
void verify_money(struct verify *v);
/* verify_queue.c: what waits by deals and requests stands in the queue, and nothing else does. */
void verify_queue(struct verify *v);

#endif
