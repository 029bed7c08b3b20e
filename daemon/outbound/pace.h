/* How fast to speak: a limit per minute, and how long to wait after failures. */
#ifndef OUTBOUND_PACE_H
#define OUTBOUND_PACE_H

#include <stdint.h>

/* Both robots take 20 messages in a minute, and more than that mutes them for a while. */
enum { PACE_LIMIT = 20, PACE_WINDOW_MS = 60000 };

/* Zero-initialised: nothing was sent yet. Remembers each of the last PACE_LIMIT times, because a bucket that refills would
 * let nearly twice as many through in the minute after a quiet one. */
struct pace {
	int64_t sent_ms[PACE_LIMIT];
	unsigned count, next;
};

int64_t pace_wait_ms(const struct pace *p, int64_t now_ms); /* 0: now */
void pace_sent(struct pace *p, int64_t now_ms);

/* Back-off after the tries-th failure in a row: 1 s, doubling to 10 min, a fifth up or down by `random` (any number). */
int64_t backoff_ms(int64_t tries, uint32_t random);

#endif
