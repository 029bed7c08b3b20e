/* Events of the audit trail as JSON for other systems. */
#ifndef WIRE_TRAIL_H
#define WIRE_TRAIL_H

#include "base/buf.h"
#include "core/trail.h"

/* `{"seq":…,"t":…,…}` with every field under its name in the trail: numbers as numbers, `cat` as the object that it is, a
 * name that repeats (and `set`, which may) as a list. */
void encode_trail_entry(struct buf *out, const struct trail_entry *e);

#endif
