/* Allocation that never returns NULL: on exhaustion the process says so and aborts; a daemon that cannot allocate
 * a session cannot keep its promises, and Redis holds everything that counts. Freed with plain mem_free. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t bytes);                     /* uninitialised */
void *mem_zalloc(size_t bytes);                    /* zeroed */
void *mem_calloc(size_t count, size_t each_bytes); /* zeroed, overflow checked */
void *mem_realloc(void *p, size_t bytes);
void *mem_reallocarray(void *p, size_t count, size_t each_bytes); /* overflow checked */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t bytes); /* copies exactly `bytes` bytes and adds a NUL */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mem_free(void *p); /* NULL is fine */

#endif
