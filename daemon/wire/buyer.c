#include "wire/buyer.h"

#include "base/mem.h"
#include "seal/vault.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

static char *copy_of(const struct json *j, const char *name)
{
	const char *text = json_text_of(j, name);
	return text ? mem_strdup(text) : NULL;
}

static void set(char **where, const char *text)
{
	vault_wipe(*where);
	*where = mem_strdup(text);
}

bool buyer_wish(struct buyer *b, const char *tag)
{
	b->has_wishes = true;
	for (size_t i = 0; i < b->wish_count; i++)
		if (strcmp(b->wishes[i], tag) == 0)
			return true;
	if (b->wish_count == BUYER_WISHES)
		return false;
	b->wishes[b->wish_count++] = mem_strdup(tag);
	return true;
}

int buyer_decode(const char *json, size_t bytes, struct buyer *out)
{
	struct json *j;
	char why[WHY_BYTES];
	int64_t erased;
	*out = (struct buyer){ 0 };
	int err = json_parse(json, bytes, &j, why);
	if (err)
		return err;
	out->id = copy_of(j, "id");
	out->consultant = copy_of(j, "consultant");
	out->level = copy_of(j, "level");
	out->qualification = copy_of(j, "qualification");
	out->sealed = copy_of(j, "sealed");
	out->erased = json_whole(json_member(j, "erased"), &erased);
	const char *phone_ix = json_text_of(j, "phone_ix"), *card_ix = json_text_of(j, "card_ix");
	snprintf(out->phone_ix, sizeof out->phone_ix, "%s", phone_ix ? phone_ix : "");
	snprintf(out->card_ix, sizeof out->card_ix, "%s", card_ix ? card_ix : "");
	if (!out->sealed) {
		out->name = copy_of(j, "name");
		out->phone = copy_of(j, "phone");
		out->clear = out->name || out->phone;
	}
	json_free(j);
	return out->id ? 0 : LD_E_BAD_REQUEST;
}

void buyer_fini(struct buyer *b)
{
	mem_free(b->id);
	mem_free(b->consultant);
	mem_free(b->level);
	mem_free(b->qualification);
	mem_free(b->sealed);
	vault_wipe(b->name);
	vault_wipe(b->phone);
	vault_wipe(b->card);
	for (size_t i = 0; i < b->wish_count; i++)
		vault_wipe(b->wishes[i]);
	*b = (struct buyer){ 0 };
}

bool buyer_open(struct buyer *b, const struct vault *v, const char *project)
{
	size_t bytes;
	struct json *j = NULL;
	char why[WHY_BYTES];
	if (!b->sealed)
		return true;
	char *plain = v ? vault_open(v, project, b->id, b->sealed, &bytes) : NULL;
	bool fine = plain && json_parse(plain, bytes, &j, why) == 0;
	vault_wipe(plain);
	if (!fine)
		return false;
	b->name = copy_of(j, "name");
	b->phone = copy_of(j, "phone");
	b->card = copy_of(j, "card");
	const struct json *wishes = json_member(j, "wishes");
	for (size_t i = 0; i < json_count(wishes); i++)
		if (json_string(json_item(wishes, i)))
			buyer_wish(b, json_string(json_item(wishes, i)));
	b->has_wishes = true;
	json_free(j);
	return true;
}

static void put(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addc(out, out->len_bytes ? ',' : '{');
	json_put_name(out, name);
	json_puts(out, value);
}

void buyer_seal(struct buyer *b, const struct vault *v, const char *project)
{
	struct buf plain = { 0 }, sealed = { 0 };
	put(&plain, "name", b->name ? b->name : "");
	put(&plain, "phone", b->phone ? b->phone : "");
	put(&plain, "card", b->card ? b->card : "");
	buf_adds(&plain, ",\"wishes\":[");
	for (size_t i = 0; i < b->wish_count; i++) {
		if (i)
			buf_addc(&plain, ',');
		json_puts(&plain, b->wishes[i]);
	}
	buf_adds(&plain, "]}");
	vault_seal(v, project, b->id, plain.data, plain.len_bytes, &sealed);
	vault_wipe(buf_take(&plain));
	mem_free(b->sealed);
	b->sealed = buf_take(&sealed);
	b->phone_ix[0] = b->card_ix[0] = '\0';
	if (b->phone && *b->phone)
		buyer_phone_index(v, b->phone, b->phone_ix);
	if (b->card && *b->card)
		buyer_card_index(v, b->card, b->card_ix);
}

void buyer_keep(struct buyer *b, const struct buyer *old)
{
	if (!b->name && old->name)
		set(&b->name, old->name);
	if (!b->phone && old->phone)
		set(&b->phone, old->phone);
	if (!b->card && old->card)
		set(&b->card, old->card);
	for (size_t i = 0; !b->has_wishes && i < old->wish_count; i++)
		b->wishes[b->wish_count++] = mem_strdup(old->wishes[i]);
	b->has_wishes = true;
}

static bool same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

bool buyer_is_equal(const struct buyer *a, const struct buyer *b)
{
	if (!same(a->name, b->name) || !same(a->phone, b->phone) || !same(a->card, b->card) ||
	    a->wish_count != b->wish_count)
		return false;
	for (size_t i = 0; i < a->wish_count; i++)
		if (strcmp(a->wishes[i], b->wishes[i]) != 0)
			return false;
	return true;
}

void buyer_encode(struct buf *out, const struct buyer *b, const char *was)
{
	buf_clear(out);
	put(out, "id", b->id);
	put(out, "consultant", b->consultant);
	put(out, "level", b->level);
	put(out, "qualification", b->qualification);
	put(out, "sealed", b->sealed);
	put(out, "phone_ix", b->sealed ? b->phone_ix : NULL);
	put(out, "card_ix", b->sealed ? b->card_ix : NULL);
	put(out, "was", was);
	buf_addc(out, '}');
}

void buyer_phone_index(const struct vault *v, const char *phone, char out[33]) { vault_index(v, "phone", phone, out); }

void buyer_card_index(const struct vault *v, const char *card, char out[33]) { vault_index(v, "card", card, out); }
