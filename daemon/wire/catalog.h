/* One catalogue entry: {"id","building","entrance","floor","room","type","gross_area","inside_area","list_price_fen",
 * "type_derived"}. Entries travel to clients as they lie in Redis; the daemon itself needs only what figures count under. */
#ifndef WIRE_CATALOG_H
#define WIRE_CATALOG_H

#include "base/err.h"
#include "core/aggregate.h"

/* 0 and a label for unit_label_fini, or LD_E_BAD_REQUEST and an empty one. */
MUST_CHECK int catalog_decode_label(const char *json, size_t bytes, struct unit_label *out);
void unit_label_fini(struct unit_label *l);

#endif
