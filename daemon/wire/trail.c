#include "wire/trail.h"

#include "wire/json.h"

#include <stdbool.h>
#include <string.h>

/* The fields whose values are numbers; all others are texts. */
static const char *const numbers[] = {
	"at",   "i",      "rev",  "dl",      "slip",  "price",   "no",    "fen",
	"paid", "refund", "late", "version", "added", "changed", "count",
};

static bool is_number(const struct trail_field *f)
{
	/* What is no number in spite of its name stays a text, as in encode.c. */
	if (!f->bytes || f->bytes > 16 || strspn(f->value, "0123456789") != f->bytes ||
	    (f->value[0] == '0' && f->bytes > 1))
		return false;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (strcmp(numbers[i], f->name) == 0)
			return true;
	return false;
}

static bool is_object(const struct trail_field *f)
{
	struct json *j = NULL;
	char why[WHY_BYTES];
	bool object = strcmp(f->name, "cat") == 0 && json_parse(f->value, f->bytes, &j, why) == 0 && json_is_object(j);
	json_free(j);
	return object;
}

static void put_value(struct buf *out, const struct trail_field *f)
{
	if (is_number(f) || is_object(f))
		buf_add(out, f->value, f->bytes);
	else
		json_put_string(out, f->value, f->bytes);
}

static bool repeats(const struct trail_entry *e, size_t from, const char *name)
{
	for (size_t i = from; i < e->count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return true;
	return false;
}

static bool stands_before(const struct trail_entry *e, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(e->fields[i].name, e->fields[at].name) == 0)
			return true;
	return false;
}

static void put_list(struct buf *out, const struct trail_entry *e, size_t first)
{
	buf_addc(out, '[');
	for (size_t i = first; i < e->count; i++) {
		if (strcmp(e->fields[i].name, e->fields[first].name) != 0)
			continue;
		if (i > first)
			buf_addc(out, ',');
		put_value(out, &e->fields[i]);
	}
	buf_addc(out, ']');
}

void encode_trail_entry(struct buf *out, const struct trail_entry *e)
{
	buf_addf(out, "{\"seq\":%lld", (long long)e->seq);
	for (size_t i = 0; i < e->count; i++) {
		const struct trail_field *f = &e->fields[i];
		if (stands_before(e, i))
			continue;
		buf_addc(out, ',');
		json_puts(out, f->name);
		buf_addc(out, ':');
		if (strcmp(f->name, "set") == 0 || repeats(e, i + 1, f->name))
			put_list(out, e, i);
		else
			put_value(out, f);
	}
	buf_addc(out, '}');
}
