/* From the board to the screens: state, not messages.
 *
 * A round walks over the watchers in slices of ROUND_SLICE with a turn of the loop between slices, so replies are
 * never behind a round. Each watcher that is behind gets one frame from its own `sent_seq` to the newest state;
 * nearly all share the same one, encoded once. The next round waits for half of what the last one took, so
 * fan-out takes about two thirds of the core at most; when idle a change goes out in the same turn. (Half of the core, a
 * pause as long as the round, was measured too: ten thousand screens then saw 1 % of 1,000 changes a second later than
 * 300 ms, and replies were no faster, since it is the slices that keep them waiting.) */
#ifndef APP_PUBLISH_H
#define APP_PUBLISH_H

#include "app/project.h"
#include "app/session.h"

/* 64 direct writes take about 0.7 ms. A lock waits for several slices on its way (in, to Redis, back, out); with 256 its
 * p99 during a round of ten thousand screens was 16 to 28 ms, with 64 it is 8 to 10 ms, and the fan-out costs the same. */
enum { ROUND_SLICE = 64 };

void publish_init(struct project *p);
void publish_fini(struct project *p);
void publish_changed(struct project *p); /* the board has a newer seq, or is another board */
void publish_beat_if_idle(struct project *p);
/* Starts watching; answers with the missing units when (epoch, seq) is this board and the ring covers it, else with the board.
 * epoch NULL: no resume. as_public: the public board, as on a wall in front of customers, also for who may see more; a client
 * that asks for another view than before must not resume. */
void publish_watch(struct project *p, struct session *s, bool as_public, const char *epoch, int64_t seq);
void publish_unwatch(struct session *s);
/* Sends whatever the session lacks, if its connection can take it. */
void publish_bring_current(struct session *s);

#endif
