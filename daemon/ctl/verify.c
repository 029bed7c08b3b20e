/* verify: the audit trail against the data. Everything is read in one step of Redis, so that it can run beside a daemon
 * at work; the trail only grows, and is then followed up to that step's last event. */
#include "ctl/verify.h"

#include "base/map.h"
#include "base/mem.h"
#include "ctl/print.h"
#include "ctl/verify_parts.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "2000"

/* --- reading */

static int queue(struct verify *v, const char *command, const char *suffix, const char *more1, const char *more2,
                 const char *more3)
{
	char *key = ctl_key(v->project, suffix);
	const char *words[] = { command, key, more1, more2, more3 };
	size_t count = more3 ? 5 : more2 ? 4 : more1 ? 3 : 2;
	int status = 0;

	reply_free(ctl_checked(v->c, sync_command(v->c->redis, count, words, NULL), &status));
	mem_free(key);
	return status;
}

static int read_all(struct verify *v)
{
	int status = 0;

	reply_free(ctl_ask(v->c, &status, "MULTI", NULL));
	if (status != 0 || (status = queue(v, "HGETALL", ":meta", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "HGETALL", ":units", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "LRANGE", ":index", "0", "-1", NULL)) != 0 ||
	    (status = queue(v, "HKEYS", ":catalog", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "HGETALL", ":deals", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "ZRANGE", ":due", "0", "-1", "WITHSCORES")) != 0 ||
	    (status = queue(v, "HGETALL", ":receipts", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "HGETALL", ":refs", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "HGETALL", ":contracts", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "HGETALL", ":requests", NULL, NULL, NULL)) != 0 ||
	    (status = queue(v, "ZRANGE", ":queue", "0", "-1", NULL)) != 0)
		return status;
	if ((v->read = ctl_ask(v->c, &status, "EXEC", NULL)) == NULL)
		return status;
	if (v->read->count != PARTS)
		return ctl_fail(CTL_INTERNAL, "Redis did not carry out the transaction");
	if (verify_part(v, PART_META)->count == 0)
		return ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", v->project);
	return 0;
}

static int follow_trail(struct verify *v)
{
	long long seq = (long long)reply_get_int(verify_part(v, PART_META), 0, "seq", 0);
	char *key = ctl_key(v->project, ":events"), from[40] = "-", until[40];
	int status = 0;
	bool more = true;

	snprintf(until, sizeof until, "%lld-0", seq);
	while (more) {
		struct reply *page = ctl_ask(v->c, &status, "XRANGE", key, from, until, "COUNT", PAGE, NULL);

		more = page && page->count == (size_t)atoi(PAGE);
		for (size_t i = 0; page && i < page->count; i++)
			fold_event(&v->fold, &page->items[i]);
		if (page && page->count > 0)
			snprintf(from, sizeof from, "(%s", reply_text(&page->items[page->count - 1], 0));
		reply_free(page);
	}
	mem_free(key);
	return status;
}

/* --- comparing */

/* The counter of a gap-free series; a project that never used it may lack it. */
static void compare_series(struct verify *v, const char *series, int64_t count)
{
	char name[32];

	snprintf(name, sizeof name, "next_%s", series);
	int64_t next = reply_get_int(verify_part(v, PART_META), 0, name, 1);
	if (next != count + 1)
		differ(v, "meta: the next %s is %lld in Redis, %lld by the trail", series, (long long)next,
		       (long long)count + 1);
}

static void compare_meta(struct verify *v)
{
	const struct reply *meta = verify_part(v, PART_META);
	long long seq = (long long)reply_get_int(meta, 0, "seq", -1),
			  version = (long long)reply_get_int(meta, 0, "catalog_version", -1);
	const char *chain = reply_get(meta, 0, "chain");

	if (seq != v->fold.seq)
		differ(v, "meta: seq is %lld in Redis, the trail ends with %lld", seq, (long long)v->fold.seq);
	if (!chain || strcmp(chain, v->fold.chain) != 0)
		differ(v, "meta: the last hash is %s in Redis, the trail ends with %s", chain ? chain : "absent",
		       v->fold.chain);
	compare_series(v, "deal", (int64_t)v->fold.deal_count);
	compare_series(v, "slip", v->fold.slips);
	compare_series(v, "receipt", v->fold.receipts);
	compare_series(v, "request", v->fold.requests);
	if (version != v->fold.catalog_version)
		differ(v, "meta: the catalogue has version %lld in Redis, %lld by the trail", version,
		       (long long)v->fold.catalog_version);
}

