/* report make, report trend: the reports of the office and the figures of its last days, from the audit trail (report/). */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/new_file.h"
#include "ctl/settings_then.h"
#include "ctl/trail.h"
#include "report/report.h"
#include "report/trend.h"
#include "wire/trend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct making {
	struct ctl *c;
	struct report report;
	bool xlsx;
	const char *out;    /* NULL: standard output */
	int64_t now_ms;     /* by Redis' clock */
	struct reply *meta; /* as META_… below */
	struct settings_history settings;
	struct ledger ledger; /* of report.span; once `begun` */
	bool begun;
};

enum { META_NAME, META_UTC_OFFSET, META_SHEET_AT, META_CLOCK_HOLD, META_BEAT, META_CONFIGURED, META_PALETTE };

/* As in the function library: so far from the last heartbeat the clock is in doubt. */
enum { CLOCK_DOUBT_MS = 60000 };

/* China; 8:50. Projects from before these settings have none. */
enum { UTC_OFFSET_MIN = 480, SHEET_AT_MIN = 530 };

static int read_options(struct making *m)
{
	const char *kind = ctl_option(m->c, "kind"), *format = ctl_option(m->c, "format");
	const char *date = ctl_option(m->c, "date");
	int64_t day;

	m->report.project = ctl_option(m->c, "project");
	m->out = ctl_option(m->c, "out");
	m->xlsx = format && strcmp(format, "xlsx") == 0;
	if (!report_kind_from_name(kind, &m->report.kind))
		return ctl_fail(CTL_USAGE, "--kind %s: there are sheet, daily and weekly", kind);
	if (format && !m->xlsx && strcmp(format, "json") != 0)
		return ctl_fail(CTL_USAGE, "--format %s: there are xlsx and json", format);
	if (m->xlsx && !m->out)
		return ctl_fail(CTL_USAGE, "--format xlsx needs --out FILE");
	if (m->out && !m->out[0])
		return ctl_fail(CTL_USAGE, "--out needs a file");
	m->report.consultant = ctl_option(m->c, "consultant");
	m->report.part = m->report.consultant ? PART_OWN : ctl_option(m->c, "money") ? PART_MONEY : PART_WHOLE;
	if (m->report.part != PART_WHOLE && m->report.kind == REPORT_SHEET)
		return ctl_fail(CTL_USAGE, "a sheet has no parts: --consultant and --money are for daily and weekly reports");
	if (m->report.consultant && ctl_option(m->c, "money"))
		return ctl_fail(CTL_USAGE, "--consultant and --money are two parts: give one");
	if (ctl_option(m->c, "now") && (m->report.kind != REPORT_SHEET || date || ctl_option(m->c, "final")))
		return ctl_fail(CTL_USAGE, "--now is for sheets, and without --date and --final");
	if (date && !office_day_parse(date, &day))
		return ctl_fail(CTL_USAGE, "--date %s is no date as 2026-03-31", date);
	return 0;
}

static int64_t meta_int(const struct making *m, size_t i, int64_t otherwise)
{
	const char *text = reply_text(m->meta, i);

	return *text ? strtoll(text, NULL, 10) : otherwise;
}

/* What the report needs to know of the project and of the time. */
static int read_project(struct making *m)
{
	char *key = ctl_key(m->report.project, ":meta");
	int status = 0;

	m->meta = ctl_ask(m->c, &status, "HMGET", key, "name", "utc_offset_min", "sheet_at_min", "clock_hold", "beat_ms",
	                  "configured", "palette", NULL);
	mem_free(key);
	if (!m->meta)
		return status;
	if (*reply_text(m->meta, META_NAME) == '\0')
		return ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", m->report.project);
	struct reply *time = ctl_ask(m->c, &status, "TIME", NULL);
	if (!time)
		return status;
	m->now_ms = strtoll(reply_text(time, 0), NULL, 10) * 1000 + strtoll(reply_text(time, 1), NULL, 10) / 1000;
	reply_free(time);
	char none[] = "", *palette = m->meta->items[META_PALETTE].text;
	const struct settings_then now = { .title = m->meta->items[META_NAME].text,
		                               .palette = palette ? palette : none,
		                               .utc_offset_min = meta_int(m, META_UTC_OFFSET, UTC_OFFSET_MIN),
		                               .sheet_at_min = meta_int(m, META_SHEET_AT, SHEET_AT_MIN) };
	m->report.utc_offset_min = now.utc_offset_min;
	return settings_history_read(m->c, m->report.project, &now, meta_int(m, META_CONFIGURED, 0), &m->settings);
}

