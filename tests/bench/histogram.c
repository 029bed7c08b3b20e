#include "histogram.h"

enum { STEP_BITS = 5, STEPS = 1 << STEP_BITS };

/* 0..63 exactly; from there the upper six bits of the value choose the bucket. */
static unsigned bucket_of(uint64_t us)
{
	if (us < 2 * STEPS)
		return (unsigned)us;
	unsigned shift = 63u - (unsigned)__builtin_clzll(us) - STEP_BITS;
	unsigned bucket = shift * STEPS + (unsigned)(us >> shift);
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static int64_t upper_end(unsigned bucket)
{
	if (bucket < 2 * STEPS)
		return bucket;
	unsigned shift = bucket / STEPS - 1;
	return (int64_t)(((uint64_t)(bucket % STEPS + STEPS + 1) << shift) - 1);
}

void histogram_add(struct histogram *h, int64_t us)
{
	if (us < 0)
		us = 0;
	if (us > h->max_us)
		h->max_us = us;
	h->count++;
	h->buckets[bucket_of((uint64_t)us)]++;
}

int64_t histogram_percentile(const struct histogram *h, double percent)
{
	if (!h->count)
		return 0;
	uint64_t wanted = (uint64_t)((double)h->count * percent / 100.0 + 0.999999), seen = 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen >= wanted)
			return upper_end(i) < h->max_us ? upper_end(i) : h->max_us;
	}
	return h->max_us;
}
