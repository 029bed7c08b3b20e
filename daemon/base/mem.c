#include "base/mem.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p, size_t bytes)
{
	if (!p)
		panic("out of memory: %zu bytes", bytes);
	return p;
}

void *mem_alloc(size_t bytes) { return checked(malloc(bytes ? bytes : 1), bytes); }
void *mem_zalloc(size_t bytes) { return checked(calloc(1, bytes ? bytes : 1), bytes); }
void *mem_realloc(void *p, size_t bytes) { return checked(realloc(p, bytes ? bytes : 1), bytes); }
void mem_free(void *p) { free(p); }

void *mem_calloc(size_t count, size_t each_bytes)
{
	return checked(calloc(count ? count : 1, each_bytes ? each_bytes : 1), count);
}

void *mem_reallocarray(void *p, size_t count, size_t each_bytes)
{
	return checked(reallocarray(p, count ? count : 1, each_bytes ? each_bytes : 1), count);
}

char *mem_strdup(const char *s) { return mem_strndup(s, strlen(s)); }

char *mem_strndup(const char *s, size_t bytes)
{
	char *copy = mem_alloc(bytes + 1);
	if (bytes)
		memcpy(copy, s, bytes);
	copy[bytes] = '\0';
	return copy;
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		panic("bad format %s", fmt);
	char *s = mem_alloc((size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}
