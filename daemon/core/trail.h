/* One event of the audit trail with all its fields, as it lies in Redis: for those who hand it on or count it, while
 * core/event.h is what boards need. Lent by the reply that it was read from. */
#ifndef CORE_TRAIL_H
#define CORE_TRAIL_H

#include "base/sha1.h"

#include <stddef.h>
#include <stdint.h>

struct trail_field {
	const char *name, *value; /* end with a NUL; `bytes` of value do not count it */
	size_t bytes;
};

struct trail_entry {
	int64_t seq;
	size_t count;
	struct trail_field *fields; /* in the order of the trail; a name may repeat */
};

/* The first field of that name; "" when there is none. */
const char *trail_get(const struct trail_entry *e, const char *name);
int64_t trail_int(const struct trail_entry *e, const char *name, int64_t otherwise);
/* The hash that the event must have (its field `h`, which does not count itself) behind one with the hash `before`, "" for none. */
void trail_hash(const struct trail_entry *e, const char *before, char out[SHA1_HEX_BYTES]);

#endif
