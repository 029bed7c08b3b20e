#include "wire/link.h"

#include "wire/json.h"

#include <stdio.h>
#include <string.h>

enum { LEEWAY_S = 60, AHEAD_MAX_S = 24 * 3600 };

static bool is_for(const struct json *aud, const char *audience)
{
	const char *one = json_string(aud);
	bool found = one && strcmp(one, audience) == 0;
	for (size_t i = 0; !found && i < json_count(aud); i++) {
		one = json_string(json_item(aud, i));
		found = one && strcmp(one, audience) == 0;
	}
	return found;
}

static bool take_text(const struct json *root, const char *name, char out[LINK_CLAIM_BYTES])
{
	const char *text = json_text_of(root, name);
	if (!text || !*text || strlen(text) >= LINK_CLAIM_BYTES)
		return false;
	snprintf(out, LINK_CLAIM_BYTES, "%s", text);
	return true;
}

/* A time that may lie a little ahead, for clocks differ; or none. */
static bool has_come(const struct json *root, const char *name, int64_t now_s)
{
	const struct json *claim = json_member(root, name);
	int64_t at_s;
	return !claim || (json_whole(claim, &at_s) && at_s <= now_s + LEEWAY_S);
}

static const char *problem(const struct json *root, const char *audience, int64_t now_s, struct link_claims *out)
{
	int64_t expires_s = 0;
	if (!is_for(json_member(root, "aud"), audience))
		return "another audience";
	if (!json_whole(json_member(root, "exp"), &expires_s))
		return "no time of expiry";
	if (expires_s <= now_s)
		return "it has expired";
	if (expires_s > now_s + AHEAD_MAX_S)
		return "it is good for too long";
	if (!has_come(root, "iat", now_s) || !has_come(root, "nbf", now_s))
		return "it is not good yet";
	if (!take_text(root, "jti", out->jti))
		return "no jti";
	if (!take_text(root, "project", out->project) || !take_text(root, "phone", out->phone))
		return "no project or no phone";
	out->expires_ms = expires_s * 1000;
	return NULL;
}

int link_claims_decode(const char *text, size_t bytes, const char *audience, int64_t now_ms, struct link_claims *out,
                       const char **why)
{
	struct json *root = NULL;
	char bad[WHY_BYTES];
	*out = (struct link_claims){ 0 };
	*why = json_parse(text, bytes, &root, bad) == 0 && json_is_object(root)
	           ? problem(root, audience, now_ms / 1000, out)
	           : "its claims are no JSON object";
	json_free(root);
	return *why ? LD_E_BAD_CREDENTIALS : 0;
}
