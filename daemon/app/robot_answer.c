#include "app/robot_answer.h"

#include "app/robot_text.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

/* WeCom: 45009. DingTalk: 130101 and 660026. All three: too many messages in a minute. */
static const int64_t too_fast[] = { 45009, 130101, 660026 };

static bool is_too_fast(int64_t errcode)
{
	for (size_t i = 0; i < sizeof too_fast / sizeof too_fast[0]; i++)
		if (too_fast[i] == errcode)
			return true;
	return false;
}

/* Its errmsg may repeat what was sent to it: the address' query (it holds the key) or the secret. */
static bool tells_a_secret(const char *text, const struct target *t)
{
	const char *key = strchr(t->url, '=');
	return (t->secret && strstr(text, t->secret)) || (key && key[1] && strstr(text, key + 1));
}

static void read_errcode(struct robot_verdict *out, const struct json *j, const struct target *t)
{
	int64_t errcode = 0;
	const char *errmsg = json_text_of(j, "errmsg");
	if (!json_whole(json_member(j, "errcode"), &errcode)) {
		out->kind = ROBOT_REFUSED;
		out->code = -1;
		snprintf(out->why, sizeof out->why, "the answer has no errcode: is the address a robot's?");
		return;
	}
	out->kind = errcode == 0 ? ROBOT_TOOK : is_too_fast(errcode) ? ROBOT_TOO_FAST : ROBOT_REFUSED;
	out->code = (int)errcode;
	bool hide = errmsg && tells_a_secret(errmsg, t);
	size_t fits = errmsg ? robot_text_fit(errmsg, strlen(errmsg), 120) : 0;
	snprintf(out->why, sizeof out->why, "errcode %lld %.*s", (long long)errcode, hide ? 0 : (int)fits,
	         errmsg ? errmsg : "");
}

void robot_answer_read(struct robot_verdict *out, const struct post_answer *a, const struct target *t)
{
	struct json *j = NULL;
	char why[WHY_BYTES];
	*out = (struct robot_verdict){ .kind = ROBOT_TRY_AGAIN, .code = a->status };
	if (!a->status) {
		snprintf(out->why, sizeof out->why, "%s", a->why);
	} else if (a->status == 200 && json_parse(a->body, a->bytes, &j, why) == 0) {
		read_errcode(out, j, t);
	} else {
		bool again = a->status >= 500 || a->status == 408;
		out->kind = a->status == 429 ? ROBOT_TOO_FAST : again ? ROBOT_TRY_AGAIN : ROBOT_REFUSED;
		snprintf(out->why, sizeof out->why, "HTTP status %d", a->status);
	}
	json_free(j);
}
