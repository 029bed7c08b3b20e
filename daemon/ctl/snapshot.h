/* A project as it is in Redis at one moment, for the verbs that show or check it. */
#ifndef CTL_SNAPSHOT_H
#define CTL_SNAPSHOT_H

#include "core/unit.h"
#include "ctl/ctl.h"

#include <stdint.h>

struct ctl_unit {
	char *id;
	enum unit_status state;
	int64_t rev, deadline, index;
	char *deal, *holder; /* "" for none */
};

struct ctl_snapshot {
	int64_t seq, now, catalog_version, lock_hold_ms, clock_hold;
	char *name, *uuid, *epoch, *public_board, *warn_ms;
	size_t count;
	struct ctl_unit *units; /* in index order */
};

/* 0, or an exit status after the problem was printed. */
MUST_CHECK int ctl_snapshot_take(struct ctl *c, const char *project, struct ctl_snapshot *out);
void ctl_snapshot_fini(struct ctl_snapshot *s);

/* Reads `status|rev|deal|deadline|holder|index`; -1 when it is not that. ctl_unit_fini frees. */
MUST_CHECK int ctl_unit_read(const char *id, const char *packed, struct ctl_unit *out);
void ctl_unit_fini(struct ctl_unit *u);

#endif
