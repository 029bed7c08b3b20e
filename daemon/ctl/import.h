/* What `import` shows of a file and of its outcome. */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include "ctl/ctl.h"
#include "listing/listing.h"

struct import_diff {
	bool dry, known, exists, written; /* known: Redis was asked; exists: the project does */
	char version[24];                 /* of the catalogue: before, and once written, after */
	size_t added, changed, unchanged, vanished_count;
	size_t kept;     /* units with something that only the project knows */
	char **json;     /* the catalogue entry of each unit of the file */
	char **vanished; /* ids that Redis has and the file lacks */
};

#define IMPORT_ROUNDING "unit price × gross area, exact, rounded half up to the fen per unit"

void import_show_file(const struct ctl *c, const struct listing *l);
/* The outcome, or why nothing was done. */
void import_show_end(const struct ctl *c, const struct listing *l, const struct import_diff *d, int status);
void import_show_json(const struct ctl *c, const struct listing *l, const struct import_diff *d);

#endif
