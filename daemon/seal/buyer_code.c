#include "seal/buyer_code.h"

#include "base/mem.h"

#include <string.h>

void buyer_code_make(const struct vault *v, const char *text, char out[BUYER_CODE_BYTES])
{
	/* Without I, O, 0 and 1: 32 of them, so five bits choose one, and eight make nearly 40 bits. The first is no digit: a
	 * spreadsheet takes 2345E678 for a number. */
	enum { LETTERS = 32, DIGITS = 8 };
	static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	static const char hex[] = "0123456789abcdef";
	char sum[VAULT_INDEX_BYTES];
	vault_index(v, "new code", text, sum);
	for (size_t i = 0; i < BUYER_CODE_BYTES - 1; i++) {
		size_t high = (size_t)(strchr(hex, sum[2 * i]) - hex), low = (size_t)(strchr(hex, sum[2 * i + 1]) - hex);
		size_t skip = i == 0 ? DIGITS : 0;
		out[i] = letters[skip + (high * 16 + low) % (LETTERS - skip)];
	}
	out[BUYER_CODE_BYTES - 1] = '\0';
}

void buyer_code_index(const struct vault *v, const char *project, const char *phone_ix, const char *code,
                      char out[VAULT_INDEX_BYTES])
{
	const char *shadow = strstr(project, "--");
	int bytes = shadow ? (int)(shadow - project) : (int)strlen(project);
	char *value = mem_printf("%.*s/%s/%s", bytes, project, phone_ix, code);
	vault_index(v, "code", value, out);
	mem_free(value);
}
