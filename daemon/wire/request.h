/* Bodies of HTTP requests that are no commands. */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "wire/json.h"

struct login_request {
	struct json *root;
	const char *account, *password; /* lent by root */
};

/* 0 and a request for login_request_fini, or LD_E_BAD_REQUEST with a sentence and nothing to free. */
MUST_CHECK int request_decode_login(const char *text, size_t bytes, struct login_request *out, char why[WHY_BYTES]);
void login_request_fini(struct login_request *r); /* wipes the password */

#endif
