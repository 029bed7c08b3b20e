/* What a check found, one sentence each. */
#ifndef CTL_DIFFERENCES_H
#define CTL_DIFFERENCES_H

#include "wire/emit.h"

#include <stddef.h>

struct differences {
	size_t count;
	char **texts; /* UTF-8 without control characters, whatever the data hold */
};

/* ctx: struct differences. */
void differences_add(void *ctx, const char *text);
void differences_addf(struct differences *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void differences_fini(struct differences *d);

void differences_print(const struct differences *d);                /* a line each to standard output */
void differences_emit(const struct differences *d, struct emit *j); /* "differences":[…] */

#endif
