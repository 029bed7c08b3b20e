#include "json_scan.h"

#include <string.h>

const char *json_value(const char *text, size_t bytes, const char *key)
{
	const char *end = text + bytes, *at = text;
	size_t n = strlen(key);
	while ((at = memmem(at, (size_t)(end - at), key, n))) {
		const char *after = at + n;
		if (at > text && at[-1] == '"' && end - after > 2 && after[0] == '"' && after[1] == ':')
			return after[2] == ' ' ? after + 3 : after + 2;
		at++;
	}
	return NULL;
}

bool json_number(const char **at, const char *end, int64_t *out)
{
	const char *p = *at;
	bool negative = p < end && *p == '-';
	int64_t value = 0;
	p += negative;
	const char *first = p;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (*p - '0');
	if (p == first)
		return false;
	*out = negative ? -value : value;
	*at = p;
	return true;
}

int64_t json_int(const char *text, size_t bytes, const char *key, int64_t otherwise)
{
	const char *at = json_value(text, bytes, key);
	int64_t value;
	return at && json_number(&at, text + bytes, &value) ? value : otherwise;
}

const char *json_string(const char *text, size_t bytes, const char *key, size_t *length)
{
	const char *at = json_value(text, bytes, key), *end = text + bytes;
	if (!at || at >= end || *at != '"')
		return NULL;
	const char *close = memchr(at + 1, '"', (size_t)(end - at - 1));
	if (!close)
		return NULL;
	*length = (size_t)(close - at - 1);
	return at + 1;
}

bool json_is_event(const char *text, size_t bytes, const char *event)
{
	static const char start[] = "{\"ev\":\"";
	size_t n = strlen(event), head = sizeof start - 1;
	return bytes > head + n && memcmp(text, start, head) == 0 && memcmp(text + head, event, n) == 0 &&
	       text[head + n] == '"';
}
