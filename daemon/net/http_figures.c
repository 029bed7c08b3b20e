/* What the office and consultants read about sales and demand: the trend of the last days, the units that are wanted, and
 * one's own favourites. */
#include "app/trend.h"
#include "base/map.h"
#include "base/mem.h"
#include "core/aggregate.h"
#include "net/http_routes.h"
#include "wire/emit.h"
#include "wire/trend.h"

#include <stdlib.h>

/* --- the trend */

struct asked {
	const struct project *project; /* lives as long as the daemon */
	size_t days;
};

static void on_trend(void *ctx, int err, const struct trend *found)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		const struct asked *asked = r->scratch;
		struct buf text = { 0 };
		encode_trend(&text, asked->project->name, found, asked->days);
		http_respond_text(r, 200, "application/json", &text);
	}
	http_unref(r);
}

void get_trend(struct http_request *r, struct project *p)
{
	int64_t days = query_int(r->query, "days", TREND_DAYS_DEFAULT);
	/* A row is about everybody's work. */
	if (role_grant(r->identity->role, RIGHT_REPORTS_READ) != GRANT_ANY) {
		http_respond_error(r, LD_E_FORBIDDEN, NULL);
		return;
	}
	if (days < 1 || days > TREND_DAYS_MAX) {
		http_respond_error(r, LD_E_BAD_REQUEST, "days is a number from 1 to 400");
		return;
	}
	struct asked *asked = mem_alloc(sizeof *asked);
	*asked = (struct asked){ p, (size_t)days };
	r->scratch = asked;
	trends_get(p->trends, on_trend, http_ref(r));
}

/* --- favourites */

static void on_favourites(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *units,
                          const size_t *bytes)
{
	struct http_request *r = ctx;
	UNUSED(reply);
	UNUSED(bytes);
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		struct emit j = { 0 };
		emit_open(&j, NULL, '{');
		emit_open(&j, "units", '[');
		for (size_t i = 0; i < n; i++)
			emit_text(&j, NULL, units[i]);
		emit_close(&j, ']');
		emit_close(&j, '}');
		http_respond_text(r, 200, "application/json", &j.b);
	}
	http_unref(r);
}

void get_favourites(struct http_request *r, struct project *p)
{
	const char *args[] = { r->identity->account };
	store_list(r->server->app->store, "ld_favourites", p->name, args, 1, on_favourites, http_ref(r));
}

/* --- demand */

struct wanted {
	const char *name; /* a unit or a type */
	int64_t refused, favourites;
};

static void put_wanted(struct emit *j, const char *kind, const struct wanted *w)
{
	emit_open(j, NULL, '{');
	emit_text(j, kind, w->name);
	emit_int(j, "refused", w->refused);
	emit_int(j, "favourites", w->favourites);
	emit_close(j, '}');
}

/* "" while the catalogue is not there yet. */
static const char *type_of(const struct project *p, size_t index)
{
	const char *type = index < p->catalog.count ? p->catalog.labels[index].type : NULL;
	return type ? type : "";
}

/* Types in the order in which the catalogue first has a unit that is wanted. */
static void put_types(struct emit *j, const struct project *p, size_t n, char *const *items)
{
	struct map *seen = map_new();
	struct wanted *types = mem_calloc(n / 4 + 1, sizeof *types);
	size_t count = 0;
	for (size_t i = 0; i + 3 < n; i += 4) {
		const char *name = type_of(p, strtoul(items[i + 1], NULL, 10));
		struct wanted *type = map_get(seen, name);
		if (!type) {
			type = &types[count++];
			type->name = name;
			map_set(seen, name, type);
		}
		type->refused += strtoll(items[i + 2], NULL, 10);
		type->favourites += strtoll(items[i + 3], NULL, 10);
	}
	for (size_t i = 0; i < count; i++)
		put_wanted(j, "type", &types[i]);
	map_free(seen, NULL);
	mem_free(types);
}

/* Four items for each unit: id, index, refused, favourites. */
static void on_demand(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                      const size_t *bytes)
{
	struct http_request *r = ctx;
	UNUSED(bytes);
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		const struct asked *asked = r->scratch;
		struct emit j = { 0 };
		emit_open(&j, NULL, '{');
		emit_open(&j, "units", '[');
		for (size_t i = 0; i + 3 < n; i += 4)
			put_wanted(&j, "unit",
			           &(struct wanted){ items[i], strtoll(items[i + 2], NULL, 10), strtoll(items[i + 3], NULL, 10) });
		emit_close(&j, ']');
		emit_open(&j, "by_type", '[');
		put_types(&j, asked->project, n, items);
		emit_close(&j, ']');
		emit_int(&j, "since", fn_reply_int(reply, "since", 0));
		emit_close(&j, '}');
		http_respond_text(r, 200, "application/json", &j.b);
	}
	http_unref(r);
}

void get_demand(struct http_request *r, struct project *p)
{
	struct asked *asked = mem_alloc(sizeof *asked);
	*asked = (struct asked){ .project = p };
	r->scratch = asked;
	store_list(r->server->app->store, "ld_demand", p->name, NULL, 0, on_demand, http_ref(r));
}
