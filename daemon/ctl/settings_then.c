#include "ctl/settings_then.h"

#include "base/mem.h"
#include "ctl/trail.h"

#include <stdlib.h>
#include <string.h>

struct change {
	struct settings_then was; /* first what was set, then what was before */
	int64_t at_ms, before;
	bool matters;
};

static void take_setting(struct change *g, const char *name, const char *was)
{
	const struct {
		const char *name;
		char **text;
		int64_t *number;
	} all[] = {
		{ "name", &g->was.title, NULL },
		{ "palette", &g->was.palette, NULL },
		{ "utc_offset_min", NULL, &g->was.utc_offset_min },
		{ "sheet_at_min", NULL, &g->was.sheet_at_min },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (strcmp(name, all[i].name) != 0)
			continue;
		g->matters = true;
		if (all[i].number) {
			*all[i].number = strtoll(was, NULL, 10);
		} else {
			mem_free(*all[i].text);
			*all[i].text = mem_strdup(was);
		}
	}
}

/* `set` names a setting, the `was` behind it says what it was. */
static void take(void *ctx, const struct trail_entry *e)
{
	struct change *g = ctx;

	g->at_ms = trail_int(e, "at", 0);
	g->before = trail_int(e, "before", 0);
	for (size_t i = 0; i + 1 < e->count; i++)
		if (strcmp(e->fields[i].name, "set") == 0 && strcmp(e->fields[i + 1].name, "was") == 0)
			take_setting(g, e->fields[i].value, e->fields[i + 1].value);
}

static void add(struct settings_history *h, const struct settings_then *s)
{
	h->all = mem_reallocarray(h->all, h->count + 1, sizeof *h->all);
	h->all[h->count] = *s;
	h->all[h->count].title = mem_strdup(s->title);
	h->all[h->count++].palette = mem_strdup(s->palette);
}

int settings_history_read(struct ctl *c, const char *project, const struct settings_then *now, int64_t last,
                          struct settings_history *out)
{
	struct change g = { .was = *now };
	int status = 0;

	*out = (struct settings_history){ 0 };
	g.was.title = mem_strdup(now->title);
	g.was.palette = mem_strdup(now->palette);
	g.was.until_ms = INT64_MAX;
	add(out, &g.was);
	while (status == 0 && last > 0) {
		g.matters = false;
		if ((status = ctl_trail_read(c, project, last, last, take, &g)) != 0)
			break;
		g.was.until_ms = g.at_ms;
		if (g.matters)
			add(out, &g.was);
		last = g.before < last ? g.before : 0;
	}
	mem_free(g.was.title);
	mem_free(g.was.palette);
	return status;
}

void settings_history_free(struct settings_history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		mem_free(h->all[i].title);
		mem_free(h->all[i].palette);
	}
	mem_free(h->all);
	*h = (struct settings_history){ 0 };
}
