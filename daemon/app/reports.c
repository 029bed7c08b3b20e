#include "app/reports.h"

#include "app/tool.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The office waits for its sheet some seconds, not minutes. After a failure there is no hurry: it is in the log. */
enum { LOOK_MS = 10000, WAKE_MS = 200, RETRY_MS = 600000, MAKE_TIMEOUT_MS = 600000, OUT_BYTES = 4096 };
/* This daemon's idea of Redis' time may be a little ahead. */
enum { GRACE_MS = 2000 };
/* Beyond so many that wait, something is wrong or somebody plays. */
enum { JOBS_MAX = 64 };
/* Of listingctl: its clock says that nothing is over yet, or is in doubt; the project began later. */
enum { EXIT_REFUSED = 1, EXIT_BAD_DATA = 65 };

struct waiter {
	struct list link;
	reports_cb cb;
	void *ctx;
};

struct job {
	struct list link;
	struct reports *reports;
	char *project, *path, *consultant; /* consultant: of PART_OWN */
	struct report_name name;
	enum report_part part;
	bool passing; /* not kept: not over yet, or a part */
	struct list waiters;
};

struct reports {
	struct app *app;
	const char *folder;
	struct list jobs; /* the first one is under way when `child` is set */
	size_t job_count;
	struct child *child;
	struct loop_timer look, next;
};

static void start_next(void *ctx);
static void look(void *ctx);

/* --- jobs */

static void answer(struct job *j, int err, struct frame *content)
{
	while (!list_empty(&j->waiters)) {
		struct waiter *w = CONTAINER_OF(j->waiters.next, struct waiter, link);
		list_remove(&w->link);
		w->cb(w->ctx, err, content);
		mem_free(w);
	}
}

static void job_end(struct job *j, int err)
{
	struct frame *content = NULL;
	list_remove(&j->link);
	j->reports->job_count--;
	if (!err && !list_empty(&j->waiters))
		err = report_file_read(j->path, &content);
	if (j->passing)
		unlink(j->path);
	answer(j, err, content);
	frame_unref(content);
	mem_free(j->project);
	mem_free(j->path);
	mem_free(j->consultant);
	mem_free(j);
}

/* The folder of a project is made when its first report is. */
static bool make_folder(const struct reports *r, const char *project)
{
	char *path = mem_printf("%s/%s", r->folder, project);
	bool fine = mkdir(path, 0750) == 0 || errno == EEXIST;
	if (!fine)
		log_warn("reports", "%s cannot be made", path);
	mem_free(path);
	return fine;
}

static struct job *job_find(struct reports *r, const char *project, const struct report_name *n, enum report_part part,
                            const char *consultant)
{
	LIST_EACH(&r->jobs, it) {
		struct job *j = CONTAINER_OF(it, struct job, link);
		if (strcmp(j->project, project) == 0 && j->name.kind == n->kind && j->name.day == n->day &&
		    j->name.format == n->format && j->part == part && strcmp(j->consultant, consultant) == 0)
			return j;
	}
	return NULL;
}

/* NULL when too many wait. */
static struct job *job_new(struct reports *r, const char *project, const struct report_name *n, enum report_part part,
                           const char *consultant, bool passing)
{
	struct job *j = job_find(r, project, n, part, consultant);
	if (j || r->job_count >= JOBS_MAX)
		return j;
	j = mem_zalloc(sizeof *j);
	*j = (struct job){ .reports = r, .project = mem_strdup(project), .name = *n, .part = part, .passing = passing };
	j->consultant = mem_strdup(consultant);
	/* Hidden from the list, and a name of this daemon's own. */
	j->path = passing ? mem_printf("%s/%s/.passing-%s.%s", r->folder, project, r->app->daemon_id,
	                               report_format_name(n->format))
	                  : report_file_path(r->folder, project, n);
	list_init(&j->waiters);
	list_init(&j->link);
	list_append(&r->jobs, &j->link);
	r->job_count++;
	loop_timer_after(&r->next, 0);
	return j;
}

static void refused(struct reports *r, const struct job *j, int status)
{
	/* A clock that jumped may be seen here before it is doubted: once it is confirmed, the office waits for its sheet. */
	if (status == EXIT_REFUSED) {
		log_info("reports", "no %s report of project %s yet", report_kind_name(j->name.kind), j->project);
		return;
	}
	struct project *p = project_find(r->app, j->project);
	struct report_try *t = p ? &p->reports.tries[j->name.kind] : NULL;
	if (t && j->name.day != REPORT_DAY_NOW)
		*t = (struct report_try){ .day = j->name.day, .again_mono_ms = clock_mono_ms() + RETRY_MS };
	if (status != EXIT_BAD_DATA)
		log_warnx("reports", "listingctl ended with %d; no %s report of project %s", status,
		          report_kind_name(j->name.kind), j->project);
	else if (t)
		t->again_mono_ms = INT64_MAX; /* the project began after it: there will never be one */
}

static void on_made(void *ctx, int status, const char *out, size_t out_bytes)
{
	struct reports *r = ctx;
	struct job *j = CONTAINER_OF(r->jobs.next, struct job, link);
	char name[REPORT_NAME_BYTES];
	UNUSED(out);
	UNUSED(out_bytes);
	r->child = NULL;
	report_name_text(&j->name, name);
	if (status != 0)
		refused(r, j, status);
	else if (!j->passing)
		log_info("reports", "made %s of project %s", name, j->project);
	job_end(j, status == 0 ? 0 : status == EXIT_BAD_DATA ? LD_E_NOT_FOUND : LD_E_UNAVAILABLE);
	loop_timer_after(&r->next, 0);
}

