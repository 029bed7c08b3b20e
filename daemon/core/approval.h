/* Who initiates, who approves, who executes (权责). The rows stand in approvals.def; each names rights of rights.def. */
#ifndef CORE_APPROVAL_H
#define CORE_APPROVAL_H

#include <stddef.h>

struct approval {
	const char *kind;
	const char *initiates, *approves, *executes; /* names of rights; executes "": within the approval itself */
};

extern const struct approval approvals[];
extern const size_t approval_count;

#endif
