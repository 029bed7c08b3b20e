/* status and units: what Redis holds now. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"
#include "ctl/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figures {
	size_t by_status[UNIT_STATUS_COUNT], units;
	int64_t next_deadline;
};

static struct figures count_units(const struct ctl_snapshot *s)
{
	struct figures f = { .units = s->count };

	for (size_t i = 0; i < s->count; i++) {
		const struct ctl_unit *u = &s->units[i];

		f.by_status[u->state]++;
		if (u->deadline > 0 && (f.next_deadline == 0 || u->deadline < f.next_deadline))
			f.next_deadline = u->deadline;
	}
	return f;
}

/* Hundredths of a percent: (subscribed + contracted + settled) ÷ (all not withheld). */
static int64_t sell_through(const struct figures *f)
{
	size_t open = f->units - f->by_status[UNIT_WITHHELD];
	size_t sold = f->by_status[UNIT_SUBSCRIBED] + f->by_status[UNIT_CONTRACTED] + f->by_status[UNIT_SETTLED];

	return open > 0 ? (int64_t)((sold * 20000 + open) / (open * 2)) : 0;
}

static void status_json(struct emit *j, const char *project, const struct ctl_snapshot *s, const struct figures *f)
{
	emit_open(j, NULL, '{');
	emit_text(j, "project", project);
	emit_text(j, "name", s->name);
	emit_text(j, "uuid", s->uuid);
	emit_text(j, "epoch", s->epoch);
	emit_int(j, "seq", s->seq);
	emit_int(j, "now", s->now);
	emit_int(j, "catalog_version", s->catalog_version);
	emit_int(j, "units", (int64_t)f->units);
	for (int i = 0; i < UNIT_STATUS_COUNT; i++)
		emit_int(j, unit_status_name((enum unit_status)i), (int64_t)f->by_status[i]);
	emit_int(j, "sell_through_bp", sell_through(f));
	emit_int(j, "next_deadline", f->next_deadline);
	emit_int(j, "lock_hold_ms", s->lock_hold_ms);
	emit_text(j, "public_board", s->public_board);
	emit_text(j, "warn_ms", s->warn_ms);
	emit_int(j, "clock_hold", s->clock_hold);
	emit_close(j, '}');
}

static void status_people(const char *project, const struct ctl_snapshot *s, const struct figures *f)
{
	char when[40], left[40], hold[40];
	struct print_table t;

	print_table_init(&t, "project|");
	mem_free(t.cell[1]); /* the second heading is the project itself */
	t.cells = 1;
	print_cell(&t, project);
	print_cell(&t, "name"), print_cell(&t, s->name);
	print_cell(&t, "event"), print_cellf(&t, "%lld (epoch %s)", (long long)s->seq, s->epoch);
	print_cell(&t, "catalogue"), print_cellf(&t, "version %lld, %zu units", (long long)s->catalog_version, f->units);
	for (int i = 0; i < UNIT_STATUS_COUNT; i++)
		print_cell(&t, unit_status_name((enum unit_status)i)), print_cellf(&t, "%zu", f->by_status[i]);
	print_cell(&t, "sell-through");
	print_cellf(&t, "%lld.%02lld %% of what is not withheld", (long long)sell_through(f) / 100,
	            (long long)sell_through(f) % 100);
	print_time(f->next_deadline, when, sizeof when);
	print_duration(f->next_deadline - s->now, left, sizeof left);
	print_cell(&t, "next deadline");
	print_cellf(&t, f->next_deadline > 0 ? "%s (in %s)" : "none", when, left);
	print_duration(s->lock_hold_ms, hold, sizeof hold);
	print_cell(&t, "a lock holds"), print_cell(&t, hold);
	print_time(s->clock_hold, when, sizeof when);
	print_cell(&t, "clock");
	print_cellf(&t,
	            s->clock_hold > 0 ? "in doubt since %s: no unit is released; see listingctl clock-confirm --help"
	                              : "trusted",
	            when);
	print_table_show(&t);
}

static int status_of(struct ctl *c, const char *project, struct emit *j)
{
	struct ctl_snapshot s;
	int status = ctl_snapshot_take(c, project, &s);

	if (status != 0)
		return status;
	struct figures f = count_units(&s);
	if (c->json)
		status_json(j, project, &s, &f);
	else
		status_people(project, &s, &f);
	ctl_snapshot_fini(&s);
	return 0;
}

int verb_status(struct ctl *c)
{
	const char *project = ctl_option(c, "project");
	struct emit j = { 0 };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	if (project) {
		status = status_of(c, project, &j);
		if (status == 0 && c->json)
			emit_show(&j);
		return status;
	}
	struct reply *all = ctl_ask(c, &status, "SMEMBERS", "ld:projects", NULL);
	if (!all)
		return status;
	emit_open(&j, NULL, '[');
	for (size_t i = 0; i < all->count && status == 0; i++) {
		if (i > 0 && !c->json)
			putchar('\n');
		status = status_of(c, reply_text(all, i), &j);
	}
	emit_close(&j, ']');
	if (status == 0 && c->json)
		emit_show(&j);
	else if (status == 0 && all->count == 0)
		puts("There is no project yet; see listingctl project create --help.");
	buf_fini(&j.b);
	reply_free(all);
	return status;
}
