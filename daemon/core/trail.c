#include "core/trail.h"

#include <stdlib.h>
#include <string.h>

const char *trail_get(const struct trail_entry *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return e->fields[i].value;
	return "";
}

int64_t trail_int(const struct trail_entry *e, const char *name, int64_t otherwise)
{
	const char *text = trail_get(e, name);
	return *text ? strtoll(text, NULL, 10) : otherwise;
}