static bool clock_in_doubt(const struct making *m)
{
	return *reply_text(m->meta, META_CLOCK_HOLD) || llabs(m->now_ms - meta_int(m, META_BEAT, 0)) > CLOCK_DOUBT_MS;
}

/* The settings of a report are those under which its time was first over: then it was made, or should have been. */
static void take_settings(struct making *m, int64_t day)
{
	struct report *r = &m->report;
	const struct settings_then *s = &m->settings.all[0];

	for (size_t i = m->settings.count; i > 0; i--) {
		s = &m->settings.all[ctl_option(m->c, "now") ? 0 : i - 1];
		r->span = report_span(r->kind, day, s->utc_offset_min, s->sheet_at_min);
		if (r->span.until_ms <= s->until_ms)
			break;
	}
	r->title = s->title;
	r->palette = s->palette;
	r->utc_offset_min = s->utc_offset_min;
}

/* Which days, and until when. A period that is not over is cut at this moment, and says so. */
static int frame(struct making *m)
{
	struct report *r = &m->report;
	const char *date = ctl_option(m->c, "date");
	int64_t sheet_at_min = m->settings.all[0].sheet_at_min, day;

	if (!date || !office_day_parse(date, &day)) /* read_options has refused what is none */
		day = r->kind == REPORT_SHEET ? office_day_of(m->now_ms, r->utc_offset_min)
		                              : report_last_over(r->kind, m->now_ms, r->utc_offset_min, sheet_at_min).day;
	take_settings(m, day);
	if (office_day_start_ms(r->span.day, r->utc_offset_min) > m->now_ms)
		return ctl_fail(CTL_BAD_DATA, "%s lies in the future", date);
	r->interim = r->span.until_ms > m->now_ms || ctl_option(m->c, "now");
	if (ctl_option(m->c, "final") && r->interim)
		return ctl_fail(CTL_REFUSED, "the %s report is not over yet", report_kind_name(r->kind));
	if (ctl_option(m->c, "final") && clock_in_doubt(m))
		return ctl_fail(CTL_REFUSED, "the clock is in doubt, or no daemon runs: nobody knows what is over");
	if (r->interim)
		r->span.until_ms = m->now_ms;
	if (r->kind == REPORT_SHEET)
		r->span.from_ms = r->span.until_ms;
	return 0;
}

static void take(void *ctx, const struct trail_entry *e)
{
	struct making *m = ctx;

	ledger_event(&m->ledger, e);
}

static int read_present_catalogue(struct making *m)
{
	char *key = ctl_key(m->report.project, ":catalog");
	int status = 0;
	struct reply *r = ctl_ask(m->c, &status, "HGETALL", key, NULL);

	mem_free(key);
	for (size_t i = 0; r && i + 1 < r->count; i += 2)
		ledger_fallback(&m->ledger, reply_text(r, i), reply_text(r, i + 1));
	reply_free(r);
	return status;
}

static int make_books(struct making *m)
{
	struct report *r = &m->report;
	/* Asked for after the time: whatever happened before that moment is in the trail by now. */
	int64_t seq = 0;
	int status = ctl_trail_end(m->c, r->project, &seq);

	if (status != 0)
		return status;
	ledger_init(&m->ledger, r->span.from_ms, r->span.until_ms, r->utc_offset_min);
	m->begun = true;
	if ((status = ctl_trail_read(m->c, r->project, 1, seq, take, m)) != 0)
		return status;
	if (ledger_lacks_homes(&m->ledger) && (status = read_present_catalogue(m)) != 0)
		return status;
	ledger_close(&m->ledger);
	return 0;
}

static int check_begun(const struct making *m)
{
	char date[OFFICE_DATE_BYTES];

	if (m->ledger.begun_ms)
		return 0;
	office_day_text(m->report.span.day, date);
	return ctl_fail(CTL_BAD_DATA, "project %s began after the %s of %s", m->report.project,
	                report_kind_name(m->report.kind), date);
}

