/* Cell text in one form (normalise.h). */
#include "listing/normalise.h"

#include "base/buf.h"
#include "base/mem.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What a code point becomes, where it is not itself. "" drops it. */
struct replacement {
	uint32_t first, last;
	const char *text;
};

static const struct replacement replacements[] = {
	{ 0x0000, 0x0020, " " }, { 0x007f, 0x00a0, " " }, { 0x00ad, 0x00ad, "" },   { 0x00b2, 0x00b2, "2" },
	{ 0x1680, 0x1680, " " }, { 0x2000, 0x200a, " " }, { 0x200b, 0x200f, "" },   { 0x2010, 0x2015, "-" },
	{ 0x2028, 0x202e, " " }, { 0x202f, 0x202f, " " }, { 0x205f, 0x205f, " " },  { 0x2060, 0x206f, "" },
	{ 0x2212, 0x2212, "-" }, { 0x3000, 0x3000, " " }, { 0x3010, 0x3010, "(" },  { 0x3011, 0x3011, ")" },
	{ 0x3014, 0x3014, "(" }, { 0x3015, 0x3015, ")" }, { 0x33a1, 0x33a1, "m2" }, { 0xfe00, 0xfe0f, "" },
	{ 0xfe63, 0xfe63, "-" }, { 0xfeff, 0xfeff, "" },  { 0xffe5, 0xffe5, "¥" },
};

size_t normalise_utf8(const char *text, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)text;

	if (p[0] < 0x80) {
		*code = p[0];
		return p[0] != 0;
	}
	if (p[0] < 0xe0) {
		*code = ((p[0] & 0x1fu) << 6) | (p[1] & 0x3fu);
		return 2;
	}
	if (p[0] < 0xf0) {
		*code = ((p[0] & 0x0fu) << 12) | ((p[1] & 0x3fu) << 6) | (p[2] & 0x3fu);
		return 3;
	}
	*code = ((p[0] & 0x07u) << 18) | ((p[1] & 0x3fu) << 12) | ((p[2] & 0x3fu) << 6) | (p[3] & 0x3fu);
	return 4;
}

static const char *replace(uint32_t code, char ascii[2])
{
	if (code >= 0xff01 && code <= 0xff5e) { /* the full-width block lies parallel to ASCII */
		ascii[0] = (char)(code - 0xff01 + '!');
		ascii[1] = '\0';
		return ascii;
	}
	for (size_t i = 0; i < sizeof replacements / sizeof replacements[0]; i++)
		if (code >= replacements[i].first && code <= replacements[i].last)
			return replacements[i].text;
	return NULL;
}

char *normalise_text(const char *text)
{
	struct buf out = { 0 };
	bool pending_space = false;
	uint32_t code;
	size_t bytes;

	for (; (bytes = normalise_utf8(text, &code)) != 0; text += bytes) {
		char ascii[2];
		const char *other = replace(code, ascii);

		if (other != NULL && other[0] == ' ') {
			pending_space = out.len_bytes > 0;
			continue;
		}
		if (other != NULL && other[0] == '\0')
			continue;
		if (pending_space)
			buf_addc(&out, ' ');
		pending_space = false;
		if (other != NULL)
			buf_adds(&out, other);
		else
			buf_add(&out, text, bytes);
	}
	return buf_take(&out);
}

bool normalise_is_blank(const char *text)
{
	static const char *const words[] = { "无", "空", "n/a", "null", "none", "nil" };

	if (text[strspn(text, "-/\\_. ")] == '\0')
		return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

static void append(char *to, size_t cap, const char *from, size_t bytes)
{
	size_t used = strlen(to);

	if (bytes < cap - used) {
		memcpy(to + used, from, bytes);
		to[used + bytes] = '\0';
	}
}

void normalise_name(const char *text, char *name, size_t name_bytes, char *unit, size_t unit_bytes)
{
	char *clean = normalise_text(text);
	bool in_unit = false;
	uint32_t code;
	size_t bytes;

	name[0] = unit[0] = '\0';
	for (const char *p = clean; (bytes = normalise_utf8(p, &code)) != 0; p += bytes) {
		if (code == '(' || code == '[' || code == '<' || code == ':') {
			in_unit = true;
		} else if (code == ')' || code == ']' || code == '>') {
			in_unit = false;
		} else if (code >= 0x80 || !strchr(" _-.*'\"", (int)code)) {
			char lower = (char)(code < 0x80 ? tolower((int)code) : 0);

			append(in_unit ? unit : name, in_unit ? unit_bytes : name_bytes, code < 0x80 ? &lower : p, bytes);
		}
	}
	mem_free(clean);
}

/* The value of one Chinese digit, 10 for 十, -1 for anything else. */
static int chinese_digit(const char *p)
{
	static const char digits[] = "零一二三四五六七八九十";

	if ((unsigned char)p[0] < 0xe0)
		return -1;
	for (int i = 0; i <= 10; i++)
		if (memcmp(digits + i * 3, p, 3) == 0)
			return i;
	return memcmp("两", p, 3) == 0 ? 2 : -1;
}

static size_t chinese_number(const char *text, int64_t *value)
{
	int tens = 0, ones = 0;
	size_t at = 0;
	int first = chinese_digit(text);

	if (first < 0)
		return 0;
	if (first < 10) {
		ones = first;
		at = 3;
	}
	if (chinese_digit(text + at) == 10) {
		tens = first < 10 ? first : 1;
		ones = 0;
		at += 3;
		int last = chinese_digit(text + at);
		if (last > 0 && last < 10) {
			ones = last;
			at += 3;
		}
	}
	*value = tens * 10 + ones;
	return at;
}

size_t normalise_number(const char *text, int64_t *value)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0)
		return chinese_number(text, value);
	if (digits > 7)
		return 0;
	*value = 0;
	for (size_t i = 0; i < digits; i++)
		*value = *value * 10 + (text[i] - '0');
	return digits;
}

void normalise_whole(char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits > 0 && text[digits] == '.' && text[digits + 1] == '0' &&
	    text[digits + 1 + strspn(text + digits + 1, "0")] == '\0')
		text[digits] = '\0';
}
