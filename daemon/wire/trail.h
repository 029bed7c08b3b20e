/* Events of the audit trail as JSON for other systems. */
#ifndef WIRE_TRAIL_H
#define WIRE_TRAIL_H

#include "base/buf.h"
#include "core/trail.h"

/* `{"seq":…,"type":…,…}` with every field: numbers as numbers, the catalogue entry as the object that it is, a state by its
 * name; what repeats (and `set`, which may) as a list. */
void encode_trail_entry(struct buf *out, const struct trail_entry *e);
/* The same for tables: the name that a field has outside, and its value as plain text. */
const char *trail_outside_name(const char *in_trail);
void trail_put_text(struct buf *out, const struct trail_field *f);

#endif
