/* The built pages, read once at start and served from memory: a changed file on disk cannot tear a running page, and
 * no request path ever reaches the file system. */
#ifndef NET_ASSETS_H
#define NET_ASSETS_H

#include "base/buf.h"
#include "base/frame.h"

#include <stdbool.h>

struct asset {
	struct frame *plain, *gzip; /* gzip NULL when there is no .gz beside the file */
	const char *content_type;
	char etag[24];  /* quoted */
	bool immutable; /* its name carries a hash of its content */
};

struct assets;

/* NULL and `why` when the folder cannot be read or holds no index.html. */
struct assets *assets_load(const char *root, struct buf *why);
void assets_free(struct assets *a);
/* By request path; `/`, `/wall/<project>` and `/desk/<project>` are their pages. NULL when there is none. Borrowed. */
const struct asset *assets_find(const struct assets *a, const char *path);

#endif
