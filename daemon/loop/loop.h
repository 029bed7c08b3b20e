/* The one event loop of the process: timers, signals, work for the next turn, and work on other threads.
 *
 * Everything runs on the thread that called loop_run, except the `work` function of loop_work. Callbacks never run
 * from inside the call that arms them. Timers, watched descriptors and signals are embedded by their owner, who stops
 * them before it frees itself; after a stop no callback comes. Durations are milliseconds of the monotonic clock. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct loop;

struct loop *loop_new(void);    /* the default libev loop on epoll; one per process */
void loop_free(struct loop *l); /* waits for worker threads; runs no further callback */
void loop_run(struct loop *l);  /* returns after loop_stop */
void loop_stop(struct loop *l);
/* For the adapters of libraries that bring their own libev glue (store, net). Shared, never freed by the caller. */
struct ev_loop *loop_native(struct loop *l);

struct loop_timer {
	ev_timer native;
	struct loop *loop;
	void (*cb)(void *ctx);
	void *ctx;
};

void loop_timer_init(struct loop_timer *t, struct loop *l, void (*cb)(void *ctx), void *ctx);
void loop_timer_after(struct loop_timer *t, int64_t ms); /* once; arming again replaces the earlier time */
void loop_timer_every(struct loop_timer *t, int64_t ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_active(const struct loop_timer *t);

/* A descriptor that another library owns: which of reading and writing to watch may change at any time. */
struct loop_io {
	ev_io native;
	struct loop *loop;
	void (*cb)(void *ctx, bool readable, bool writable);
	void *ctx;
};

void loop_io_init(struct loop_io *io, struct loop *l, int fd, void (*cb)(void *ctx, bool readable, bool writable),
                  void *ctx);
void loop_io_want(struct loop_io *io, bool readable, bool writable);
void loop_io_stop(struct loop_io *io); /* before the descriptor is closed */

struct loop_signal {
	ev_signal native;
	void (*cb)(void *ctx);
	void *ctx;
};

void loop_signal_start(struct loop_signal *s, struct loop *l, int signum, void (*cb)(void *ctx), void *ctx);

/* Runs fn(ctx) once in the next turn of the loop. */
void loop_later(struct loop *l, void (*fn)(void *ctx), void *ctx);

/* Runs work(ctx) on a worker thread, then done(ctx) on the loop. False when LOOP_WORK_MAX jobs wait already:
 * nothing was taken, the caller answers "try later". */
enum { LOOP_WORK_MAX = 256 };
bool loop_work(struct loop *l, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx);

#endif
