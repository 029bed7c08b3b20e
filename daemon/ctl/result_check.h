/* The check of a result file, between reading it (result_check.c) and the verdict (result_verdict.c). */
#ifndef CTL_RESULT_CHECK_H
#define CTL_RESULT_CHECK_H

#include "ctl/chain_file.h"
#include "ctl/result_lines.h"
#include "ctl/verify.h"

#include <stdio.h>

enum check_stage {
	CHECK_HEAD,
	CHECK_EVENTS,
	CHECK_BUYERS,
	CHECK_ROOM,
	CHECK_OUTCOMES,
	CHECK_COUNTS,
	CHECK_END,
	CHECK_OVER,
};

struct result_check {
	struct ctl *c;
	const char *path;
	char *public_key; /* of whom the signature has to be; NULL: not said */
	struct differences found;
	struct chain chain;
	struct chain_line line;
	enum check_stage stage;
	size_t at; /* lines of this stage so far */
	struct json *head;
	const struct json *record;
	int64_t utc_offset_min;
	struct launch_fold fold;
	bool following; /* the fold was begun */
	struct result_room room;
	char trail[SHA1_HEX_BYTES]; /* hash of the event of the line before, whose number is fold.last_seq */
	int64_t presses, granted, refused;
	char *tally; /* the counters as JSON; NULL: none came */
	bool is_signed;
};

/* Follows every line: 0 whatever is wrong with what they say, or an exit status after the problem was printed. */
MUST_CHECK int result_check_read(struct result_check *k, FILE *f);

#endif
