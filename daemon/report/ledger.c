#include "report/ledger.h"

#include "base/map.h"
#include "base/mem.h"
#include "report/home.h"
#include "report/ledger_deal.h"
#include "core/office_day.h"

#include <stdlib.h>
#include <string.h>

void ledger_init(struct ledger *l, int64_t from_ms, int64_t until_ms, int64_t utc_offset_min)
{
	*l = (struct ledger){ .from_ms = from_ms,
		                  .until_ms = until_ms,
		                  .utc_offset_min = utc_offset_min,
		                  .unit_of = map_new(),
		                  .deal_of = map_new(),
		                  .consultant_of = map_new() };
	int64_t length_ms = until_ms > from_ms ? until_ms - from_ms : 0;
	l->day_count = (size_t)((length_ms + OFFICE_DAY_MS - 1) / OFFICE_DAY_MS);
	l->days = mem_calloc(l->day_count + 1, sizeof *l->days);
	for (size_t i = 0; i < l->day_count; i++)
		l->days[i].day = office_day_of(from_ms, utc_offset_min) + (int64_t)i;
}

void ledger_fini(struct ledger *l)
{
	map_free(l->unit_of, NULL);
	map_free(l->deal_of, NULL);
	map_free(l->consultant_of, NULL);
	for (size_t i = 0; i < l->unit_count; i++) {
		home_fini(&l->units[i]->home);
		mem_free(l->units[i]->at_end_of);
		mem_free(l->units[i]->id);
		mem_free(l->units[i]);
	}
	for (size_t i = 0; i < l->deal_count; i++)
		ledger_deal_free(l->deals[i]);
	for (size_t i = 0; i < l->consultant_count; i++) {
		mem_free(l->consultants[i]->account);
		mem_free(l->consultants[i]);
	}
	mem_free(l->units);
	mem_free(l->deals);
	mem_free(l->consultants);
	mem_free(l->days);
}

/* --- units */

static struct ledger_unit *unit_named(struct ledger *l, const char *id)
{
	struct ledger_unit *u = map_get(l->unit_of, id);

	if (u)
		return u;
	u = mem_zalloc(sizeof *u);
	u->id = mem_strdup(id);
	u->at_end_of = mem_alloc(l->day_count + 1);
	memset(u->at_end_of, UNIT_STATUS_COUNT, l->day_count);
	map_set(l->unit_of, id, u);
	l->units = mem_reallocarray(l->units, l->unit_count + 1, sizeof *l->units);
	l->units[l->unit_count++] = u;
	return u;
}

/* The state that an event leaves behind, told by its letter. */
static bool state_of(const struct trail_entry *e, enum unit_status *out)
{
	const char *letter = trail_get(e, "st");

	return letter[0] && !letter[1] && unit_status_from_letter(letter[0], out);
}

static size_t day_index(const struct ledger *l, int64_t at_ms)
{
	return at_ms < l->from_ms ? 0 : (size_t)((at_ms - l->from_ms) / OFFICE_DAY_MS);
}

static void follow_unit(struct ledger *l, const struct trail_entry *e, int64_t at_ms, struct ledger_deal *deal)
{
	enum unit_status state;

	if (!*trail_get(e, "u") || !state_of(e, &state))
		return;
	struct ledger_unit *u = unit_named(l, trail_get(e, "u"));
	const char *entry = trail_get(e, "cat");
	u->state = state;
	/* So it stands at the end of this day and of all later ones: exact even where a clock went back. */
	size_t day = day_index(l, at_ms);
	memset(u->at_end_of + day, (int)state, l->day_count - day);
	if (at_ms < l->from_ms) {
		u->state_before = state;
		u->stood_before = true;
	}
	u->deal = state >= UNIT_LOCKED ? deal : NULL;
	if (*entry && home_read(entry, &u->home))
		u->has_home = true;
	if (deal)
		ledger_deal_unit(deal, e, at_ms, state);
}

/* --- what happened */

static struct ledger_consultant *consultant_named(struct ledger *l, const char *account)
{
	struct ledger_consultant *c = map_get(l->consultant_of, account);

