/* One project's events, in order and without a gap, over a connection of its own.
 *
 * The feed takes a snapshot and tails the stream from its seq on. Whatever makes it doubt that it has seen everything (a
 * gap, a step back, another epoch, a lost link, silence) ends in a new snapshot. Heartbeats of the daemons, read in the
 * same call as the events, prove that silence means "nothing happened": a cursor ahead of a new master would hear
 * nothing for ever. */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "core/event.h"
#include "core/snapshot.h"
#include "store/store.h"

struct feed;

struct feed_handlers {
	void (*on_snapshot)(void *ctx, const struct snapshot *s); /* lent; everything before it is void */
	void (*on_event)(void *ctx, const struct event *e); /* lent; the next one after the snapshot or the last event */
	void (*on_beat)(void *ctx, int64_t seq, int64_t now_ms);
	void (*on_down)(void *ctx, const char *why); /* until the next on_snapshot the board may be old */
};

struct feed *feed_start(struct loop *l, struct store *s, const char *project, const struct feed_handlers *handlers,
                        void *ctx);
void feed_stop(struct feed *f); /* not from inside a handler */
/* Asks for a new snapshot; from inside on_event the rest of the batch is dropped. */
void feed_resync(struct feed *f);

/* Redis time = monotonic time + offset, once anything has been heard. */
bool feed_has_clock(const struct feed *f);
int64_t feed_clock_offset_ms(const struct feed *f);

#endif
