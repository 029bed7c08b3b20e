#include "core/trail.h"

#include <string.h>

const char *trail_get(const struct trail_entry *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return e->fields[i].value;
	return "";
}
