/* Encoding detection and conversion (encoding.h). */
#include "listing/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

static const struct mark {
	const char *bytes;
	size_t count;
	const char *encoding, *name;
} marks[] = {
	{ "\xef\xbb\xbf", 3, NULL, "UTF-8 with BOM" },
	{ "\xff\xfe", 2, "UTF-16LE", "UTF-16LE" },
	{ "\xfe\xff", 2, "UTF-16BE", "UTF-16BE" },
	{ "\x84\x31\x95\x33", 4, "GB18030", "GB18030" },
};

/* Bytes of the well-formed sequence at p, 0 when there is none. Table 3-7 of the Unicode standard. */
static size_t sequence(const unsigned char *p, size_t left)
{
	size_t bytes = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	if (bytes == 0 || bytes > left || p[0] == 0)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return bytes;
}

bool encoding_is_utf8(const char *bytes, size_t count)
{
	const unsigned char *p = (const unsigned char *)bytes;

	for (size_t at = 0, step; at < count; at += step)
		if ((step = sequence(p + at, count - at)) == 0)
			return false;
	return true;
}

static int convert(const char *encoding, const char *bytes, size_t count, struct buf *out)
{
	iconv_t cd = iconv_open("UTF-8", encoding);
	char *in = (char *)(uintptr_t)bytes; /* iconv's prototype lacks the const, its code does not write */
	int result = 0;

	if (cd == (iconv_t)-1)
		return -1;
	while (count > 0 && result == 0) {
		size_t room = count * 2 + 16, left = room;
		char *to = buf_grow(out, room);
		size_t done = iconv(cd, &in, &count, &to, &left);

		out->len_bytes += room - left;
		if (done == (size_t)-1 && errno != E2BIG)
			result = -1;
	}
	iconv_close(cd);
	return result == 0 && encoding_is_utf8(out->data, out->len_bytes) ? 0 : -1;
}

int encoding_to_utf8(const char *bytes, size_t count, struct buf *out, const char **name, const char **why)
{
	const char *encoding = "GB18030";

	*name = "GB18030";
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (count >= marks[i].count && memcmp(bytes, marks[i].bytes, marks[i].count) == 0) {
			*name = marks[i].name;
			encoding = marks[i].encoding;
			bytes += marks[i].count;
			count -= marks[i].count;
			break;
		}
	if (encoding == NULL || (strcmp(*name, "GB18030") == 0 && encoding_is_utf8(bytes, count))) {
		if (encoding != NULL)
			*name = "UTF-8";
		if (!encoding_is_utf8(bytes, count)) {
			*why = "begins with the mark of UTF-8 but is not valid UTF-8; save it again as \"CSV UTF-8\"";
			return -1;
		}
		buf_add(out, bytes, count);
		return 0;
	}
	if (memchr(bytes, 0, count) != NULL && encoding[0] == 'G') {
		*why = "is not a text file; a listing file is CSV (UTF-8 or GB18030) or XLSX";
		return -1;
	}
	if (convert(encoding, bytes, count, out) != 0) {
		*why = "is text in no known encoding (tried UTF-8 and GB18030); save it again as \"CSV UTF-8\"";
		return -1;
	}
	return 0;
}
