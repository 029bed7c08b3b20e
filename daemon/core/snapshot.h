/* A whole project as Redis had it at one seq. Built by store, lent to whoever loads a board from it. */
#ifndef CORE_SNAPSHOT_H
#define CORE_SNAPSHOT_H

#include "core/unit.h"

#include <stddef.h>
#include <stdint.h>

/* Texts point into the reply that the snapshot was read from: valid as long as the snapshot is. "" where there is none. */
struct snapshot_unit {
	const char *id;
	enum unit_status status;
	int64_t rev, deadline_ms;
	char deal[24], holder[76];
};

struct snapshot {
	const char *epoch, *name, *warn_ms;
	const char *rehearsal; /* the project of which this one is a shadow */
	int64_t seq, now_ms, catalog_version, lock_hold_ms;
	int64_t access_seq; /* of the last event that ended sessions */
	int64_t utc_offset_min, sheet_at_min;
	bool public_merged, clock_hold, frozen;
	size_t count;
	struct snapshot_unit *units; /* by index */
};

#endif
