/* Two clocks. Monotonic for durations inside this process; wall only for log lines and for comparing with Redis.
 * Deadlines are never decided by either: Redis time decides. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_wall_ms(void);
int64_t clock_cpu_us(void); /* CPU time of this process */

#endif
