#include "core/deadlines.h"

#include "base/mem.h"

#include <stddef.h>
#include <string.h>

struct entry {
	int64_t at_ms;
	uint32_t index;
};

struct deadlines {
	struct entry *heap;
	size_t count, cap;
	uint32_t *place; /* by index: 1 + position in the heap, 0 when absent */
	size_t place_cap;
};

struct deadlines *deadlines_new(void) { return mem_zalloc(sizeof(struct deadlines)); }

void deadlines_free(struct deadlines *d)
{
	if (!d)
		return;
	mem_free(d->heap);
	mem_free(d->place);
	mem_free(d);
}

void deadlines_clear(struct deadlines *d)
{
	d->count = 0;
	if (d->place)
		memset(d->place, 0, d->place_cap * sizeof *d->place);
}

static void put(struct deadlines *d, size_t at, struct entry e)
{
	d->heap[at] = e;
	d->place[e.index] = (uint32_t)at + 1;
}

static void sift(struct deadlines *d, size_t at, struct entry e)
{
	while (at > 0 && d->heap[(at - 1) / 2].at_ms > e.at_ms) {
		put(d, at, d->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (size_t child; (child = 2 * at + 1) < d->count; at = child) {
		if (child + 1 < d->count && d->heap[child + 1].at_ms < d->heap[child].at_ms)
			child++;
		if (d->heap[child].at_ms >= e.at_ms)
			break;
		put(d, at, d->heap[child]);
	}
	put(d, at, e);
}

static void reserve(struct deadlines *d, uint32_t index)
{
	if (index >= d->place_cap) {
		size_t cap = d->place_cap ? d->place_cap : 512;
		while (cap <= index)
			cap *= 2;
		d->place = mem_reallocarray(d->place, cap, sizeof *d->place);
		memset(d->place + d->place_cap, 0, (cap - d->place_cap) * sizeof *d->place);
		d->place_cap = cap;
	}
	if (d->count == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 64;
		d->heap = mem_reallocarray(d->heap, d->cap, sizeof *d->heap);
	}
}

void deadlines_set(struct deadlines *d, uint32_t index, int64_t at_ms)
{
	reserve(d, index);
	size_t at = d->place[index];
	if (at_ms) {
		sift(d, at ? at - 1 : d->count++, (struct entry){ at_ms, index });
	} else if (at) {
		struct entry last = d->heap[--d->count];
		d->place[index] = 0;
		if (last.index != index)
			sift(d, at - 1, last);
	}
}

bool deadlines_next(const struct deadlines *d, int64_t *at_ms, uint32_t *index)
{
	if (!d->count)
		return false;
	*at_ms = d->heap[0].at_ms;
	*index = d->heap[0].index;
	return true;
}
