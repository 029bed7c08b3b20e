/* Account and session records as they lie in Redis: {"account","role","projects":[…],"hash","disabled"}; a session has
 * the first three. */
#ifndef WIRE_ACCOUNT_H
#define WIRE_ACCOUNT_H

#include "base/buf.h"
#include "base/err.h"
#include "core/role.h"

#include <stddef.h>

struct account_record {
	char *account;
	enum role role;
	char **projects;
	size_t project_count;
	char *hash; /* crypt(5); NULL in a session */
	bool disabled;
};

/* 0 and a record for account_record_fini, or LD_E_BAD_REQUEST and an empty one. */
MUST_CHECK int account_decode(const char *json, size_t bytes, struct account_record *out);
void account_record_fini(struct account_record *r); /* leaves it empty */

void account_encode(struct buf *out, const struct account_record *r);

#endif