static void compare_number(struct verify *v, const char *kind, const char *id, const char *what, int64_t redis,
                           int64_t trail)
{
	if (redis != trail)
		differ(v, "%s %s: %s is %lld in Redis, %lld by the trail", kind, id, what, (long long)redis, (long long)trail);
}

static void compare_text(struct verify *v, const char *kind, const char *id, const char *what, const char *redis,
                         const char *trail)
{
	if (strcmp(redis, trail) != 0)
		differ(v, "%s %s: %s is \"%s\" in Redis, \"%s\" by the trail", kind, id, what, redis, trail);
}

static void compare_unit(struct verify *v, const char *id, const char *packed)
{
	const struct ctl_unit *trail = map_get(v->fold.units, id);
	struct ctl_unit u;

	if (ctl_unit_read(id, packed, &u) != 0)
		differ(v, "unit %s: unreadable in Redis: %s", id, packed);
	else if (!trail)
		differ(v, "unit %s: in Redis, but never added by the trail", id);
	else {
		compare_text(v, "unit", id, "status", unit_status_name(u.state), unit_status_name(trail->state));
		compare_number(v, "unit", id, "revision", u.rev, trail->rev);
		compare_text(v, "unit", id, "deal", u.deal, trail->deal);
		compare_number(v, "unit", id, "deadline", u.deadline, trail->deadline);
		compare_text(v, "unit", id, "holder", u.holder, trail->holder);
		compare_number(v, "unit", id, "index", u.index, trail->index);
	}
	ctl_unit_fini(&u);
}

static void compare_units(struct verify *v)
{
	const struct reply *units = verify_part(v, PART_UNITS), *index = verify_part(v, PART_INDEX),
					   *catalog = verify_part(v, PART_CATALOG);
	struct map *known = map_new(), *listed = map_new();

	for (size_t i = 0; i + 1 < units->count; i += 2) {
		map_set(known, reply_text(units, i), v);
		compare_unit(v, reply_text(units, i), reply_text(units, i + 1));
	}
	for (size_t i = 0; i < catalog->count; i++) {
		map_set(listed, reply_text(catalog, i), v);
		if (!map_get(v->fold.units, reply_text(catalog, i)))
			differ(v, "unit %s: in the catalogue, but never added by the trail", reply_text(catalog, i));
	}
	if ((int64_t)index->count != v->fold.next_index)
		differ(v, "index: %zu units in Redis, %lld by the trail", index->count, (long long)v->fold.next_index);
	for (size_t i = 0; i < v->fold.unit_count; i++) {
		const char *id = v->fold.all[i]->id;
		size_t at = (size_t)v->fold.all[i]->index;

		if (!map_get(known, id))
			differ(v, "unit %s: added by the trail, but not in Redis", id);
		if (!map_get(listed, id))
			differ(v, "unit %s: without an entry in the catalogue", id);
		if (at < index->count && strcmp(reply_text(index, at), id) != 0)
			differ(v, "index: unit %s stands at %zu in Redis, unit %s by the trail", reply_text(index, at), at, id);
	}
	map_free(known, NULL);
	map_free(listed, NULL);
}

/* Members that are empty or 0 are not stored. */
static void compare_money(struct verify *v, const char *id, const struct json *j, const struct fold_deal *trail)
{
	const struct {
		const char *name;
		int64_t trail;
	} numbers[] = {
		{ "price_fen", trail->price_fen },
		{ "paid_fen", trail->paid_fen },
		{ "refund_fen", trail->refund_fen },
		{ "slip", trail->slip },
	};
	const char *contract = json_text_of(j, "contract"), *buyer = json_text_of(j, "buyer");

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		int64_t n = 0;

		if (!json_whole(json_member(j, numbers[i].name), &n))
			n = 0;
		if (numbers[i].trail >= 0)
			compare_number(v, "deal", id, numbers[i].name, n, numbers[i].trail);
	}
	compare_text(v, "deal", id, "contract", contract ? contract : "", trail->contract);
	if (trail->buyer[0])
		compare_text(v, "deal", id, "buyer", buyer ? buyer : "", trail->buyer);
}

static void compare_deal(struct verify *v, const char *id, const char *text)
{
	const struct fold_deal *trail = map_get(v->fold.deals, id);
	struct json *j = ctl_record(text);
	const char *status = json_text_of(j, "status"), *unit = json_text_of(j, "unit"),
			   *holder = json_text_of(j, "consultant");
	int64_t deadline = 0;

	if (!status || !unit || !holder || !json_whole(json_member(j, "deadline"), &deadline)) {
		differ(v, "deal %s: unreadable in Redis: %.200s", id, text);
	} else if (!trail) {
		differ(v, "deal %s: in Redis, but unknown to the trail", id);
	} else {
		compare_text(v, "deal", id, "status", status, trail->status);
		compare_money(v, id, j, trail);
		compare_text(v, "deal", id, "unit", unit, trail->unit);
		compare_text(v, "deal", id, "holder", holder, trail->holder);
		compare_number(v, "deal", id, "deadline", deadline, trail->deadline);
	}
	json_free(j);
}

