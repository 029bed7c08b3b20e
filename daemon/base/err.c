#include "base/err.h"

#include <string.h>

struct err_row {
	const char *code;
	int http;
	bool retryable;
	const char *zh;
	const char *en;
};

static const struct err_row rows[] = {
#define X(name, wire, http, retry, zh, en) { wire, http, retry, zh, en },
	LD_ERRORS(X)
#undef X
};

#define FIRST (LD_ERR_BASE_ + 1)
#define ROWS ((int)(sizeof rows / sizeof rows[0]))

static const struct err_row *row(int err)
{
	int i = err - FIRST;
	return i >= 0 && i < ROWS ? &rows[i] : &rows[LD_E_UNKNOWN - FIRST];
}

const char *err_code(int err) { return row(err)->code; }
int err_http_status(int err) { return row(err)->http; }
bool err_retryable(int err) { return row(err)->retryable; }
const char *err_text_zh(int err) { return row(err)->zh; }
const char *err_text_en(int err) { return row(err)->en; }

int err_from_code(const char *code)
{
	for (int i = 0; i < ROWS; i++)
		if (strcmp(rows[i].code, code) == 0)
			return FIRST + i;
	return LD_E_UNKNOWN;
}
