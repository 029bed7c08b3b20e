/* One project as this daemon sees it: the board that the feed keeps current, and whoever watches it.
 *
 * The board is changed by the feed only (project.c); publishing, expiry and warnings look at it. `serial` counts the
 * boards since start: a session whose sent_serial differs has seen another board and needs a snapshot. */
#ifndef APP_PROJECT_H
#define APP_PROJECT_H

#include "app/app.h"
#include "base/frame.h"
#include "base/sha1.h"
#include "core/board.h"
#include "core/deadlines.h"
#include "core/report_kind.h"
#include "core/role.h"
#include "store/feed.h"

enum { PUBLISH_CACHE = 8, BOARD_VIEWS = 3, WARN_MAX = 8 };

struct delta_cache {
	struct frame *frame;
	enum board_view view;
	int64_t from, to;
};

struct publisher {
	struct list cursor; /* stands in the list of watchers during a round */
	bool round_active, round_again, beat_round;
	struct loop_timer timer; /* next round */
	int64_t round_started_us, round_cost_us, next_round_us, last_push_us, front_us;
	struct delta_cache deltas[PUBLISH_CACHE];
	unsigned next_delta;
	struct frame *snapshots[BOARD_VIEWS];
	int64_t snapshot_seq[BOARD_VIEWS], snapshot_us[BOARD_VIEWS];
	struct frame *beat;
};

struct catalog_cache {
	struct frame *json; /* the body of GET …/catalog */
	char tag[SHA1_HEX_BYTES];
	int64_t version;
	bool loading, again;       /* again: once it is there */
	struct unit_label *labels; /* by index, for aggregates */
	size_t count;
};

struct counts;
struct courier;
struct launches;
struct trends;

/* When a report that could not be made is tried again. */
struct report_try {
	int64_t day, again_mono_ms;
};

struct project {
	struct app *app;
	char *name;
	char *title;     /* what people call it */
	char *rehearsal; /* of which project this is the shadow (公测); NULL: of none */
	struct feed *feed;
	struct board *board;
	uint32_t serial;
	bool live;
	bool gone; /* let go (project_gone.h): nothing begins any more */
	struct list gone_link;
	bool merged, clock_hold, frozen;
	int64_t warn_ms[WARN_MAX];
	size_t warn_count;
	int64_t warned_until_ms; /* Redis time of the last look for warnings */
	struct list watchers;    /* displays and staff first, then buyers */
	size_t watcher_count;
	struct publisher pub;
	struct catalog_cache catalog;
	struct courier *courier; /* NULL when nobody outside is told */
	struct counts *demand;
	struct launches *launches;
	struct trends *trends;
	struct deadlines *deadlines;
	struct loop_timer expiry_timer, second_timer, queue_timer;
	struct {
		struct loop_timer timer;
		struct child *child; /* NULL: none is under way */
		int tries;
		enum { CHECK_UNKNOWN, CHECK_AGREES, CHECK_DIFFERS } board; /* of the check under way */
	} check;
	struct {
		int64_t utc_offset_min, sheet_at_min;
		struct report_try tries[REPORT_KINDS];
	} reports;
	unsigned seconds; /* since start */
	bool sweeping, beating;
	bool reads_queue;                    /* for those who have just begun to watch */
	int64_t beat_redis_ms, beat_mono_ms; /* the last heartbeat's Redis time and when it was answered */
};

struct project *project_start(struct app *a, const char *name);
void project_stop(struct project *p);
struct project *project_find(struct app *a, const char *name); /* NULL when not served */
/* Redis time by this project's feed. */
int64_t project_now_ms(const struct project *p);
/* Which board a role may see. */
enum board_view project_view(const struct project *p, enum role role);

#endif