static void report_missing_deal(const char *id, void *deal, void *ctx)
{
	UNUSED(deal);
	struct verify *v = ctx;
	const struct reply *deals = verify_part(v, PART_DEALS);

	if (!reply_get(deals, 0, id))
		differ(v, "deal %s: made by the trail, but not in Redis", id);
}

static void compare_deals(struct verify *v)
{
	const struct reply *deals = verify_part(v, PART_DEALS);

	for (size_t i = 0; i + 1 < deals->count; i += 2)
		compare_deal(v, reply_text(deals, i), reply_text(deals, i + 1));
	if (deals->count / 2 != v->fold.deal_count) /* only then: the search below is slow */
		map_each(v->fold.deals, report_missing_deal, v);
}

/* Every held unit with a deadline must be due then, or the clock would forget it; and nothing else may be. */
static void compare_due(struct verify *v)
{
	const struct reply *due = verify_part(v, PART_DUE);
	struct map *found = map_new();

	for (size_t i = 0; i + 1 < due->count; i += 2) {
		const char *id = reply_text(due, i);
		const struct ctl_unit *u = map_get(v->fold.units, id);

		map_set(found, id, v);
		if (!u || u->deadline == 0)
			differ(v, "due: unit %s has a deadline in Redis, none by the trail", id);
		else
			compare_number(v, "due", id, "the deadline", strtoll(reply_text(due, i + 1), NULL, 10), u->deadline);
	}
	for (size_t i = 0; i < v->fold.unit_count; i++)
		if (v->fold.all[i]->deadline > 0 && !map_get(found, v->fold.all[i]->id))
			differ(v, "due: unit %s has a deadline by the trail, none in Redis: it would never be released",
			       v->fold.all[i]->id);
	map_free(found, NULL);
}

int verify_project(struct ctl *c, const char *project, struct verify_result *out)
{
	struct verify v = { .c = c, .project = project, .found = &out->found };
	int status;

	*out = (struct verify_result){ 0 };
	fold_init(&v.fold, differences_add, &out->found);
	if ((status = read_all(&v)) == 0 && (status = follow_trail(&v)) == 0) {
		compare_meta(&v);
		compare_units(&v);
		compare_deals(&v);
		compare_due(&v);
		verify_money(&v);
		verify_queue(&v);
	}
	out->seq = v.fold.seq;
	out->units = v.fold.unit_count;
	out->deals = v.fold.deal_count;
	snprintf(out->chain, sizeof out->chain, "%s", v.fold.chain);
	reply_free(v.read);
	fold_fini(&v.fold);
	return status;
}

void verify_result_fini(struct verify_result *r) { differences_fini(&r->found); }

/* --- the verb */

static int show(const struct ctl *c, const char *project, const struct verify_result *r)
{
	struct emit j = { 0 };
	size_t count = r->found.count;

	if (!c->json) {
		differences_print(&r->found);
		printf("Project %s: %lld events, %zu units and %zu deals followed; %zu difference%s.\n", project,
		       (long long)r->seq, r->units, r->deals, count, count == 1 ? "" : "s");
		return count > 0 ? CTL_REFUSED : CTL_OK;
	}
	emit_open(&j, NULL, '{');
	emit_text(&j, "project", project);
	emit_bool(&j, "ok", count == 0);
	emit_int(&j, "seq", r->seq);
	emit_int(&j, "units", (int64_t)r->units);
	emit_int(&j, "deals", (int64_t)r->deals);
	emit_text(&j, "chain", r->chain);
	differences_emit(&r->found, &j);
	emit_close(&j, '}');
	emit_show(&j);
	return count > 0 ? CTL_REFUSED : CTL_OK;
}

int verb_verify(struct ctl *c)
{
	const char *project = ctl_option(c, "project");
	struct verify_result r;
	int status;

	if (c->count)
		return verify_result_file(c, c->arguments[0]);
	if (!project || !*project)
		return ctl_fail(CTL_USAGE, "verify needs --project, or the file that `launch result` made");
	if ((status = ctl_connect(c)) != 0)
		return status;
	if ((status = verify_project(c, project, &r)) == 0)
		status = show(c, project, &r);
	verify_result_fini(&r);
	return status;
}
