#include "core/person.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789";

/* Other ways to write a character, as UTF-8 prefixes: what matters of them is the ASCII they stand for, 0 for nothing. */
static const struct spelling {
	const char *text;
	char ascii;
} spellings[] = {
	{ "\xc2\xa0", 0 },       /* no-break space */
	{ "\xe3\x80\x80", 0 },   /* ideographic space */
	{ "\xe2\x80\x8b", 0 },   /* zero-width space */
	{ "\xe2\x80\x89", 0 },   /* thin space */
	{ "\xef\xbb\xbf", 0 },   /* byte order mark */
	{ "\xe2\x80\x90", '-' }, /* hyphen */
	{ "\xe2\x80\x91", '-' }, /* no-break hyphen */
	{ "\xe2\x80\x93", '-' }, /* en dash */
	{ "\xe2\x80\x94", '-' }, /* em dash */
	{ "\xe2\x88\x92", '-' }, /* minus */
	{ " ", 0 },
	{ "\t", 0 },
};

/* One character as ASCII: stores it (0 drops it) and returns its bytes; 0 when it is none. */
static size_t read_ascii(const char *p, char *out)
{
	const unsigned char *u = (const unsigned char *)p;
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		size_t n = strlen(spellings[i].text);
		if (strncmp(p, spellings[i].text, n) == 0) {
			*out = spellings[i].ascii;
			return n;
		}
	}
	/* U+FF01 … U+FF5E, the full-width block, lies parallel to ASCII. */
	if (u[0] == 0xef && (u[1] == 0xbc || u[1] == 0xbd) && (u[2] & 0xc0) == 0x80) {
		unsigned code = ((u[1] & 0x3fu) << 6 | (u[2] & 0x3fu)) + 0xf000u;
		*out = (char)(code - 0xff01u + '!');
		return code >= 0xff01u && code <= 0xff5eu ? 3 : 0;
	}
	*out = p[0];
	return u[0] > 0x20 && u[0] < 0x7f;
}

/* Without blanks; false when a character has no place in a number, or there are too many. */
static bool squeeze(const char *text, char out[PERSON_BYTES])
{
	size_t used = 0, n;
	for (; *text; text += n) {
		char c;
		n = read_ascii(text, &c);
		if (!n || used == PERSON_BYTES - 1)
			return false;
		if (c)
			out[used++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	out[used] = '\0';
	return true;
}

static void drop(char *text, const char *which)
{
	char *to = text;
	for (; *text; text++)
		if (!strchr(which, *text))
			*to++ = *text;
	*to = '\0';
}

static bool is_mobile_start(const char *p) { return p[0] == '1' && p[1] >= '3' && p[1] <= '9'; }

/* How much of it is China's country code. */
static size_t country_bytes(const char *p)
{
	if (strncmp(p, "+86", 3) == 0)
		return 3;
	if (strncmp(p, "0086", 4) == 0)
		return 4;
	return strncmp(p, "86", 2) == 0 && strlen(p) == 13 && is_mobile_start(p + 2) ? 2 : 0;
}

const char *person_phone(const char *text, char out[PERSON_BYTES])
{
	char raw[PERSON_BYTES];
	out[0] = '\0';
	if (!squeeze(text, raw))
		return "a telephone number has digits only, blanks and dashes aside";
	drop(raw, "-()/.");
	const char *p = raw + country_bytes(raw), *number = p + (*p == '+');
	size_t n = strlen(number);
	if (!*raw)
		return NULL;
	if (strspn(number, digits) != n)
		return "a telephone number has digits only, blanks and dashes aside";
	if (p == number && is_mobile_start(p) && n != 11)
		return "a mobile number has 11 digits";
	if (n < 6 || n > 20)
		return "a telephone number has 6 to 20 digits";
	snprintf(out, PERSON_BYTES, "%s", p);
	return NULL;
}

/* GB 11643: the weighted sum of 17 digits and the check digit is 1 modulo 11; X is ten. */
static bool has_check_digit(const char *card)
{
	unsigned sum = 0, weight = 1;
	for (int i = 17; i >= 0; i--, weight = weight * 2 % 11)
		sum += weight * (card[i] == 'X' ? 10u : (unsigned)(card[i] - '0'));
	return sum % 11 == 1;
}

const char *person_card(const char *text, char out[PERSON_BYTES])
{
	char raw[PERSON_BYTES], bare[PERSON_BYTES];
	out[0] = '\0';
	if (!squeeze(text, raw))
		return "a card number has letters, digits and dashes only, at most 24";
	memcpy(bare, raw, sizeof bare);
	drop(bare, "-");
	size_t n = strlen(bare), run = strspn(bare, digits);
	if (n == 18 && (run == 18 || (run == 17 && bare[17] == 'X'))) {
		if (!has_check_digit(bare))
			return "the identity card number has a wrong check digit";
		memcpy(out, bare, sizeof bare);
		return NULL;
	}
	/* What has only digits and is about as long is a card with a digit too many or too few. */
	if (run == n && n >= 14 && n != 15)
		return "an identity card number has 18 digits, an old one 15";
	if (n == 15 && run == n)
		memcpy(raw, bare, sizeof raw);
	n = strlen(raw);
	if (n && (n < 5 || n > 24 || strspn(raw, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != n))
		return "a card number has 5 to 24 letters, digits and dashes";
	memcpy(out, raw, sizeof raw);
	return NULL;
}

static void mask(const char *text, size_t head, size_t tail, size_t stars, char out[PERSON_BYTES])
{
	size_t n = strlen(text);
	char *p = out;
	if (!n || n >= PERSON_BYTES) {
		*p = '\0';
		return;
	}
	/* Of a short number the ends would be most of it. */
	head = n >= 2 * (head + tail) - 3 ? head : 0;
	tail = n >= 2 * tail ? tail : 0;
	memcpy(p, text, head);
	memset(p + head, '*', stars);
	memcpy(p + head + stars, text + n - tail, tail);
	p[head + stars + tail] = '\0';
}

const char *person_code(const char *text, char out[PERSON_BYTES])
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	out[0] = '\0';
	bool fine = squeeze(text, out);
	if (fine)
		drop(out, "-");
	size_t n = strlen(out);
	if (fine && (n == 0 || (n >= 6 && n <= 16 && strspn(out, letters) == n)))
		return NULL;
	out[0] = '\0';
	return "a code has 6 to 16 letters and digits";
}

void person_mask_phone(const char *phone, char out[PERSON_BYTES]) { mask(phone, 3, 4, 4, out); }

void person_mask_card(const char *card, char out[PERSON_BYTES])
{
	size_t n = strlen(card);
	mask(card, 4, 4, n > 12 && n < PERSON_BYTES ? n - 8 : 4, out);
}
