/* Following a launch session (launch_fold.h): choices, by whom and when, and what becomes of them. */
#include "ctl/launch_fold.h"

#include "base/mem.h"
#include "core/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_text(char **slot, const char *value)
{
	char *copy = mem_strdup(value);

	mem_free(*slot);
	*slot = copy;
}

/* --- whose turn it is: points of the session's clock */

struct turn {
	int64_t from, to, again;
};

static struct turn turn_by_order(struct launch_fold *f, const struct launch_buyer *b)
{
	int64_t size = f->window_size > 0 ? f->window_size : 1, rank = 0;

	launch_fold_order(f);
	while (rank < (int64_t)f->buyer_count && f->order[rank] != b)
		rank++;
	int64_t from = rank / size * f->window_ms, again = launch_fold_standby(f);
	from = from < again ? from : again;
	return (struct turn){ from, from + f->window_ms, again };
}

/* groups: "A=600000,B=300000", each in its turn. */
static struct turn turn_by_group(const struct launch_fold *f, const struct launch_buyer *b)
{
	struct turn found = { -1, 0, 0 };
	int64_t from = 0;

	for (const char *p = f->groups; *p;) {
		size_t name = strcspn(p, "="), all = strcspn(p, ",");
		int64_t ms = name < all ? strtoll(p + name + 1, NULL, 10) : 0;
		ms = ms > 0 && ms < 1000000000 ? ms : 0; /* as the library takes it */

		if (strlen(b->group) == name && strncmp(p, b->group, name) == 0)
			found = (struct turn){ from, from + ms, 0 };
		from += ms;
		p += all + (p[all] == ',');
	}
	if (found.from < 0)
		found = (struct turn){ from, from, 0 };
	found.again = from;
	return found;
}

static void check_turn(struct launch_fold *f, const struct launch_buyer *b, const struct trail_entry *e)
{
	int64_t elapsed = trail_int(e, "at", 0) - f->opens_ms - f->shift_ms;
	struct turn t = { 0, f->closes_ms - f->opens_ms, 0 };

	if (strcmp(f->mode, "order") == 0)
		t = turn_by_order(f, b);
	else if (strcmp(f->mode, "groups") == 0)
		t = turn_by_group(f, b);
	if (elapsed < t.from || (elapsed >= t.to && elapsed < t.again))
		launch_fold_tell(f,
		                 "buyer %s chose unit %s %lld ms after the opening, outside of the turn from %lld to %lld ms "
		                 "and from %lld ms on",
		                 b->id, trail_get(e, "u"), (long long)elapsed, (long long)t.from, (long long)t.to,
		                 (long long)t.again);
}

/* --- a choice */

static bool is_open_deal(const struct launch_deal *d, int64_t at_ms)
{
	enum unit_status status;
	bool lapsed = d->deadline && d->deadline <= at_ms;

	return unit_status_from_name(d->status, &status) && status >= UNIT_LOCKED && !lapsed;
}

static void check_limit(struct launch_fold *f, const struct launch_buyer *b, const struct trail_entry *e)
{
	int64_t count = 0;

	for (size_t i = 0; i < b->deal_count; i++)
		count += is_open_deal(b->deals[i], trail_int(e, "at", 0));
	if (count >= f->limit)
		launch_fold_tell(f, "buyer %s chose unit %s with %lld already; the limit is %lld", b->id, trail_get(e, "u"),
		                 (long long)count, (long long)f->limit);
}

static void check_chooser(struct launch_fold *f, const struct launch_buyer *b, const struct trail_entry *e)
{
	static const char *const why[] = { "before the session opened", "", "while the session was paused",
		                               "after the session was closed" };
	const char *unit = trail_get(e, "u"), *buyer = trail_get(e, "b");
	enum launch_phase phase = launch_fold_phase(f, trail_int(e, "at", 0));
	char account[100];

	snprintf(account, sizeof account, "buyer:%s", buyer);
	if (strcmp(trail_get(e, "by"), account) != 0 || strcmp(trail_get(e, "role"), "buyer") != 0)
		launch_fold_tell(f, "unit %s was chosen for buyer %s by %s", unit, buyer, trail_get(e, "by"));
	if (phase != LAUNCH_OPEN)
		launch_fold_tell(f, "buyer %s chose unit %s %s", buyer, unit, why[phase]);
	if (!b) {
		launch_fold_tell(f, "buyer %s chose unit %s without being admitted", buyer, unit);
		return;
	}
	if (!b->checked_in_ms)
		launch_fold_tell(f, "buyer %s chose unit %s without having checked in", buyer, unit);
	check_turn(f, b, e);
	check_limit(f, b, e);
}

static struct launch_deal *deal_new(struct launch_fold *f, const struct trail_entry *e)
{
	struct launch_deal *d = mem_zalloc(sizeof *d);

