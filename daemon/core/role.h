/* Roles and their rights. The table is rights.def; the function library in Redis is built from the same rows. */
#ifndef CORE_ROLE_H
#define CORE_ROLE_H

#include <stdbool.h>

enum role {
	ROLE_DISPLAY,
	ROLE_BUYER,
	ROLE_CONSULTANT,
	ROLE_CLERK,
	ROLE_FINANCE,
	ROLE_RELATIONS,
	ROLE_MANAGER,
	ROLE_COUNT
};

enum right {
#define RIGHT(name, ...) RIGHT_##name,
#include "core/rights.def"
#undef RIGHT
	RIGHT_COUNT
};

enum grant { GRANT_NO, GRANT_OWN, GRANT_ANY };

const char *role_name(enum role r);
bool role_from_name(const char *name, enum role *out); /* false: no such role, out untouched */
const char *right_name(enum right r);
enum grant role_grant(enum role who, enum right what);

#endif
