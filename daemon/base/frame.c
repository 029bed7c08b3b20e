#include "base/frame.h"

#include "base/mem.h"

#include <string.h>

struct frame *frame_new(const void *data, size_t bytes)
{
	struct frame *f = mem_alloc(sizeof *f + FRAME_HEADROOM + bytes);
	f->refs = 1;
	f->len_bytes = bytes;
	f->data = (char *)(f + 1) + FRAME_HEADROOM;
	if (bytes)
		memcpy(f->data, data, bytes);
	return f;
}

struct frame *frame_ref(struct frame *f)
{
	f->refs++;
	return f;
}

void frame_unref(struct frame *f)
{
	if (f && --f->refs == 0)
		mem_free(f);
}
