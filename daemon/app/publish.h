/* From the board to the screens: state, not messages.
 *
 * A round walks over the watchers in slices of ROUND_SLICE with a turn of the loop between slices, so replies are
 * never behind a round. Each watcher that is behind gets one frame from its own `sent_seq` to the newest state;
 * nearly all share the same one, encoded once. The next round starts no earlier than the last one took, so
 * fan-out takes about half of the core at most; when idle a change goes out in the same turn. */
#ifndef APP_PUBLISH_H
#define APP_PUBLISH_H

#include "app/project.h"
#include "app/session.h"

/* 256 direct writes take about 3 ms: the longest that a reply waits for a slice. */
enum { ROUND_SLICE = 256 };

void publish_init(struct project *p);
void publish_fini(struct project *p);
void publish_changed(struct project *p); /* the board has a newer seq, or is another board */
void publish_beat_if_idle(struct project *p);
/* Starts watching; answers with the missing units when (epoch, seq) is this board and the ring covers it, else with the board.
 * epoch NULL: no resume. */
void publish_watch(struct project *p, struct session *s, const char *epoch, int64_t seq);
void publish_unwatch(struct session *s);
/* Sends whatever the session lacks, if its connection can take it. */
void publish_bring_current(struct session *s);

#endif
