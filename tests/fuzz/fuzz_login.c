/* Bodies of POST /api/v1/login, …/pairings/claim and the like, and records as they lie in Redis. */
#include "wire/account.h"
#include "wire/catalog.h"
#include "wire/request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const char *text = (const char *)data;
	struct login_request in;
	struct text_request texts;
	struct account_record account;
	struct unit_label label;
	char why[WHY_BYTES] = "";
	if (request_decode_login(text, bytes, &in, why) == 0) {
		if (!*in.account || !*in.password)
			abort();
		login_request_fini(&in);
	} else if (!why[0]) {
		abort();
	}
	if (request_decode_texts(text, bytes, "account", "password", &texts, why) == 0) {
		if (!*texts.value[0] || !*texts.value[1])
			abort();
		text_request_fini(&texts);
	}
	if (account_decode(text, bytes, &account) == 0)
		account_record_fini(&account);
	if (catalog_decode_label(text, bytes, &label) == 0)
		unit_label_fini(&label);
	return 0;
}
