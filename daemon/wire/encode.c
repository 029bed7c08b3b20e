#include "wire/encode.h"

#include "wire/json.h"

#include <string.h>

/* The names whose values are numbers; all others are texts. */
/* clang-format off */
static const char *const numbers[] = {
	"rev", "seq", "deadline", "index", "now", "opens_at",
	"closes_at", "released", "next_deadline", "catalog_version", "count", "added",
	"changed", "unchanged", "vanished", "price_fen", "retry_ms", "slip",
	"receipt", "paid_fen", "refund_fen", "outstanding_fen", "list_price_fen", "deadline_max",
	"overdue",
};
/* clang-format on */

/* Those whose values are lists of names, joined by blanks. */
static bool is_list(const char *key) { return strcmp(key, "units") == 0; }

static void put_list(struct buf *out, const char *names, size_t bytes)
{
	buf_addc(out, '[');
	for (size_t at = 0; at < bytes;) {
		size_t n = 0;
		while (at + n < bytes && names[at + n] != ' ')
			n++;
		if (at)
			buf_addc(out, ',');
		json_put_string(out, names + at, n);
		at += n + 1;
	}
	buf_addc(out, ']');
}

static bool is_number(const char *key, const char *value, size_t bytes)
{
	/* What is no number in spite of its name stays a text: a reader can see it, and the JSON stays valid. */
	if (!bytes || bytes > 16 || strspn(value, "0123456789") != bytes || (value[0] == '0' && bytes > 1))
		return false;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (strcmp(numbers[i], key) == 0)
			return true;
	return false;
}

void encode_pairs(struct buf *out, const struct reply_pairs *pairs)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < pairs->count; i++) {
		if (i)
			buf_addc(out, ',');
		json_puts(out, pairs->keys[i]);
		buf_addc(out, ':');
		if (is_number(pairs->keys[i], pairs->values[i], pairs->value_lens[i]))
			buf_add(out, pairs->values[i], pairs->value_lens[i]);
		else if (is_list(pairs->keys[i]))
			put_list(out, pairs->values[i], pairs->value_lens[i]);
		else
			json_put_string(out, pairs->values[i], pairs->value_lens[i]);
	}
	buf_addc(out, '}');
}

void encode_hello(struct buf *out, int64_t now_ms, const char *account, const char *role, int64_t heartbeat_s)
{
	buf_addf(out, "{\"ev\":\"hello\",\"protocol\":\"listing.v1\",\"now\":%lld,\"account\":", (long long)now_ms);
	json_puts(out, account);
	buf_addf(out, ",\"role\":\"%s\",\"heartbeat_s\":%lld}", role, (long long)heartbeat_s);
}

static void put_id(struct buf *out, int64_t id)
{
	buf_adds(out, "{\"id\":");
	if (id < 0)
		buf_adds(out, "null");
	else
		buf_addi(out, id);
}

void encode_reply_ok(struct buf *out, int64_t id, const struct reply_pairs *pairs)
{
	put_id(out, id);
	buf_adds(out, ",\"ok\":");
	encode_pairs(out, pairs);
	buf_addc(out, '}');
}

void encode_reply_error(struct buf *out, int64_t id, int err, bool english, const struct reply_pairs *detail)
{
	put_id(out, id);
	buf_addf(out, ",\"error\":{\"code\":\"%s\",\"status\":%d,\"message\":", err_code(err), err_http_status(err));
	json_puts(out, english ? err_text_en(err) : err_text_zh(err));
	buf_addf(out, ",\"retryable\":%s", err_retryable(err) ? "true" : "false");
	if (detail && detail->count) {
		buf_adds(out, ",\"detail\":");
		encode_pairs(out, detail);
	}
	buf_adds(out, "}}");
}

void encode_deal(struct buf *out, const char *project, const char *json, size_t bytes)
{
	buf_adds(out, "{\"ev\":\"deal\",\"project\":");
	json_puts(out, project);
	buf_adds(out, ",\"deal\":");
	buf_add(out, json, bytes);
	buf_addc(out, '}');
}

void encode_notice(struct buf *out, const char *kind, const char *project, const char *unit, const char *deal,
                   int64_t deadline_ms, int64_t left_ms)
{
	buf_addf(out, "{\"ev\":\"notice\",\"kind\":\"%s\",\"project\":", kind);
	json_puts(out, project);
	buf_adds(out, ",\"unit\":");
	json_puts(out, unit);
	buf_adds(out, ",\"deal\":");
	json_puts(out, deal);
	buf_addf(out, ",\"deadline\":%lld,\"left_ms\":%lld}", (long long)deadline_ms, (long long)left_ms);
}

void encode_notice_of_project(struct buf *out, const char *kind, const char *project)
{
	buf_addf(out, "{\"ev\":\"notice\",\"kind\":\"%s\",\"project\":", kind);
	json_puts(out, project);
	buf_addc(out, '}');
}

void encode_queue_begin(struct buf *out, const char *project, int64_t seq, int64_t now_ms)
{
	buf_adds(out, "{\"ev\":\"notice\",\"kind\":\"queue\",\"project\":");
	json_puts(out, project);
	buf_addf(out, ",\"seq\":%lld,\"at\":%lld", (long long)seq, (long long)now_ms);
}

void encode_queue_item(struct buf *out, const char *member, int64_t since_ms, const char *record, size_t bytes)
{
	const char *first = strchr(member, '|'), *second = first ? strchr(first + 1, '|') : NULL;
	buf_adds(out, "{\"kind\":");
	json_put_string(out, member, first ? (size_t)(first - member) : strlen(member));
	buf_addf(out, ",\"since\":%lld,\"%s\":", (long long)since_ms, second ? "request" : "deal");
	buf_add(out, record, bytes);
	buf_addc(out, '}');
}

void encode_goaway(struct buf *out, int64_t retry_ms)
{
	buf_addf(out, "{\"ev\":\"goaway\",\"retry_ms\":%lld}", (long long)retry_ms);
}
