/* The deadlines of a board's units: which comes next. A binary heap with each unit's place in it, so that a change of one
 * unit costs O(log n). */
#ifndef CORE_DEADLINES_H
#define CORE_DEADLINES_H

#include <stdbool.h>
#include <stdint.h>

struct deadlines;

struct deadlines *deadlines_new(void);
void deadlines_free(struct deadlines *d); /* NULL is fine */
void deadlines_clear(struct deadlines *d);
void deadlines_set(struct deadlines *d, uint32_t index, int64_t at_ms); /* 0: no deadline */
/* The earliest; false when there is none. */
bool deadlines_next(const struct deadlines *d, int64_t *at_ms, uint32_t *index);

#endif
