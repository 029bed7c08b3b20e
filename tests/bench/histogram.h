/* Latencies in microseconds, log-linear: 32 steps per power of two, so a reported value is at most 3 % above the true
 * one. Fixed size, adding costs a few instructions. Zero-initialised is empty and valid. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 1184 };

struct histogram {
	uint64_t count;
	int64_t max_us;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, int64_t us); /* negative counts as 0 */
/* The value that `percent` of all are not above; 0 when empty. */
int64_t histogram_percentile(const struct histogram *h, double percent);

#endif
