#include "report/home.h"

#include "base/mem.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

/* A floor may be a number or a text ("-1", "31", "G"). */
static char *text_of(const struct json *entry, const char *name)
{
	const struct json *v = json_member(entry, name);
	int64_t n;

	if (json_string(v))
		return mem_strdup(json_string(v));
	return json_whole(v, &n) ? mem_printf("%lld", (long long)n) : mem_strdup("");
}

bool home_read(const char *json, struct home *h)
{
	struct json *entry;
	char why[WHY_BYTES];

	if (json_parse(json, strlen(json), &entry, why) != 0)
		return false;
	bool is_entry = json_is_object(entry);
	if (is_entry) {
		home_fini(h);
		*h = (struct home){ .building = text_of(entry, "building"),
			                .entrance = text_of(entry, "entrance"),
			                .floor = text_of(entry, "floor"),
			                .room = text_of(entry, "room"),
			                .type = text_of(entry, "type"),
			                .gross_area = text_of(entry, "gross_area"),
			                .inside_area = text_of(entry, "inside_area") };
		if (!json_whole(json_member(entry, "list_price_fen"), &h->list_price_fen))
			h->list_price_fen = 0;
	}
	json_free(entry);
	return is_entry;
}

static char **texts(struct home *h, size_t i)
{
	char **all[] = { &h->building, &h->entrance, &h->floor, &h->room, &h->type, &h->gross_area, &h->inside_area };

	return i < sizeof all / sizeof all[0] ? all[i] : NULL;
}

void home_complete(struct home *h)
{
	for (size_t i = 0; texts(h, i); i++)
		if (!*texts(h, i))
			*texts(h, i) = mem_strdup("");
}

void home_fini(struct home *h)
{
	for (size_t i = 0; texts(h, i); i++)
		mem_free(*texts(h, i));
	*h = (struct home){ 0 };
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Two runs of digits by value: without leading zeros the longer one is larger. */
static int compare_numbers(const char **a, const char **b)
{
	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	size_t x = strspn(*a, "0123456789"), y = strspn(*b, "0123456789");
	int order = x != y ? (x < y ? -1 : 1) : strncmp(*a, *b, x);
	*a += x;
	*b += y;
	return order;
}

int natural_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		int order = is_digit(*x) && is_digit(*y) ? compare_numbers(&x, &y)
		                                         : (int)(unsigned char)*x++ - (int)(unsigned char)*y++;
		if (order != 0)
			return order;
	}
	if (*x || *y)
		return *x ? 1 : -1;
	return strcmp(a, b); /* "01" and "1" are two texts */
}

static bool floor_number(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && (is_digit(text[0]) || (text[0] == '-' && is_digit(text[1])));
}

int floor_compare(const char *a, const char *b)
{
	double x, y;
	bool x_is = floor_number(a, &x), y_is = floor_number(b, &y);

	if (x_is != y_is)
		return x_is ? -1 : 1;
	if (x_is && (x > y || x < y))
		return x > y ? -1 : 1;
	return natural_compare(b, a);
}

const char *home_column(const struct home *h)
{
	size_t n = strlen(h->floor);

	return n > 0 && strlen(h->room) > n && strncmp(h->room, h->floor, n) == 0 ? h->room + n : h->room;
}
