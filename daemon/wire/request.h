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

/* A buyer signs in: by telephone number and one-time code, or by a signed link. NULL for what was not sent. */
struct buyer_request {
	struct json *root;
	const char *project, *phone, *code, *link, *attempt; /* lent by root; attempt is a key, or "" */
};

enum { BUYER_LINK_MAX_BYTES = 4096 };
MUST_CHECK int request_decode_buyer(const char *text, size_t bytes, struct buyer_request *out, char why[WHY_BYTES]);
void buyer_request_fini(struct buyer_request *r); /* wipes all of it */

/* A body of one or two texts. */
struct text_request {
	struct json *root;
	const char *value[2]; /* lent by root */
};

/* The members of these names, none of them empty or longer than 512 bytes; second may be NULL. As above. */
MUST_CHECK int request_decode_texts(const char *text, size_t bytes, const char *first, const char *second,
                                    struct text_request *out, char why[WHY_BYTES]);
void text_request_fini(struct text_request *r); /* wipes the texts */

#endif
