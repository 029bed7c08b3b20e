#include "base/buf.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buf_fini(struct buf *b)
{
	mem_free(b->data);
	*b = (struct buf){ 0 };
}

void buf_clear(struct buf *b) { b->len_bytes = 0; }

char *buf_grow(struct buf *b, size_t bytes)
{
	size_t need = b->len_bytes + bytes;
	if (need < bytes)
		panic("buffer size overflow");
	if (need > b->cap_bytes) {
		size_t cap = b->cap_bytes ? b->cap_bytes * 2 : 64;
		b->cap_bytes = cap > need ? cap : need;
		b->data = mem_realloc(b->data, b->cap_bytes);
	}
	return b->data + b->len_bytes;
}

void buf_add(struct buf *b, const void *p, size_t bytes)
{
	if (!bytes)
		return;
	memcpy(buf_grow(b, bytes), p, bytes);
	b->len_bytes += bytes;
}

void buf_adds(struct buf *b, const char *s) { buf_add(b, s, strlen(s)); }
void buf_addc(struct buf *b, char c) { buf_add(b, &c, 1); }

void buf_addi(struct buf *b, int64_t value)
{
	char digits[24];
	char *end = digits + sizeof digits, *p = end;
	uint64_t v = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	if (value < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(end - p));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		panic("bad format %s", fmt);
	vsnprintf(buf_grow(b, (size_t)n + 1), (size_t)n + 1, fmt, again);
	va_end(again);
	b->len_bytes += (size_t)n;
}

const char *buf_str(struct buf *b)
{
	*buf_grow(b, 1) = '\0';
	return b->data;
}

char *buf_take(struct buf *b)
{
	buf_str(b);
	char *s = b->data;
	*b = (struct buf){ 0 };
	return s;
}
