/* A blocking Redis client for programs that do one thing after another: listingctl. The daemon never uses it.
 *
 * Every call returns a reply of its own or NULL when the connection failed; sync_why then says what happened, and every
 * later call fails the same way. A failed call to a writing function may have been executed or not. */
#ifndef STORE_SYNC_H
#define STORE_SYNC_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct sync_config {
	const char *socket_path; /* used unless host is set */
	const char *host;
	int port;
	const char *user;          /* NULL: none */
	const char *password_file; /* NULL: none; its first line is the password */
};

enum reply_kind { REPLY_NIL, REPLY_INTEGER, REPLY_TEXT, REPLY_LIST, REPLY_ERROR };

struct reply {
	enum reply_kind kind;
	int64_t integer;
	size_t bytes; /* of text */
	char *text;   /* TEXT and ERROR, NUL-terminated behind its bytes */
	size_t count;
	struct reply *items; /* LIST */
};

struct sync;

/* NULL with a sentence in `why` when Redis is not reached or refuses the password. */
struct sync *sync_open(const struct sync_config *config, char *why, size_t why_bytes);
void sync_close(struct sync *s); /* NULL is fine */
const char *sync_why(const struct sync *s);

/* One command, as argv; lens may be NULL for NUL-terminated arguments. */
MUST_CHECK struct reply *sync_command(struct sync *s, size_t argc, const char *const *argv, const size_t *lens);
/* One command from NUL-terminated words, the last of them NULL. */
MUST_CHECK struct reply *sync_say(struct sync *s, ...) __attribute__((sentinel));
/* FCALL fn 1 key args… */
MUST_CHECK struct reply *sync_fcall(struct sync *s, const char *fn, const char *key, size_t argc,
                                    const char *const *argv);

void reply_free(struct reply *r); /* NULL is fine */

/* Item i as text, "" when there is none. */
const char *reply_text(const struct reply *list, size_t i);
/* The value behind `name` in a flat list of names and values that begins at item `from`; NULL when absent. */
const char *reply_get(const struct reply *list, size_t from, const char *name);
int64_t reply_get_int(const struct reply *list, size_t from, const char *name, int64_t otherwise);

#endif
