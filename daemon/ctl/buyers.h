/* The buyers of a project as the verbs see them, read once. */
#ifndef CTL_BUYERS_H
#define CTL_BUYERS_H

#include "ctl/ctl.h"
#include "wire/buyer.h"

struct buyers {
	const char *project;
	const struct vault *vault;
	struct reply *records, *phones, *cards; /* flat: id and record, look-up value and id */
	struct map *by_id;                      /* → record's text */
	struct map *by_phone, *by_card;         /* → id */
};

/* 0, or an exit status after the problem was printed; buyers_fini is due either way. */
MUST_CHECK int buyers_read(struct ctl *c, struct buyers *out);
void buyers_fini(struct buyers *all);

/* Makes of a change the pair for ld_buyer_put: merged with what is there, sealed, and bound to the record that was seen.
 * NULL and *json (mem_free), or what is in the way. */
const char *buyers_prepare(const struct buyers *all, struct buyer *change, char **json);
/* Whether a change, once prepared, says nothing that the record does not say already. */
bool buyers_is_known(const struct buyers *all, const struct buyer *change);

#endif
