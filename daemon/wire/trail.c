#include "wire/trail.h"

#include "core/unit.h"
#include "wire/json.h"

#include <stdbool.h>
#include <string.h>

/* The names in the trail are short, since it is kept for ever; outside they are those of the interfaces. A field that is
 * not here goes out under its own name, as a text. */
static const struct name {
	const char *in_trail, *outside;
	enum { TEXT, NUMBER, OBJECT, STATUS } kind;
} names[] = {
	{ "t", "type", TEXT },
	{ "u", "unit", TEXT },
	{ "on", "unit", TEXT },
	{ "i", "index", NUMBER },
	{ "st", "status", STATUS },
	{ "dl", "deadline", NUMBER },
	{ "hold", "holder", TEXT },
	{ "b", "buyer", TEXT },
	{ "cat", "catalog", OBJECT },
	{ "price", "price_fen", NUMBER },
	{ "fen", "amount_fen", NUMBER },
	{ "paid", "paid_fen", NUMBER },
	{ "refund", "refund_fen", NUMBER },
	{ "no", "receipt", NUMBER },
	{ "req", "request", TEXT },
	{ "h", "hash", TEXT },
	{ "at", "at", NUMBER },
	{ "rev", "rev", NUMBER },
	{ "slip", "slip", NUMBER },
	{ "late", "late", NUMBER },
	{ "version", "version", NUMBER },
	{ "added", "added", NUMBER },
	{ "changed", "changed", NUMBER },
	{ "count", "count", NUMBER },
	{ "before", "before", NUMBER },
};

/* Of an event that changes several settings; a list also where it changes one. */
static const char *const lists[] = { "set", "was", "val" };

static const struct name *find_name(const char *in_trail)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].in_trail, in_trail) == 0)
			return &names[i];
	return NULL;
}

const char *trail_outside_name(const char *in_trail)
{
	const struct name *name = find_name(in_trail);
	return name ? name->outside : in_trail;
}

static bool is_number(const struct trail_field *f)
{
	/* What is no number in spite of its name stays a text, as in encode.c. */
	return f->bytes && f->bytes <= 16 && strspn(f->value, "0123456789") == f->bytes &&
	       (f->value[0] != '0' || f->bytes == 1);
}

static bool is_object(const struct trail_field *f)
{
	struct json *j = NULL;
	char why[WHY_BYTES];
	bool object = json_parse(f->value, f->bytes, &j, why) == 0 && json_is_object(j);
	json_free(j);
	return object;
}

/* The state that a letter stands for; NULL: this field is none. */
static const char *status_of(const struct trail_field *f)
{
	const struct name *name = find_name(f->name);
	enum unit_status status;
	bool is = name && name->kind == STATUS && f->bytes == 1 && unit_status_from_letter(f->value[0], &status);
	return is ? unit_status_name(status) : NULL;
}

void trail_put_text(struct buf *out, const struct trail_field *f)
{
	const char *status = status_of(f);
	if (status)
		buf_adds(out, status);
	else
		buf_add(out, f->value, f->bytes);
}

static void put_value(struct buf *out, const struct trail_field *f)
{
	const struct name *name = find_name(f->name);
	if (name && ((name->kind == NUMBER && is_number(f)) || (name->kind == OBJECT && is_object(f))))
		buf_add(out, f->value, f->bytes);
	else if (status_of(f))
		json_puts(out, status_of(f));
	else
		json_put_string(out, f->value, f->bytes);
}

static bool is_list(const char *name)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (strcmp(lists[i], name) == 0)
			return true;
	return false;
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
		json_puts(out, trail_outside_name(f->name));
		buf_addc(out, ':');
		if (is_list(f->name) || repeats(e, i + 1, f->name))
			put_list(out, e, i);
		else
			put_value(out, f);
	}
	buf_addc(out, '}');
}
