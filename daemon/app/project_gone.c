#include "app/project_gone.h"

#include "app/queue.h"
#include "app/selfcheck.h"
#include "app/session.h"
#include "base/log.h"
#include "base/mem.h"

#include <string.h>

static bool has_only(const struct session *s, const struct project *p)
{
	const struct identity *i = s->identity;
	return i && i->project_count == 1 && strcmp(i->projects[0], p->name) == 0;
}

static void close_sessions(struct project *p)
{
	LIST_EACH(&p->app->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, link);
		if (s->watching == p || has_only(s, p))
			session_close(s, CLOSE_FORBIDDEN, "the rehearsal is over");
	}
}

static void let_go(struct project *p)
{
	log_info(p->name, "the project is no longer listed; it is let go");
	p->gone = true;
	p->live = false;
	map_remove(p->app->projects, p->name);
	list_append(&p->app->gone, &p->gone_link);
	close_sessions(p);
	loop_timer_stop(&p->second_timer);
	loop_timer_stop(&p->expiry_timer);
	queue_fini(p);
	selfcheck_fini(p);
	p->check.child = NULL;
	feed_stop(p->feed);
	p->feed = NULL;
}

struct search {
	struct map *listed;
	struct project **found;
	size_t count;
};

static void look(const char *name, void *value, void *ctx)
{
	struct search *s = ctx;
	struct project *p = value;
	if (!map_get(s->listed, name) && (p->rehearsal || !p->board))
		s->found[s->count++] = p;
}

void projects_let_go(struct app *a, size_t n, char *const *names)
{
	struct search s = { .listed = map_new(),
		                .found = mem_calloc(map_count(a->projects) + 1, sizeof(struct project *)) };
	for (size_t i = 0; i < n; i++)
		map_set(s.listed, names[i], a);
	map_each(a->projects, look, &s);
	for (size_t i = 0; i < s.count; i++)
		let_go(s.found[i]);
	map_free(s.listed, NULL);
	mem_free(s.found);
}