	if (c)
		return c;
	c = mem_zalloc(sizeof *c);
	c->account = mem_strdup(account);
	map_set(l->consultant_of, account, c);
	l->consultants = mem_reallocarray(l->consultants, l->consultant_count + 1, sizeof *l->consultants);
	l->consultants[l->consultant_count++] = c;
	return c;
}

static void count(struct ledger *l, const struct trail_entry *e, int64_t at_ms)
{
	const char *account = trail_get(e, "hold");
	struct ledger_consultant *c = *account ? consultant_named(l, account) : NULL;

	if (at_ms < l->from_ms)
		return;
	struct ledger_day *day = &l->days[day_index(l, at_ms)];
	tally_event(&l->tally, e);
	tally_event(&day->tally, e);
	money_event(&l->money, e);
	money_event(&day->money, e);
	if (c) {
		tally_event(&c->tally, e);
		money_event(&c->money, e);
	}
}

static struct ledger_deal *deal_named(struct ledger *l, const struct trail_entry *e, int64_t at_ms)
{
	const char *id = trail_get(e, "deal");
	struct ledger_deal *d = *id ? map_get(l->deal_of, id) : NULL;

	if (d || !*id)
		return d;
	d = ledger_deal_new(e, at_ms);
	map_set(l->deal_of, id, d);
	l->deals = mem_reallocarray(l->deals, l->deal_count + 1, sizeof *l->deals);
	l->deals[l->deal_count++] = d;
	return d;
}

void ledger_event(struct ledger *l, const struct trail_entry *e)
{
	int64_t at_ms = trail_int(e, "at", 0);

	if (at_ms >= l->until_ms)
		return;
	if (l->begun_ms == 0)
		l->begun_ms = at_ms;
	l->seq = e->seq;
	struct ledger_deal *deal = deal_named(l, e, at_ms);
	if (deal)
		ledger_deal_event(deal, e);
	follow_unit(l, e, at_ms, deal);
	count(l, e, at_ms);
}

bool ledger_lacks_homes(const struct ledger *l)
{
	for (size_t i = 0; i < l->unit_count; i++)
		if (!l->units[i]->has_home)
			return true;
	return false;
}

void ledger_fallback(struct ledger *l, const char *unit, const char *json)
{
	struct ledger_unit *u = map_get(l->unit_of, unit);

	if (u && !u->has_home)
		u->has_home = home_read(json, &u->home);
}

/* --- closing the books */

static int by_account(const void *a, const void *b)
{
	const struct ledger_consultant *const *x = a, *const *y = b;

	return strcmp((*x)->account, (*y)->account);
}

static bool began_in_period(const struct ledger *l, const struct ledger_deal *d) { return d->began_ms >= l->from_ms; }

void ledger_close(struct ledger *l)
{
	for (size_t i = 0; i < l->unit_count; i++)
		home_complete(&l->units[i]->home);
	for (size_t i = 0; i < l->deal_count; i++) {
		const struct ledger_deal *d = l->deals[i];
		struct ledger_consultant *c = map_get(l->consultant_of, d->consultant);

		if (!c)
			continue;
		funnel_deal(&c->all, d->reached);
		if (began_in_period(l, d))
			funnel_deal(&c->began, d->reached);
	}
	if (l->consultant_count > 0)
		qsort(l->consultants, l->consultant_count, sizeof *l->consultants, by_account);
}

struct counts ledger_counts(const struct ledger *l, bool before)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < l->unit_count; i++) {
		const struct ledger_unit *u = l->units[i];

		if (before && !u->stood_before)
			continue;
		c.units++;
		c.by_status[before ? u->state_before : u->state]++;
	}
	return c;
}

struct counts ledger_day_counts(const struct ledger *l, size_t day)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < l->unit_count; i++) {
		unsigned char state = l->units[i]->at_end_of[day];

		if (state == UNIT_STATUS_COUNT)
			continue;
		c.units++;
		c.by_status[state]++;
	}
	return c;
}

struct funnel ledger_funnel(const struct ledger *l, bool period_only)
{
	struct funnel f = { 0 };

	for (size_t i = 0; i < l->deal_count; i++)
		if (!period_only || began_in_period(l, l->deals[i]))
			funnel_deal(&f, l->deals[i]->reached);
	return f;
}
