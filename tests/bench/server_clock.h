/* The server's clock. Client, daemon and Redis run on one machine here, so it is this machine's: what a daemon tells in answer to
 * `ping` is only its own estimate of Redis' time, and under load some milliseconds late. */
#ifndef BENCH_SERVER_CLOCK_H
#define BENCH_SERVER_CLOCK_H

#include <stdint.h>

/* Wall time is read in whole milliseconds, a moment before or after the monotonic one. */
enum { SERVER_CLOCK_UNCERTAIN_US = 1000 };

/* Takes the difference between the two clocks, and prints it as a line of JSON. */
void server_clock_take(void);

int64_t server_clock_us(int64_t mono_us);
int64_t server_clock_offset_us(void); /* server's minus monotonic */

#endif
