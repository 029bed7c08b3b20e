/* JSON texts (RFC 8259) from outside, read through cJSON; the only file that knows it.
 *
 * What json_parse lets through is total: valid UTF-8, one value and nothing behind it, nested at most JSON_DEPTH deep,
 * no name twice in an object, no NUL in a string, whole numbers exact (|n| < 2^53). So a reader never meets a surprise. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH = 8, WHY_BYTES = 128 };

struct json;

/* 0 and a value for json_free, or LD_E_BAD_REQUEST with an English sentence in `why`. */
MUST_CHECK int json_parse(const char *text, size_t bytes, struct json **out, char why[WHY_BYTES]);
void json_free(struct json *j); /* NULL is fine */

/* All total: NULL and values of another kind give NULL, false or 0. What they return is lent by the value. */
const struct json *json_member(const struct json *object, const char *name);
bool json_is_object(const struct json *j);
bool json_is_null(const struct json *j);
const char *json_string(const struct json *j);                         /* NULL when it is no string */
const char *json_text_of(const struct json *object, const char *name); /* the member's string or NULL */
bool json_whole(const struct json *j, int64_t *out);                   /* a whole number */
bool json_is_bool(const struct json *j);
bool json_true(const struct json *j);
bool json_is_array(const struct json *j);
size_t json_count(const struct json *array);                /* 0 when it is no array */
const char *json_name(const struct json *object, size_t i); /* of the i-th member; NULL behind the last */
const struct json *json_item(const struct json *array, size_t i);

/* --- writing */

void json_put_string(struct buf *out, const char *text, size_t bytes); /* quoted and escaped; bytes must be UTF-8 */
void json_puts(struct buf *out, const char *text);
void json_put_name(struct buf *out, const char *name); /* `"name":` for names that need no escaping */

#endif
