#include "ctl/csv.h"

#include <stdbool.h>
#include <string.h>

/* A spreadsheet takes a cell that begins like this for a formula; an apostrophe makes it text. */
static bool looks_like_formula(const char *text) { return *text && strchr("=+-@\t\r", *text); }

void csv_put_cell(struct buf *out, const char *text)
{
	bool quoted = text[strcspn(text, "\",\r\n")] != '\0';

	if (quoted)
		buf_addc(out, '"');
	if (looks_like_formula(text))
		buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	if (quoted)
		buf_addc(out, '"');
}
