/* The reports that are kept, and one of them. */
#include "app/reports.h"
#include "base/mem.h"
#include "net/http_routes.h"
#include "wire/emit.h"

#include <stdio.h>
#include <string.h>

/* /api/v1/projects/<p>/reports/<kind>/<file> */
enum { PART_KIND = 5, PART_FILE = 6 };

static const char *const content_types[FORMATS] = {
	[FORMAT_JSON] = "application/json",
	[FORMAT_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/* A consultant sees figures of one's own, finance the money. */
static bool may_read(struct http_request *r, enum report_part *part)
{
	enum grant whole = role_grant(r->identity->role, RIGHT_REPORTS_READ);
	*part = whole == GRANT_ANY ? PART_WHOLE : whole == GRANT_OWN ? PART_OWN : PART_MONEY;
	if (*part != PART_MONEY || role_grant(r->identity->role, RIGHT_MONEY_READ) == GRANT_ANY)
		return true;
	http_respond_error(r, LD_E_FORBIDDEN, NULL);
	return false;
}

static void put_report(struct emit *j, const struct kept_report *kept)
{
	char date[OFFICE_DATE_BYTES];
	office_day_text(kept->day, date);
	emit_open(j, NULL, '{');
	emit_text(j, "kind", report_kind_name(kept->kind));
	emit_text(j, "date", date);
	emit_open(j, "formats", '[');
	for (int f = 0; f < FORMATS; f++) {
		if (kept->bytes[f] < 0)
			continue;
		emit_open(j, NULL, '{');
		emit_text(j, "format", report_format_name((enum report_format)f));
		emit_int(j, "bytes", kept->bytes[f]);
		emit_close(j, '}');
	}
	emit_close(j, ']');
	emit_close(j, '}');
}

void get_reports(struct http_request *r, struct project *p)
{
	const char *folder = p->app->conf->report_dir;
	struct emit j = { 0 };
	enum report_part part;
	size_t count;
	if (!may_read(r, &part))
		return;
	if (!*folder) {
		http_respond_error(r, LD_E_NOT_FOUND, "No report_dir is set: no reports are kept.");
		return;
	}
	struct kept_report *all = report_files_list(folder, p->name, &count);
	emit_open(&j, NULL, '{');
	emit_text(&j, "project", p->name);
	emit_open(&j, "reports", '[');
	for (size_t i = 0; i < count; i++)
		put_report(&j, &all[i]);
	emit_close(&j, ']');
	emit_close(&j, '}');
	mem_free(all);
	http_respond_text(r, 200, "application/json", &j.b);
}

/* What is asked for, and under which name it is taken along. */
struct asked {
	struct report_name name;
	char file[REPORT_NAME_BYTES];
};

/* The sheet of this moment is named by the moment, so that those of one day can lie in one folder. */
static void name_file(struct asked *a, const struct project *p)
{
	char time[OFFICE_TIME_BYTES];
	if (a->name.day != REPORT_DAY_NOW) {
		report_name_text(&a->name, a->file);
		return;
	}
	office_time_text(project_now_ms(p), p->reports.utc_offset_min, time);
	snprintf(a->file, sizeof a->file, "%s-%.10s-%.2s%.2s.%s", report_kind_name(a->name.kind), time, time + 11,
	         time + 14, report_format_name(a->name.format));
}

static void on_report(void *ctx, int err, struct frame *content)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		const struct asked *a = r->scratch;
		http_header(r, "content-disposition:", "attachment; filename=\"%s\"", a->file);
		http_respond(r, 200, content_types[a->name.format], content);
	}
	http_unref(r);
}

void get_report(struct http_request *r, struct project *p)
{
	struct asked a;
	enum report_part part;
	char kind[16], file[REPORT_NAME_BYTES];
	if (!may_read(r, &part))
		return;
	if (!path_part(r->path, PART_KIND, kind, sizeof kind) || !path_part(r->path, PART_FILE, file, sizeof file) ||
	    !report_name_parse(kind, file, &a.name)) {
		http_respond_error(
			r, LD_E_NOT_FOUND,
			"It is sheet, daily or weekly, then a date (a Monday; of a sheet also now) and .json or .xlsx.");
		return;
	}
	name_file(&a, p);
	r->scratch = mem_alloc(sizeof a);
	memcpy(r->scratch, &a, sizeof a);
	reports_get(p, &a.name, part, r->identity->account, on_report, http_ref(r));
}
