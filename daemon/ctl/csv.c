#include "ctl/csv.h"

#include <stdbool.h>
#include <string.h>

/* A spreadsheet takes a cell that begins like this for a formula, in East Asia also with the full-width signs ＝＋－＠; an
 * apostrophe makes it text. */
static bool looks_like_formula(const char *text)
{
	static const char *const full_width[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };

	for (size_t i = 0; i < sizeof full_width / sizeof full_width[0]; i++)
		if (strncmp(text, full_width[i], 3) == 0)
			return true;
	return *text && strchr("=+-@\t\r", *text);
}

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