	d->id = mem_strdup(trail_get(e, "deal"));
	d->unit = mem_strdup(trail_get(e, "u"));
	d->buyer = mem_strdup(trail_get(e, "b"));
	d->chosen_ms = trail_int(e, "at", 0);
	d->chosen_seq = e->seq;
	d->deadline = trail_int(e, "dl", 0);
	d->price_fen = trail_int(e, "price", 0);
	snprintf(d->status, sizeof d->status, "%s", unit_status_name(UNIT_LOCKED));
	map_set(f->deals, d->id, d);
	f->all_deals = mem_reallocarray(f->all_deals, f->deal_count + 1, sizeof(struct launch_deal *));
	f->all_deals[f->deal_count++] = d;
	return d;
}

static void occupy(struct launch_fold *f, struct launch_unit *u, struct launch_deal *d)
{
	if (u->deal && u->deal != d)
		launch_fold_tell(f, "unit %s went to buyer %s (deal %s) while buyer %s had it (deal %s)", u->id, d->buyer,
		                 d->id, u->deal->buyer, u->deal->id);
	u->deal = d;
}

void launch_fold_lock(struct launch_fold *f, const struct trail_entry *e)
{
	struct launch_buyer *b = map_get(f->buyers, trail_get(e, "b"));
	struct launch_unit *u = launch_fold_unit(f, trail_get(e, "u"));

	check_chooser(f, b, e);
	if (!u->offered)
		launch_fold_tell(f, "unit %s was chosen, which the session does not offer", u->id);
	if (map_get(f->deals, trail_get(e, "deal"))) {
		launch_fold_tell(f, "deal %s begins a second time", trail_get(e, "deal"));
		return;
	}
	struct launch_deal *d = deal_new(f, e);
	/* The project may allow less than the session. */
	if (d->deadline <= d->chosen_ms || d->deadline > d->chosen_ms + f->hold_ms)
		launch_fold_tell(f, "deal %s holds unit %s until %lld, the session says %lld", d->id, u->id,
		                 (long long)d->deadline, (long long)(d->chosen_ms + f->hold_ms));
	u->first_ms = u->first_ms ? u->first_ms : d->chosen_ms;
	occupy(f, u, d);
	d->chooser = b;
	if (b) {
		b->deals = mem_reallocarray(b->deals, b->deal_count + 1, sizeof(struct launch_deal *));
		b->deals[b->deal_count++] = d;
	}
}

/* --- what becomes of it */

static const struct {
	const char *type, *status;
} ends[] = {
	{ "release", "released" },
	{ "expire", "expired" },
	{ "withdraw", "withdrawn" },
	{ "swap_out", "" }, /* swap_in follows */
};

static void give_back(struct launch_fold *f, struct launch_deal *d, const struct trail_entry *e, const char *status)
{
	struct launch_unit *u = launch_fold_unit(f, trail_get(e, "u"));

	if (u->deal != d)
		launch_fold_tell(f, "%s of unit %s by deal %s, which does not have it", trail_get(e, "t"), u->id, d->id);
	else
		u->deal = NULL;
	if (strcmp(status, "expired") == 0 && (!d->deadline || trail_int(e, "at", 0) < d->deadline))
		launch_fold_tell(f, "deal %s ran out before its deadline %lld", d->id, (long long)d->deadline);
	if (*status) {
		snprintf(d->status, sizeof d->status, "%s", status);
		d->deadline = 0;
	}
}

static void go_on(struct launch_fold *f, struct launch_deal *d, const struct trail_entry *e)
{
	const char *letter = trail_get(e, "st");
	enum unit_status status;

	if (!letter[0] || letter[1] || !unit_status_from_letter(letter[0], &status) || status < UNIT_LOCKED) {
		launch_fold_tell(f, "%s of deal %s leads to the state \"%s\"", trail_get(e, "t"), d->id, letter);
		return;
	}
	snprintf(d->status, sizeof d->status, "%s", unit_status_name(status));
	d->deadline = trail_int(e, "dl", 0);
	set_text(&d->unit, trail_get(e, "u"));
	occupy(f, launch_fold_unit(f, d->unit), d);
}

void launch_fold_deal(struct launch_fold *f, const struct trail_entry *e)
{
	struct launch_deal *d = map_get(f->deals, trail_get(e, "deal"));
	const char *type = trail_get(e, "t");

	if (strcmp(type, "rename") == 0)
		set_text(&d->buyer, trail_get(e, "b"));
	d->price_fen = trail_int(e, "price", d->price_fen);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (strcmp(ends[i].type, type) == 0) {
			give_back(f, d, e, ends[i].status);
			return;
		}
	if (*trail_get(e, "u"))
		go_on(f, d, e);
}
