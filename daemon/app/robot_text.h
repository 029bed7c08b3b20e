/* What robots say in group chats, in Chinese, as Markdown. Pure: counts in, text out.
 *
 * No buyer, no free text that somebody typed, nothing personal: unit ids, accounts of consultants and figures only. */
#ifndef APP_ROBOT_TEXT_H
#define APP_ROBOT_TEXT_H

#include "app/targets.h"
#include "core/aggregate.h"
#include "core/trail.h"

/* The lengths that the robots take; the text is cut at the end of a line, or else of a character. */
enum { WECOM_MAX_BYTES = 4096, DINGTALK_MAX_BYTES = 20000 };

/* What a digest counts, in the order in which it tells.   event       what people call it */
/* clang-format off */
#define TALLIES(X)          \
	X(lock,     "锁定")     \
	X(apply,    "申请")     \
	X(approve,  "认购")     \
	X(sign,     "签约")     \
	X(receipt,  "到账")     \
	X(settle,   "回款")     \
	X(release,  "释放")     \
	X(expire,   "到期释放") \
	X(withdraw, "退房")     \
	X(swap_in,  "换房")     \
	X(revive,   "恢复")     \
	X(extend,   "延期")     \
	X(overdue,  "逾期")     \
	X(withhold, "销控")     \
	X(offer,    "放盘")     \
	X(import,   "房源更新")
/* clang-format on */

enum tally {
#define X(name, text) TALLY_##name,
	TALLIES(X)
#undef X
		TALLY_COUNT
};

struct tallies {
	int64_t count[TALLY_COUNT];
};

void tallies_add(struct tallies *t, const struct trail_entry *e); /* kinds that no digest tells are left out */
bool tallies_any(const struct tallies *t);

/* Appends one line when the event is urgent; false when it is not. */
bool robot_text_urgent(struct buf *out, const struct trail_entry *e);
void robot_text_digest(struct buf *out, const struct tallies *t, const struct counts *now);
/* minute_of_day, date: of the office. */
void robot_text_sheet(struct buf *out, const struct aggregate *a, const char *date);

/* A name made harmless: it can make neither link, nor mention, nor heading. */
void robot_text_name(struct buf *out, const char *name);
/* How many bytes of the text fit into max. */
size_t robot_text_fit(const char *text, size_t bytes, size_t max);

/* The whole message as the robot takes it. */
void robot_message(struct buf *out, enum target_kind kind, const char *title, const char *text, size_t bytes);

#endif
