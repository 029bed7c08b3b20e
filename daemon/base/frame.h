/* An immutable encoded message shared by many clients: encoded once, counted, released by its last user.
 * FRAME_HEADROOM bytes in front of `data` belong to the network library, which writes its own header there
 * (net checks at compile time that it is enough). Not thread-safe: frames live on the loop. */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stddef.h>

enum { FRAME_HEADROOM = 16 };

struct frame {
	unsigned refs;
	size_t len_bytes;
	char *data; /* points FRAME_HEADROOM into this allocation */
};

/* One reference, owned by the caller. Copies. */
struct frame *frame_new(const void *data, size_t bytes);
struct frame *frame_ref(struct frame *f);
void frame_unref(struct frame *f); /* NULL is fine */

#endif
