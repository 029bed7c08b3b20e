/* A growable byte buffer. Zero-initialised is empty and valid; buf_fini frees. Content is not NUL-terminated,
 * buf_str makes it so without counting the NUL. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;
	size_t len_bytes;
	size_t cap_bytes;
};

void buf_fini(struct buf *b);
void buf_clear(struct buf *b);               /* empties, keeps the memory */
char *buf_grow(struct buf *b, size_t bytes); /* room for `bytes` more; returns where they go; does not count them */
void buf_add(struct buf *b, const void *p, size_t bytes);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addi(struct buf *b, int64_t value); /* decimal */
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *buf_str(struct buf *b);
/* Hands the memory over, NUL-terminated, to be freed with mem_free; the buffer is empty afterwards. */
char *buf_take(struct buf *b);

#endif
