#include "wire/json.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const cJSON *native(const struct json *j) { return (const cJSON *)(const void *)j; }
static const struct json *ours(const cJSON *c) { return (const struct json *)(const void *)c; }

/* The length of the UTF-8 sequence at p, 0 when there is none (RFC 3629: no surrogates, no overlong forms). */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
	bool surrogate = p[0] == 0xed && p[1] > 0x9f;
	bool beyond = p[0] == 0xf4 && p[1] > 0x8f;
	return overlong || surrogate || beyond ? 0 : n;
}

/* What cJSON would take or overlook, found before it sees the text. NULL when there is nothing. */
static const char *prescan(const char *text, size_t bytes)
{
	bool in_string = false;
	int depth = 0;
	for (size_t i = 0; i < bytes;) {
		unsigned char c = (unsigned char)text[i];
		size_t n = utf8_length((const unsigned char *)text + i, bytes - i);
		if (!n)
			return "the text is not UTF-8";
		if (c == '\0' || (in_string && c < 0x20))
			return "a control character stands in the text";
		if (in_string && c == '\\') {
			if (bytes - i >= 6 && memcmp(text + i, "\\u0000", 6) == 0)
				return "a NUL stands in a string";
			n = 2;
		} else if (c == '"') {
			in_string = !in_string;
		} else if (!in_string && (c == '{' || c == '[')) {
			if (++depth > JSON_DEPTH)
				return "the value is nested too deeply";
		} else if (!in_string && (c == '}' || c == ']')) {
			depth--;
		}
		i += n;
	}
	return NULL;
}

/* Beyond 2^53 - 1 a double is no longer one number only: 2^53 + 1 reads as 2^53. */
static bool is_exact(double v) { return isfinite(v) && fabs(v) <= 9007199254740991.0; }

static const char *check_values(const cJSON *v)
{
	if (cJSON_IsNumber(v) && !is_exact(v->valuedouble))
		return "a number is too large";
	for (const cJSON *child = v->child; child; child = child->next) {
		for (const cJSON *other = child->next; cJSON_IsObject(v) && other; other = other->next)
			if (strcmp(child->string, other->string) == 0)
				return "a name stands twice in an object";
		const char *bad = check_values(child);
		if (bad)
			return bad;
	}
	return NULL;
}

static bool only_blanks(const char *from, const char *end)
{
	while (from < end && strchr(" \t\r\n", *from))
		from++;
	return from == end;
}

static int complain(char why[WHY_BYTES], const char *text)
{
	snprintf(why, WHY_BYTES, "%s", text);
	return LD_E_BAD_REQUEST;
}

int json_parse(const char *text, size_t bytes, struct json **out, char why[WHY_BYTES])
{
	const char *end = NULL;
	const char *bad = prescan(text, bytes);
	*out = NULL;
	if (bad)
		return complain(why, bad);
	cJSON *v = cJSON_ParseWithLengthOpts(text, bytes, &end, false);
	if (!v)
		return complain(why, "the text is not JSON");
	if (!only_blanks(end, text + bytes))
		bad = "something stands behind the value";
	else
		bad = check_values(v);
	if (bad) {
		cJSON_Delete(v);
		return complain(why, bad);
	}
	*out = (struct json *)(void *)v;
	return 0;
}

void json_free(struct json *j) { cJSON_Delete((cJSON *)(void *)j); }

const struct json *json_member(const struct json *object, const char *name)
{
	return ours(cJSON_GetObjectItemCaseSensitive(native(object), name));
}

bool json_is_object(const struct json *j) { return cJSON_IsObject(native(j)); }
bool json_is_null(const struct json *j) { return cJSON_IsNull(native(j)); }
const char *json_string(const struct json *j) { return cJSON_GetStringValue((cJSON *)(void *)(uintptr_t)j); }
const char *json_text_of(const struct json *object, const char *name) { return json_string(json_member(object, name)); }
bool json_is_bool(const struct json *j) { return cJSON_IsBool(native(j)); }
bool json_true(const struct json *j) { return cJSON_IsTrue(native(j)); }

bool json_whole(const struct json *j, int64_t *out)
{
	if (!cJSON_IsNumber(native(j)))
		return false;
	double v = native(j)->valuedouble;
	if (v != floor(v))
		return false;
	*out = (int64_t)v;
	return true;
}

bool json_is_array(const struct json *j) { return cJSON_IsArray(native(j)); }

size_t json_count(const struct json *array)
{
	return cJSON_IsArray(native(array)) ? (size_t)cJSON_GetArraySize(native(array)) : 0;
}

const struct json *json_item(const struct json *array, size_t i)
{
	return i < json_count(array) ? ours(cJSON_GetArrayItem(native(array), (int)i)) : NULL;
}

const char *json_name(const struct json *object, size_t i)
{
	const cJSON *member = cJSON_IsObject(native(object)) ? native(object)->child : NULL;
	while (member && i--)
		member = member->next;
	return member ? member->string : NULL;
}

void json_put_string(struct buf *out, const char *text, size_t bytes)
{
	static const char hex[] = "0123456789abcdef";
	buf_addc(out, '"');
	for (size_t i = 0, from = 0; i <= bytes; i++) {
		unsigned char c = i < bytes ? (unsigned char)text[i] : '"';
		if (i < bytes && c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, text + from, i - from);
		from = i + 1;
		if (i == bytes)
			break;
		if (c == '"' || c == '\\') {
			buf_addc(out, '\\');
			buf_addc(out, (char)c);
		} else {
			buf_adds(out, "\\u00");
			buf_addc(out, hex[c >> 4]);
			buf_addc(out, hex[c & 15]);
		}
	}
	buf_addc(out, '"');
}

void json_puts(struct buf *out, const char *text) { json_put_string(out, text, strlen(text)); }

void json_put_name(struct buf *out, const char *name)
{
	buf_addc(out, '"');
	buf_adds(out, name);
	buf_adds(out, "\":");
}
