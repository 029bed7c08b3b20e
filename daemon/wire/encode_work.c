/* What the office reads about its work: deals, and who may do what. */
#include "core/approval.h"
#include "core/role.h"
#include "wire/encode.h"
#include "wire/json.h"

void encode_deals(struct buf *out, int64_t now_ms, size_t count, char *const *json, const size_t *bytes)
{
	size_t written = 0;
	buf_addf(out, "{\"now\":%lld,\"deals\":[", (long long)now_ms);
	for (size_t i = 0; i < count; i++) {
		if (!bytes[i])
			continue;
		if (written++)
			buf_addc(out, ',');
		buf_add(out, json[i], bytes[i]);
	}
	buf_adds(out, "]}");
}

static const char *grant_name(enum grant g)
{
	static const char *const names[] = { [GRANT_NO] = "no", [GRANT_OWN] = "own", [GRANT_ANY] = "any" };
	return names[g];
}

static void put_right(struct buf *out, enum right right)
{
	buf_addf(out, "%s\"%s\":{", right ? "," : "", right_name(right));
	for (unsigned r = 0; r < ROLE_COUNT; r++)
		buf_addf(out, "%s\"%s\":\"%s\"", r ? "," : "", role_name((enum role)r),
		         grant_name(role_grant((enum role)r, right)));
	buf_addc(out, '}');
}

void encode_rights(struct buf *out)
{
	buf_adds(out, "{\"roles\":[");
	for (unsigned r = 0; r < ROLE_COUNT; r++)
		buf_addf(out, "%s\"%s\"", r ? "," : "", role_name((enum role)r));
	buf_adds(out, "],\"rights\":{");
	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		put_right(out, (enum right)i);
	buf_adds(out, "},\"approvals\":[");
	for (size_t i = 0; i < approval_count; i++) {
		const struct approval *a = &approvals[i];
		buf_addf(out, "%s{\"kind\":\"%s\",\"initiates\":\"%s\",\"approves\":\"%s\",\"executes\":\"%s\"}", i ? "," : "",
		         a->kind, a->initiates, a->approves, a->executes);
	}
	buf_adds(out, "]}");
}
