#include "outbound/pace.h"

enum { BACKOFF_FIRST_MS = 1000, BACKOFF_MAX_MS = 600000 };

int64_t pace_wait_ms(const struct pace *p, int64_t now_ms)
{
	/* `next` is where the oldest of the last PACE_LIMIT times stands. */
	int64_t free_at_ms = p->sent_ms[p->next] + PACE_WINDOW_MS;
	return p->count < PACE_LIMIT || free_at_ms <= now_ms ? 0 : free_at_ms - now_ms;
}

void pace_sent(struct pace *p, int64_t now_ms)
{
	p->sent_ms[p->next] = now_ms;
	p->next = (p->next + 1) % PACE_LIMIT;
	if (p->count < PACE_LIMIT)
		p->count++;
}

int64_t backoff_ms(int64_t tries, uint32_t random)
{
	int64_t ms = BACKOFF_FIRST_MS;
	for (int64_t i = 1; i < tries && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	ms += ms * ((int64_t)(random % 401) - 200) / 1000;
	return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}
