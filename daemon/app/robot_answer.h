/* What a robot's answer means. Robots answer 200 to nearly everything and put the outcome into the body. */
#ifndef APP_ROBOT_ANSWER_H
#define APP_ROBOT_ANSWER_H

#include "app/targets.h"
#include "outbound/http_post.h"

enum { ROBOT_WHY_BYTES = 200 };

struct robot_verdict {
	enum { ROBOT_TOOK, ROBOT_TOO_FAST, ROBOT_TRY_AGAIN, ROBOT_REFUSED } kind;
	int code;                  /* errcode, or the HTTP status */
	char why[ROBOT_WHY_BYTES]; /* fit for a log: nothing secret in it */
};

void robot_answer_read(struct robot_verdict *out, const struct post_answer *a, const struct target *t);

#endif
