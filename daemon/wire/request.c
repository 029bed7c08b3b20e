#include "wire/request.h"

#include "wire/command.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 512 };

static bool is_account(const char *s)
{
	if (!s || !*s)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= 0x20 || *s == 0x7f)
			return false;
	return true;
}

int request_decode_login(const char *text, size_t bytes, struct login_request *out, char why[WHY_BYTES])
{
	int err = json_parse(text, bytes, &out->root, why);
	if (err)
		return err;
	out->account = json_text_of(out->root, "account");
	out->password = json_text_of(out->root, "password");
	if (is_account(out->account) && out->password && *out->password)
		return 0;
	login_request_fini(out);
	snprintf(why, WHY_BYTES, "send {\"account\": text, \"password\": text}");
	return LD_E_BAD_REQUEST;
}

static void wipe(const char *text)
{
	if (text)
		sodium_memzero((char *)(uintptr_t)text, strlen(text));
}

void login_request_fini(struct login_request *r)
{
	wipe(r->password);
	json_free(r->root);
	*r = (struct login_request){ 0 };
}

static bool fits(const char *text, size_t max_bytes) { return text && *text && strlen(text) <= max_bytes; }

int request_decode_buyer(const char *text, size_t bytes, struct buyer_request *out, char why[WHY_BYTES])
{
	*out = (struct buyer_request){ 0 };
	int err = json_parse(text, bytes, &out->root, why);
	if (err)
		return err;
	out->project = json_text_of(out->root, "project");
	out->phone = json_text_of(out->root, "phone");
	out->code = json_text_of(out->root, "code");
	out->link = json_text_of(out->root, "link");
	const char *attempt = json_text_of(out->root, "attempt");
	out->attempt = attempt ? attempt : "";
	bool may_repeat = json_member(out->root, "attempt") ? wire_key_is_valid(out->attempt) : true;
	bool by_code = fits(out->phone, TEXT_MAX_BYTES) && fits(out->code, TEXT_MAX_BYTES) && !out->link;
	bool by_link = fits(out->link, BUYER_LINK_MAX_BYTES) && !out->phone && !out->code;
	if (fits(out->project, 64) && (by_code || by_link) && may_repeat)
		return 0;
	buyer_request_fini(out);
	snprintf(why, WHY_BYTES,
	         "send {\"project\", \"phone\", \"code\"} or {\"project\", \"link\"}, all of them texts, and perhaps an "
	         "\"attempt\"");
	return LD_E_BAD_REQUEST;
}

void buyer_request_fini(struct buyer_request *r)
{
	wipe(r->phone);
	wipe(r->code);
	wipe(r->link);
	json_free(r->root);
	*r = (struct buyer_request){ 0 };
}

int request_decode_texts(const char *text, size_t bytes, const char *first, const char *second,
                         struct text_request *out, char why[WHY_BYTES])
{
	const char *const names[] = { first, second };
	*out = (struct text_request){ 0 };
	int err = json_parse(text, bytes, &out->root, why);
	for (size_t i = 0; !err && i < 2 && names[i]; i++) {
		out->value[i] = json_text_of(out->root, names[i]);
		if (out->value[i] && *out->value[i] && strlen(out->value[i]) <= TEXT_MAX_BYTES)
			continue;
		snprintf(why, WHY_BYTES, "%s must be a text of 1 to %d bytes", names[i], TEXT_MAX_BYTES);
		err = LD_E_BAD_REQUEST;
	}
	if (err)
		text_request_fini(out);
	return err;
}

void text_request_fini(struct text_request *r)
{
	wipe(r->value[0]);
	wipe(r->value[1]);
	json_free(r->root);
	*r = (struct text_request){ 0 };
}
