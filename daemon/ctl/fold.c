/* Following the audit trail (fold.h). */
#include "ctl/fold.h"

#include "base/map.h"
#include "base/mem.h"
#include "core/trail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3))) tell(struct fold *f, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	f->tell(f->ctx, text);
}

void fold_init(struct fold *f, void (*on_problem)(void *ctx, const char *problem), void *ctx)
{
	*f = (struct fold){ .units = map_new(), .deals = map_new(), .tell = on_problem, .ctx = ctx };
}

static void free_unit(void *p)
{
	ctl_unit_fini(p);
	mem_free(p);
}

void fold_fini(struct fold *f)
{
	map_free(f->units, free_unit);
	map_free(f->deals, fold_deal_free);
	fold_receipts_free(f);
	mem_free(f->all);
}

/* --- number and chain */

static void check_chain(struct fold *f, const char *id, const struct reply *fields)
{
	const char *says = reply_get(fields, 0, "h");
	struct trail_entry e = { .seq = f->seq, .fields = mem_calloc(fields->count / 2 + 1, sizeof *e.fields) };
	char own[SHA1_HEX_BYTES];

	for (size_t i = 0; i + 1 < fields->count; i += 2)
		e.fields[e.count++] =
			(struct trail_field){ reply_text(fields, i), reply_text(fields, i + 1), fields->items[i + 1].bytes };
	trail_hash(&e, f->chain, own);
	mem_free(e.fields);
	if (!says || strcmp(says, own) != 0)
		tell(f, "event %s: its hash is %s, its content and its predecessor make %s: the trail was changed here", id,
		     says ? says : "absent", own);
	/* On with the hash that stands there, so that one changed event is one difference. */
	snprintf(f->chain, sizeof f->chain, "%s", says ? says : own);
}

static void check_number(struct fold *f, const char *id)
{
	char expected[40];

	snprintf(expected, sizeof expected, "%lld-0", (long long)f->seq + 1);
	if (strcmp(id, expected) != 0)
		tell(f, "event %s stands where %s should: events are missing or were added", id, expected);
	f->seq = strtoll(id, NULL, 10);
}

/* --- units and deals */

/* An event whose type is no verb of the transitions leaves the state alone. */
static bool may_move(enum unit_status from, const char *verb, enum unit_status to)
{
	bool moves = false;

	for (int a = 0; a < UNIT_STATUS_COUNT; a++)
		for (int b = 0; b < UNIT_STATUS_COUNT; b++)
			moves |= unit_may_move((enum unit_status)a, verb, (enum unit_status)b);
	return moves ? unit_may_move(from, verb, to) : from == to;
}

static bool is_held(enum unit_status state) { return state >= UNIT_LOCKED; }

static void set_text(char **slot, const char *value)
{
	char *copy = mem_strdup(value);

	mem_free(*slot);
	*slot = copy;
}

static void follow_add(struct fold *f, const char *id, enum unit_status state, int64_t index, int64_t rev)
{
	if (map_get(f->units, id)) {
		tell(f, "event %lld adds unit %s a second time", (long long)f->seq, id);
		return;
	}
	if (index != f->next_index || rev != 1)
		tell(f, "event %lld adds unit %s with index %lld and revision %lld; %lld and 1 were next", (long long)f->seq,
		     id, (long long)index, (long long)rev, (long long)f->next_index);
	f->next_index = index + 1;
	struct ctl_unit *u = mem_zalloc(sizeof *u);
	*u = (struct ctl_unit){ .id = mem_strdup(id),
		                    .state = state,
		                    .rev = rev,
		                    .index = index,
		                    .deal = mem_strdup(""),
		                    .holder = mem_strdup("") };
	map_set(f->units, id, u);
	f->all = mem_reallocarray(f->all, f->unit_count + 1, sizeof *f->all);
	f->all[f->unit_count++] = u;
}

static void check_move(struct fold *f, const char *type, const struct ctl_unit *u, enum unit_status to, int64_t rev,
                       int64_t index, const char *deal)
{
	if (!may_move(u->state, type, to))
		tell(f, "event %lld: %s leads unit %s from %s to %s, which no rule allows", (long long)f->seq, type, u->id,
		     unit_status_name(u->state), unit_status_name(to));
	if (rev != u->rev + 1)
		tell(f, "event %lld: unit %s has revision %lld behind %lld", (long long)f->seq, u->id, (long long)rev,
		     (long long)u->rev);
	if (index != u->index)
		tell(f, "event %lld: unit %s has index %lld, and had %lld", (long long)f->seq, u->id, (long long)index,
		     (long long)u->index);
	if (u->deal[0] && strcmp(u->deal, deal) != 0)
		tell(f, "event %lld: unit %s is held by deal %s, the event says %s", (long long)f->seq, u->id, u->deal,
		     deal[0] ? deal : "none");
}

static const char *field(const struct reply *fields, const char *name)
{
	const char *value = reply_get(fields, 0, name);

	return value ? value : "";
}

static void follow_unit(struct fold *f, const char *type, const char *id, const struct reply *fields)
{
	const char *letter = field(fields, "st"), *deal = field(fields, "deal"), *holder = field(fields, "hold");
	enum unit_status state;
	int64_t rev = reply_get_int(fields, 0, "rev", 0), index = reply_get_int(fields, 0, "i", -1);
	struct ctl_unit *u = map_get(f->units, id);

	if (!letter[0] || letter[1] || !unit_status_from_letter(letter[0], &state)) {
		tell(f, "event %lld: unit %s has the unknown state \"%s\"", (long long)f->seq, id, letter);
		return;
	}
	if (strcmp(type, "add") == 0) {
		follow_add(f, id, state, index, rev);
		return;
	}
	if (!u) {
		tell(f, "event %lld: unit %s was never added", (long long)f->seq, id);
		return;
	}
	check_move(f, type, u, state, rev, index, deal);
	u->state = state;
	u->rev = rev;
	u->deadline = reply_get_int(fields, 0, "dl", 0);
	set_text(&u->deal, is_held(state) ? deal : "");
	set_text(&u->holder, is_held(state) ? holder : "");
	if (deal[0])
		fold_deal_unit(f, deal, id, holder, state, u->deadline);
}

void fold_event(struct fold *f, const struct reply *event)
{
	const char *id = reply_text(event, 0);

	check_number(f, id);
	if (event->count < 2 || event->items[1].kind != REPLY_LIST) {
		tell(f, "event %s has no fields", id);
		return;
	}
	const struct reply *fields = &event->items[1];
	const char *type = field(fields, "t"), *unit = reply_get(fields, 0, "u");
	check_chain(f, id, fields);
	if ((f->seq == 1) != (strcmp(type, "create") == 0))
		tell(f, "event %s: a project is created by its first event and by no other", id);
	if (unit)
		follow_unit(f, type, unit, fields);
	if (reply_get(fields, 0, "deal"))
		fold_deal_event(f, type, reply_get(fields, 0, "deal"), fields);
	if (strcmp(type, "ask") == 0)
		f->requests++;
	if (strcmp(type, "import") == 0)
		f->catalog_version = reply_get_int(fields, 0, "version", 0);
}
