/* A body that is a file: it goes into one as it comes, readable by this user only, and away with its request. */
#ifndef NET_UPLOAD_H
#define NET_UPLOAD_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The largest listing is about 4 MB. So many at once bound what the disk must hold. */
enum { UPLOAD_MAX_BYTES = 20 << 20, UPLOADS_MAX = 8 };

struct upload {
	char *path; /* NULL: none */
	int fd;
	unsigned *count; /* of all that are there */
};

/* 0, LD_E_RATE_LIMITED when *count has reached UPLOADS_MAX, or LD_E_UNAVAILABLE. *count outlives the upload. */
MUST_CHECK int upload_begin(struct upload *u, unsigned *count);
/* False when it cannot be written: the disk is full. */
MUST_CHECK bool upload_add(struct upload *u, const char *in, size_t bytes);
/* Removes what a daemon that was killed has left: buyers' names and numbers may stand in it. Not what another one may just be
 * taking in. */
void upload_clear_leftovers(void);
void upload_end(struct upload *u); /* removes the file; safe when none was begun */

#endif
