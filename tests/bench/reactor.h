/* One epoll set. Whoever wants events embeds a struct source as its first member and registers its descriptor. */
#ifndef BENCH_REACTOR_H
#define BENCH_REACTOR_H

#include <stdint.h>

struct source {
	void (*ready)(struct source *s, uint32_t events);
};

void reactor_init(void);
void reactor_add(struct source *s, int fd, uint32_t events); /* closing the descriptor removes it */
void reactor_change(struct source *s, int fd, uint32_t events);
/* Waits at most timeout_ms (-1: without end) for events and hands them out. A source that is closed by another
 * one's callback in the same turn must stay allocated until the turn ends. */
void reactor_turn(int timeout_ms);

/* Says what went wrong and ends the program with status 1: a bench that goes on after a surprise measures nothing. */
_Noreturn void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As many descriptors as the hard limit allows; returns that number. */
unsigned raise_descriptor_limit(void);

#endif
