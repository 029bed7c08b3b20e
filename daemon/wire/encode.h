/* Everything the daemon says, as JSON text appended to a buffer (CONTRACT: HTTP, WebSocket). */
#ifndef WIRE_ENCODE_H
#define WIRE_ENCODE_H

#include "base/buf.h"
#include "core/aggregate.h"
#include "core/board.h"
#include "core/role.h"

struct buyer;

/* What a function of the library answered: names and values. Names in the table of encode.c become numbers. */
struct reply_pairs {
	size_t count;
	const char *const *keys;
	const char *const *values;
	const size_t *value_lens;
};

/* --- to a WebSocket (encode.c) */
void encode_hello(struct buf *out, int64_t now_ms, const char *account, const char *role, int64_t heartbeat_s);
void encode_reply_ok(struct buf *out, int64_t id, const struct reply_pairs *pairs);
/* detail may be NULL. id below 0: null. */
void encode_reply_error(struct buf *out, int64_t id, int err, bool english, const struct reply_pairs *detail);
void encode_deal(struct buf *out, const char *project, const char *json, size_t bytes);
void encode_notice(struct buf *out, const char *kind, const char *project, const char *unit, const char *deal,
                   int64_t deadline_ms, int64_t left_ms);
/* A notice that is about the whole project. */
void encode_notice_of_project(struct buf *out, const char *kind, const char *project);
/* A notice of kind `queue`; items and the end are the caller's. member: `kind|deal` or `kind|deal|request`. */
void encode_queue_begin(struct buf *out, const char *project, int64_t seq, int64_t now_ms);
void encode_queue_item(struct buf *out, const char *member, int64_t since_ms, const char *record, size_t bytes);
void encode_goaway(struct buf *out, int64_t retry_ms);

/* --- a board (encode_board.c) */
void encode_board(struct buf *out, const struct board *b, enum board_view view, int64_t at_ms);
void encode_units(struct buf *out, const struct board *b, enum board_view view, int64_t from, const uint32_t *index,
                  size_t count, int64_t at_ms);
void encode_beat(struct buf *out, const char *project, int64_t seq, int64_t at_ms);
/* The board and its figures in one object. */
void encode_board_figures(struct buf *out, const struct board *b, enum board_view view, int64_t at_ms,
                          const struct aggregate *figures);

/* --- by HTTP (encode_http.c) */
void encode_problem(struct buf *out, int err, const char *detail, bool english);
/* The same with an object that is JSON already. */
void encode_problem_fields(struct buf *out, int err, bool english, const char *json, size_t bytes);
void encode_problem_detail(struct buf *out, int err, bool english, const struct reply_pairs *detail);
void encode_login(struct buf *out, const char *account, const char *role, char *const *projects, size_t project_count,
                  const char *token); /* token NULL: none */
/* palette: NULL or "" for none of its own. */
void encode_catalog_begin(struct buf *out, const char *project, const char *name, const char *palette,
                          const char *rehearsal, int64_t utc_offset_min, int64_t version);
void encode_catalog_unit(struct buf *out, size_t index, const char *json, size_t bytes);
void encode_catalog_end(struct buf *out);
/* Only buyers that encode_buyer_is_shown to the caller may be encoded: erased ones are shown to nobody. encode_buyer
 * masks what the role may not read; one that could not be opened is told by its id and `"sealed":true`. */
void encode_buyers_begin(struct buf *out);
bool encode_buyer_is_shown(const struct buyer *b, const char *account, enum role role);
void encode_buyer(struct buf *out, const struct buyer *b, bool opened, enum role role);
void encode_buyers_end(struct buf *out);
/* `{"now":MS,"deals":[…]}` of records as they are kept. */
void encode_deals(struct buf *out, int64_t now_ms, size_t count, char *const *json, const size_t *bytes);
/* Roles, the rights of each, and who initiates, approves and executes what. */
void encode_rights(struct buf *out);

/* `{"k":v,…}` of pairs; shared by the files above. */
void encode_pairs(struct buf *out, const struct reply_pairs *pairs);

#endif
