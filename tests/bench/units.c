#include "units.h"

#include "base/mem.h"
#include "reactor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char **ids;
static unsigned count;

void units_read(const char *path)
{
	char line[128];
	FILE *f = fopen(path, "re");
	if (!f)
		fatal("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line)
			continue;
		ids = mem_reallocarray(ids, count + 1u, sizeof *ids);
		ids[count++] = mem_strdup(line);
	}
	fclose(f);
}

unsigned units_count(void) { return count; }

const char *unit_id(unsigned index)
{
	if (index >= count)
		fatal("unit %u is asked for, the project has %u", index, count);
	return ids[index];
}
