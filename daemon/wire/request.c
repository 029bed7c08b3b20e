#include "wire/request.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

void login_request_fini(struct login_request *r)
{
	if (r->password)
		sodium_memzero((char *)(uintptr_t)r->password, strlen(r->password));
	json_free(r->root);
	*r = (struct login_request){ 0 };
}
