#include "core/person.h"
#include "wire/buyer.h"
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

void encode_problem_fields(struct buf *out, int err, bool english, const char *json, size_t bytes)
{
	put_problem(out, err, english);
	buf_adds(out, ",\"fields\":");
	buf_add(out, json, bytes);
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

void encode_catalog_begin(struct buf *out, const char *project, const char *name, const char *palette,
                          const char *rehearsal, int64_t utc_offset_min, int64_t version)
{
	buf_adds(out, "{\"project\":");
	json_puts(out, project);
	buf_adds(out, ",\"name\":");
	json_puts(out, name);
	if (palette && *palette) {
		buf_adds(out, ",\"palette\":");
		json_puts(out, palette);
	}
	if (rehearsal && *rehearsal) {
		buf_adds(out, ",\"rehearsal\":");
		json_puts(out, rehearsal);
	}
	buf_addf(out, ",\"utc_offset_min\":%lld,\"catalog_version\":%lld,\"units\":[", (long long)utc_offset_min,
	         (long long)version);
}

void encode_catalog_unit(struct buf *out, size_t index, const char *json, size_t bytes)
{
	if (index)
		buf_addc(out, ',');
	buf_add(out, json, bytes);
}

void encode_catalog_end(struct buf *out) { buf_adds(out, "]}"); }

void encode_buyers_begin(struct buf *out) { buf_adds(out, "{\"buyers\":["); }

/* Who reads which number whole; the others see enough to recognise it. Those who call the buyer need the telephone, those
 * who check eligibility and contract the card. */
static const struct {
	bool phone, card;
} whole[ROLE_COUNT] = {
	[ROLE_CONSULTANT] = { .phone = true },
	[ROLE_CLERK] = { .card = true },
	[ROLE_RELATIONS] = { .card = true },
	[ROLE_MANAGER] = { .phone = true },
};

static void put_member(struct buf *out, const char *name, const char *value)
{
	buf_addc(out, ',');
	json_put_name(out, name);
	json_puts(out, value ? value : "");
}

static void put_number(struct buf *out, const char *name, const char *value, bool is_whole,
                       void (*mask)(const char *, char[PERSON_BYTES]))
{
	char masked[PERSON_BYTES];
	mask(value ? value : "", masked);
	put_member(out, name, is_whole ? value : masked);
}

static void put_person(struct buf *out, const struct buyer *b, enum role role)
{
	put_member(out, "name", b->name);
	put_number(out, "phone", b->phone, whole[role].phone, person_mask_phone);
	put_number(out, "card", b->card, whole[role].card, person_mask_card);
	buf_adds(out, ",\"wishes\":[");
	for (size_t i = 0; i < b->wish_count; i++) {
		if (i)
			buf_addc(out, ',');
		json_puts(out, b->wishes[i]);
	}
	buf_addc(out, ']');
}

bool encode_buyer_is_shown(const struct buyer *b, const char *account, enum role role)
{
	enum grant grant = role_grant(role, RIGHT_BUYERS_READ);
	return !b->erased &&
	       (grant == GRANT_ANY || (grant == GRANT_OWN && b->consultant && strcmp(b->consultant, account) == 0));
}

void encode_buyer(struct buf *out, const struct buyer *b, bool opened, enum role role)
{
	if (out->data[out->len_bytes - 1] != '[')
		buf_addc(out, ',');
	buf_adds(out, "{\"id\":");
	json_puts(out, b->id);
	if (opened)
		put_person(out, b, role);
	else
		buf_adds(out, ",\"sealed\":true");
	put_member(out, "level", b->level);
	put_member(out, "consultant", b->consultant);
	put_member(out, "qualification", b->qualification ? b->qualification : "unknown");
	buf_addc(out, '}');
}

void encode_buyers_end(struct buf *out) { buf_adds(out, "]}"); }