static void forget(struct making *m)
{
	if (m->begun)
		ledger_fini(&m->ledger);
	settings_history_free(&m->settings);
	reply_free(m->meta);
}

/* --- writing */

static int write_json(const struct making *m, FILE *to, const char *name)
{
	struct buf text = { 0 };

	report_write_json(&m->report, &m->ledger, &text);
	bool written = fwrite(text.data, 1, text.len_bytes, to) == text.len_bytes && fflush(to) == 0;
	buf_fini(&text);
	return written ? 0 : ctl_fail(CTL_IO, "%s could not be written whole", name);
}

static int write_xlsx(const struct making *m, const char *path)
{
	struct buf why = { 0 };
	int status = 0;

	if (!report_write_xlsx(&m->report, &m->ledger, path, &why))
		status = ctl_fail(CTL_IO, "%s: %s", m->out, buf_str(&why));
	buf_fini(&why);
	return status;
}

static int write_file(const struct making *m)
{
	struct new_file file;
	int status = new_file_begin(&file, m->out);

	if (status != 0)
		return status;
	if (m->xlsx)
		return new_file_end(&file, write_xlsx(m, file.temporary));
	FILE *to = fopen(file.temporary, "we");
	status = to ? write_json(m, to, m->out) : ctl_fail(CTL_IO, "%s cannot be written", m->out);
	if (to && fclose(to) != 0 && status == 0)
		status = ctl_fail(CTL_IO, "%s could not be written whole", m->out);
	return new_file_end(&file, status);
}

int verb_report_make(struct ctl *c)
{
	struct making m = { .c = c };
	int status = read_options(&m);

	if (status == 0 && (status = ctl_connect(c)) == 0 && (status = read_project(&m)) == 0 &&
	    (status = frame(&m)) == 0 && (status = make_books(&m)) == 0 && (status = check_begun(&m)) == 0)
		status = m.out ? write_file(&m) : write_json(&m, stdout, "standard output");
	forget(&m);
	return status;
}

/* --- the trend */

static int read_days(struct ctl *c, int64_t *days)
{
	const char *text = ctl_option(c, "days");
	char *end;

	*days = TREND_DAYS_DEFAULT;
	if (!text)
		return 0;
	*days = strtoll(text, &end, 10);
	if (*end || end == text || *days < 1 || *days > TREND_DAYS_MAX)
		return ctl_fail(CTL_USAGE, "--days %s: a number from 1 to %d", text, TREND_DAYS_MAX);
	return 0;
}

/* The last day counts whole: what happens while it is read has happened on it. */
static int frame_trend(struct making *m, int64_t days)
{
	struct report *r = &m->report;
	const char *date = ctl_option(m->c, "date");
	int64_t today = office_day_of(m->now_ms, r->utc_offset_min), last = today;

	if (date && !office_day_parse(date, &last))
		return ctl_fail(CTL_USAGE, "--date %s is no date as 2026-03-31", date);
	if (last > today)
		return ctl_fail(CTL_BAD_DATA, "%s lies in the future", date);
	r->span = (struct report_span){ .day = last,
		                            .from_ms = office_day_start_ms(last - days + 1, r->utc_offset_min),
		                            .until_ms = office_day_start_ms(last + 1, r->utc_offset_min) };
	return 0;
}

static int show_trend(const struct making *m)
{
	struct trend t;
	struct buf text = { 0 };

	trend_make(&m->ledger, &t);
	encode_trend(&text, m->report.project, &t, t.count);
	buf_addc(&text, '\n');
	bool written = fwrite(text.data, 1, text.len_bytes, stdout) == text.len_bytes && fflush(stdout) == 0;
	buf_fini(&text);
	trend_fini(&t);
	return written ? 0 : ctl_fail(CTL_IO, "standard output could not be written whole");
}

int verb_report_trend(struct ctl *c)
{
	struct making m = { .c = c, .report.project = ctl_option(c, "project") };
	int64_t days;
	int status = read_days(c, &days);

	if (status == 0 && (status = ctl_connect(c)) == 0 && (status = read_project(&m)) == 0 &&
	    (status = frame_trend(&m, days)) == 0 && (status = make_books(&m)) == 0)
		status = show_trend(&m);
	forget(&m);
	return status;
}
