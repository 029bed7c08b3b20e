#include "wire/encode.h"
#include "wire/json.h"

#include <string.h>

/* RFC 9457 section 3.1; `code` is ours and the same as on the WebSocket. */
static void put_problem(struct buf *out, int err, bool english)
{
	buf_addf(out, "{\"type\":\"about:blank\",\"title\":");
	json_puts(out, english ? err_text_en(err) : err_text_zh(err));
	buf_addf(out, ",\"status\":%d,\"code\":\"%s\",\"retryable\":%s", err_http_status(err), err_code(err),
	         err_retryable(err) ? "true" : "false");
}

void encode_problem(struct buf *out, int err, const char *detail, bool english)
{
	put_problem(out, err, english);
	if (detail && *detail) {
		buf_adds(out, ",\"detail\":");
		json_puts(out, detail);
	}
	buf_addc(out, '}');
}

void encode_problem_detail(struct buf *out, int err, bool english, const struct reply_pairs *detail)
{
	put_problem(out, err, english);
	if (detail && detail->count) {
		/* `detail` is a sentence in RFC 9457: what a program reads stands in `fields`. */
		buf_adds(out, ",\"fields\":");
		encode_pairs(out, detail);
	}
	buf_addc(out, '}');
}

void encode_login(struct buf *out, const char *account, const char *role, char *const *projects, size_t project_count,
                  const char *token)
{
	buf_adds(out, "{\"account\":");
	json_puts(out, account);
	buf_addf(out, ",\"role\":\"%s\",\"projects\":[", role);
	for (size_t i = 0; i < project_count; i++) {
		if (i)
			buf_addc(out, ',');
		json_puts(out, projects[i]);
	}
	buf_addc(out, ']');
	if (token)
		buf_addf(out, ",\"token\":\"%s\"", token);
	buf_addc(out, '}');
}

void encode_catalog_begin(struct buf *out, const char *project, const char *name, int64_t version)
{
	buf_adds(out, "{\"project\":");
	json_puts(out, project);
	buf_adds(out, ",\"name\":");
	json_puts(out, name);
	buf_addf(out, ",\"catalog_version\":%lld,\"units\":[", (long long)version);
}

void encode_catalog_unit(struct buf *out, size_t index, const char *json, size_t bytes)
{
	if (index)
		buf_addc(out, ',');
	buf_add(out, json, bytes);
}

void encode_catalog_end(struct buf *out) { buf_adds(out, "]}"); }

void encode_buyers_begin(struct buf *out) { buf_adds(out, "{\"buyers\":["); }

/* The first three and the last four digits stay, as the field writes it: 139****1111. */
static void put_masked_phone(struct buf *out, const char *phone)
{
	size_t n = strlen(phone);
	struct buf masked = { 0 };
	if (n > 7)
		buf_add(&masked, phone, 3);
	buf_adds(&masked, "****");
	if (n > 7)
		buf_add(&masked, phone + n - 4, 4);
	json_put_string(out, masked.data, masked.len_bytes);
	buf_fini(&masked);
}

static void put_member(struct buf *out, const struct json *j, const char *name)
{
	const char *value = json_text_of(j, name);
	buf_addc(out, ',');
	json_put_name(out, name);
	json_puts(out, value ? value : "");
}

void encode_buyer(struct buf *out, const char *json, size_t bytes, const char *account, enum role role)
{
	struct json *j;
	char why[WHY_BYTES];
	enum grant grant = role_grant(role, RIGHT_BUYERS_READ);
	if (json_parse(json, bytes, &j, why) != 0)
		return;
	const char *id = json_text_of(j, "id"), *phone = json_text_of(j, "phone"),
			   *consultant = json_text_of(j, "consultant");
	if (id && (grant == GRANT_ANY || (grant == GRANT_OWN && consultant && strcmp(consultant, account) == 0))) {
		if (out->data[out->len_bytes - 1] != '[')
			buf_addc(out, ',');
		buf_adds(out, "{\"id\":");
		json_puts(out, id);
		put_member(out, j, "name");
		buf_adds(out, ",\"phone\":");
		/* Those who call the buyer need the number; the others need to recognise it. */
		if (grant == GRANT_OWN || role == ROLE_MANAGER)
			json_puts(out, phone ? phone : "");
		else
			put_masked_phone(out, phone ? phone : "");
		put_member(out, j, "level");
		put_member(out, j, "consultant");
		buf_addc(out, '}');
	}
	json_free(j);
}

void encode_buyers_end(struct buf *out) { buf_adds(out, "]}"); }

static void put_text(struct buf *out, const char *name, const char *value)
{
	if (!*value)
		return;
	buf_addc(out, ',');
	json_put_name(out, name);
	json_puts(out, value);
}

static void put_event(struct buf *out, const struct event *e)
{
	buf_addf(out, "{\"seq\":%lld,\"at\":%lld", (long long)e->seq, (long long)e->at_ms);
	put_text(out, "type", e->type);
	put_text(out, "by", e->by);
	put_text(out, "role", e->role);
	if (e->has_unit) {
		put_text(out, "unit", e->unit);
		buf_addf(out, ",\"index\":%u,\"status\":\"%s\",\"rev\":%lld", e->index, unit_status_name(e->status),
		         (long long)e->rev);
		if (e->deadline_ms)
			buf_addf(out, ",\"deadline\":%lld", (long long)e->deadline_ms);
		put_text(out, "deal", e->deal);
		put_text(out, "holder", e->holder);
	}
	put_text(out, "why", e->why);
	put_text(out, "set", e->set);
	buf_addc(out, '}');
}

void encode_events(struct buf *out, const struct event *events, size_t count)
{
	buf_adds(out, "{\"events\":[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_addc(out, ',');
		put_event(out, &events[i]);
	}
	buf_adds(out, "]}");
}
