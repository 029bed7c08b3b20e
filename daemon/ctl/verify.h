/* Proving that the audit trail and the data of a project agree. */
#ifndef CTL_VERIFY_H
#define CTL_VERIFY_H

#include "ctl/ctl.h"
#include "ctl/differences.h"

#include <stdint.h>

struct verify_result {
	struct differences found;
	int64_t seq; /* how far the trail was followed */
	size_t units, deals;
	char chain[44];
};

/* 0 whether there are differences or not, or an exit status after the problem was printed; verify_result_fini is due
 * either way. */
MUST_CHECK int verify_project(struct ctl *c, const char *project, struct verify_result *out);
void verify_result_fini(struct verify_result *r);

/* result_check.c: the result file of a launch session. An exit status, everything printed. */
int verify_result_file(struct ctl *c, const char *path);

#endif