static void start_next(void *ctx)
{
	struct reports *r = ctx;
	char date[OFFICE_DATE_BYTES] = "";
	if (r->child || list_empty(&r->jobs))
		return;
	struct job *j = CONTAINER_OF(r->jobs.next, struct job, link);
	bool now = j->name.day == REPORT_DAY_NOW;
	if (!now)
		office_day_text(j->name.day, date);
	/* What is kept must be over, and the clock of Redis decides that. */
	const char *option = now                     ? "--now"
	                     : !j->passing           ? "--final"
	                     : j->part == PART_MONEY ? "--money"
	                     : j->part == PART_OWN   ? "--consultant"
	                                             : NULL;
	/* clang-format off */
	const char *const arguments[] = {
		"report", "make", "--project", j->project, "--kind", report_kind_name(j->name.kind),
		"--format", report_format_name(j->name.format), "--out", j->path,
		now ? option : "--date", now ? NULL : date, option, j->part == PART_OWN ? j->consultant : NULL, NULL,
	};
	/* clang-format on */
	if (make_folder(r, j->project))
		r->child = tool_start(r->app, arguments, MAKE_TIMEOUT_MS, OUT_BYTES, on_made, r);
	if (!r->child)
		on_made(r, -1, "", 0);
}

/* --- what is due */

static bool may_try(const struct project *p, const struct report_name *n)
{
	const struct report_try *t = &p->reports.tries[n->kind];
	return t->day != n->day || clock_mono_ms() >= t->again_mono_ms;
}

static void look_at_project(const char *key, void *value, void *ctx)
{
	struct reports *r = ctx;
	struct project *p = value;
	UNUSED(key);
	/* In doubt about the clock nobody knows which day is over; of a rehearsal nothing is to stay. */
	if (!p->live || p->clock_hold || p->rehearsal)
		return;
	for (int k = 0; k < REPORT_KINDS; k++) {
		enum report_kind kind = (enum report_kind)k;
		struct report_span span =
			report_last_over(kind, project_now_ms(p) - GRACE_MS, p->reports.utc_offset_min, p->reports.sheet_at_min);
		for (int f = 0; f < FORMATS; f++) {
			struct report_name name = { kind, span.day, (enum report_format)f };
			if (may_try(p, &name) && !report_file_kept(r->folder, p->name, &name))
				job_new(r, p->name, &name, PART_WHOLE, "", false);
		}
	}
}

static void look(void *ctx)
{
	struct reports *r = ctx;
	loop_timer_after(&r->look, LOOK_MS);
	if (!r->app->stopping)
		map_each(r->app->projects, look_at_project, r);
}

void reports_wake(struct reports *r)
{
	if (r)
		loop_timer_after(&r->look, WAKE_MS);
}

/* --- beginning and end */

struct reports *reports_start(struct app *a)
{
	if (!*a->conf->report_dir)
		return NULL;
	struct reports *r = mem_zalloc(sizeof *r);
	r->app = a;
	r->folder = a->conf->report_dir;
	list_init(&r->jobs);
	if (access(r->folder, W_OK | X_OK) != 0)
		log_error("reports", "report_dir %s cannot be written; no reports are kept", r->folder);
	loop_timer_init(&r->look, a->loop, look, r);
	loop_timer_init(&r->next, a->loop, start_next, r);
	loop_timer_after(&r->look, LOOK_MS);
	return r;
}

void reports_stop(struct reports *r)
{
	if (!r)
		return;
	loop_timer_stop(&r->look);
	loop_timer_stop(&r->next);
	child_stop(r->child);
	while (!list_empty(&r->jobs))
		job_end(CONTAINER_OF(r->jobs.next, struct job, link), LD_E_UNAVAILABLE);
	mem_free(r);
}

void reports_get(struct project *p, const struct report_name *name, enum report_part part, const char *consultant,
                 reports_cb cb, void *ctx)
{
	struct reports *r = p->app->reports;
	int64_t now_ms = project_now_ms(p);
	bool now = name->day == REPORT_DAY_NOW;
	int64_t day = now ? office_day_of(now_ms, p->reports.utc_offset_min) : name->day;
	struct report_span span = report_span(name->kind, day, p->reports.utc_offset_min, p->reports.sheet_at_min);
	if (!r || p->rehearsal || office_day_start_ms(day, p->reports.utc_offset_min) > now_ms) {
		cb(ctx, LD_E_NOT_FOUND, NULL);
		return;
	}
	if (part != PART_WHOLE && name->kind == REPORT_SHEET) {
		cb(ctx, LD_E_FORBIDDEN, NULL);
		return;
	}
	if (part == PART_WHOLE && !now && report_file_kept(r->folder, p->name, name)) {
		struct frame *content = NULL;
		char *path = report_file_path(r->folder, p->name, name);
		int err = report_file_read(path, &content);
		mem_free(path);
		cb(ctx, err, content);
		frame_unref(content);
		return;
	}
	bool passing = now || part != PART_WHOLE || span.until_ms > now_ms - GRACE_MS;
	struct job *j =
		p->app->stopping ? NULL : job_new(r, p->name, name, part, part == PART_OWN ? consultant : "", passing);
	if (!j) {
		cb(ctx, LD_E_UNAVAILABLE, NULL);
		return;
	}
	struct waiter *w = mem_zalloc(sizeof *w);
	w->cb = cb;
	w->ctx = ctx;
	list_init(&w->link);
	list_append(&j->waiters, &w->link);
}
