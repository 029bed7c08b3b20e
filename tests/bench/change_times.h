/* The file by which the writer tells the load client when it asked for each change: one record per change. Both run on
 * one machine and use its monotonic clock. */
#ifndef BENCH_CHANGE_TIMES_H
#define BENCH_CHANGE_TIMES_H

#include <stdint.h>

struct change_time {
	int64_t seq;
	int64_t asked_us; /* when the command left for Redis: the wait there counts as ours */
};

#endif
