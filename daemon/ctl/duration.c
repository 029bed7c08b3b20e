#include "ctl/duration.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int64_t duration_read(const char *text, const char **end)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 } };
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 8)
		return -1;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (text[digits] == units[i].unit && (text[digits + 1] == '\0' || text[digits + 1] == ',')) {
			*end = text + digits + 1;
			return strtoll(text, NULL, 10) * units[i].ms;
		}
	return -1;
}

int64_t duration_read_all(const char *text)
{
	const char *end = "";
	int64_t ms = duration_read(text, &end);

	return *end ? -1 : ms;
}
