/* units: the list of a project's units, with what the catalogue says of them. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"
#include "ctl/snapshot.h"
#include "listing/decimal.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

struct listed {
	const struct ctl_unit *unit;
	const char *text;  /* its catalogue entry */
	struct json *json; /* the same, read; NULL when unreadable */
};

static void show_json(struct emit *j, const struct listed *l)
{
	emit_open(j, NULL, '{');
	emit_text(j, "id", l->unit->id);
	emit_int(j, "index", l->unit->index);
	emit_text(j, "status", unit_status_name(l->unit->state));
	emit_int(j, "rev", l->unit->rev);
	emit_int(j, "deadline", l->unit->deadline);
	emit_text(j, "deal", l->unit->deal);
	emit_text(j, "holder", l->unit->holder);
	if (l->json)
		emit_raw(j, "catalog", l->text);
	emit_close(j, '}');
}

static void cell(struct print_table *t, const struct json *json, const char *name)
{
	const char *text = json_text_of(json, name);

	print_cell(t, text ? text : "");
}

static void show_row(struct print_table *t, const struct listed *l)
{
	char until[40] = "", price[40];
	int64_t fen = 0;
	const struct ctl_unit *u = l->unit;

	if (u->deadline > 0)
		print_time(u->deadline, until, sizeof until);
	if (!json_whole(json_member(l->json, "list_price_fen"), &fen))
		fen = 0;
	decimal_fen_text(fen, price, sizeof price);
	print_cell(t, u->id);
	cell(t, l->json, "building");
	cell(t, l->json, "type");
	cell(t, l->json, "gross_area");
	print_cell(t, price);
	print_cell(t, unit_status_name(u->state));
	print_cellf(t, "%lld", (long long)u->rev);
	print_cell(t, u->holder);
	print_cell(t, until);
}

static bool wanted(const struct ctl *c, const struct listed *l)
{
	const char *status = ctl_option(c, "status"), *building = ctl_option(c, "building");
	const char *of = json_text_of(l->json, "building");

	return (!status || strcmp(status, unit_status_name(l->unit->state)) == 0) &&
	       (!building || (of && strcmp(of, building) == 0));
}

static void show(struct ctl *c, const struct ctl_snapshot *s, const struct reply *catalog)
{
	struct print_table t;
	struct emit j = { 0 };
	size_t from = catalog->count - s->count, shown = 0;

	print_table_init(&t, "unit|building|type|>m²|>list price 元|status|>rev|holder|until");
	emit_open(&j, NULL, '[');
	for (size_t i = 0; i < s->count; i++) {
		const char *text = reply_text(catalog, from + i);
		struct listed l = { &s->units[i], text, ctl_record(text) };
		bool shows = wanted(c, &l);

		shown += shows;
		if (shows && c->json)
			show_json(&j, &l);
		else if (shows)
			show_row(&t, &l);
		json_free(l.json);
	}
	emit_close(&j, ']');
	print_table_end(&t, !c->json);
	if (c->json)
		emit_show(&j);
	else
		printf("%zu of %zu units\n", shown, s->count);
	buf_fini(&j.b);
}

int verb_units(struct ctl *c)
{
	const char *status_name = ctl_option(c, "status");
	enum unit_status known;
	struct ctl_snapshot s;
	int status;

	if (status_name && !unit_status_from_name(status_name, &known))
		return ctl_fail(CTL_USAGE,
		                "--status %s: there are withheld, available, locked, subscribed, contracted and settled",
		                status_name);
	if ((status = ctl_connect(c)) != 0 || (status = ctl_snapshot_take(c, ctl_option(c, "project"), &s)) != 0)
		return status;
	struct reply *catalog = ctl_read(c, "ld_catalog", ctl_option(c, "project"), &status);
	if (catalog && catalog->count < s.count)
		status = ctl_fail(CTL_INTERNAL, "the catalogue has fewer entries than there are units; run listingctl verify");
	else if (catalog)
		show(c, &s, catalog);
	reply_free(catalog);
	ctl_snapshot_fini(&s);
	return status;
}
