/* The report of a rehearsal (rehearsal.h): how fast it was, who was refused and why, who did not come in, how the units
 * went, and whether the trail holds to the rules of the session and to the data. */
#include "ctl/rehearsal.h"

#include "base/map.h"
#include "base/mem.h"
#include "ctl/launch.h"
#include "ctl/launch_fold.h"
#include "ctl/new_file.h"
#include "ctl/print.h"
#include "ctl/trail.h"
#include "ctl/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Latencies are counted by powers of two of a millisecond (app/launches.c). */
enum { LATENCY_MAX_MS = 16384, NAMED_ABSENT = 20 };

struct figures {
	struct ctl *c;
	const char *project;
	char *of;
	struct launch launch;
	struct reply *tally, *unused; /* counters; buyers whose one-time code was not used */
	int64_t now_ms, utc_offset_min;
	struct launch_fold fold;
	struct differences broken; /* rules of the session */
	struct verify_result verified;
	struct map *is_unused;
	int64_t *gone_ms; /* when each unit was chosen first, after the opening, in order */
	size_t offered, gone;
};

/* --- reading */

static int read_key(struct figures *f, const char *command, const char *part, struct reply **out)
{
	char *suffix = mem_printf(":launch:%s:%s", f->launch.id, part), *key = ctl_key(f->project, suffix);
	int status = 0;

	*out = ctl_ask(f->c, &status, command, key, NULL);
	mem_free(suffix);
	mem_free(key);
	return status;
}

/* The newest session: a rehearsal has one, or none when making it was cut off. */
static int read_session(struct figures *f)
{
	int status = 0;
	struct reply *all = launches_read(f->c, &status);

	if (all && all->count > LAUNCHES_FIRST)
		f->launch.record = ctl_record(reply_text(all, LAUNCHES_FIRST));
	f->now_ms = all ? reply_get_int(all, 1, "now", 0) : 0;
	f->launch.id = launch_text(f->launch.record, "id");
	reply_free(all);
	return status;
}

static void on_event(void *ctx, const struct trail_entry *e) { launch_fold_event(ctx, e); }

static int follow(struct figures *f)
{
	struct reply *seed = NULL;
	int64_t last = 0;
	int status = read_key(f, "GET", "secret", &seed);

	if (status == 0)
		status = ctl_trail_end(f->c, f->project, &last);
	if (status == 0) {
		launch_fold_init(&f->fold, f->launch.id, seed->text ? seed->text : "", differences_add, &f->broken);
		status = ctl_trail_read(f->c, f->project, 1, last, on_event, &f->fold);
	}
	reply_free(seed);
	return status;
}

static int by_number(const void *a, const void *b)
{
	int64_t l = *(const int64_t *)a, r = *(const int64_t *)b;

	return (l > r) - (l < r);
}

static void time_units(struct figures *f)
{
	f->gone_ms = mem_calloc(f->fold.unit_count + 1, sizeof *f->gone_ms);
	for (size_t i = 0; i < f->fold.unit_count; i++) {
		const struct launch_unit *u = f->fold.all_units[i];

		f->offered += u->offered;
		if (u->first_ms)
			f->gone_ms[f->gone++] = u->first_ms - f->fold.opens_ms;
	}
	qsort(f->gone_ms, f->gone, sizeof *f->gone_ms, by_number);
}

static int read_all(struct figures *f)
{
	char *meta = ctl_key(f->project, ":meta");
	int status = 0;
	struct reply *of = ctl_ask(f->c, &status, "HGET", meta, "rehearsal", NULL);

	f->of = mem_strdup(of && of->text ? of->text : "");
	if (status == 0)
		f->utc_offset_min = launch_utc_offset(f->c, &status);
	reply_free(of);
	mem_free(meta);
	if (status == 0 && (status = read_session(f)) == 0 && (status = read_key(f, "HGETALL", "tally", &f->tally)) == 0 &&
	    (status = read_key(f, "HKEYS", "codes", &f->unused)) == 0 && (status = follow(f)) == 0)
		status = verify_project(f->c, f->project, &f->verified);
	if (status != 0)
		return status;
	for (size_t i = 0; i < f->unused->count; i++)
		map_set(f->is_unused, reply_text(f->unused, i), f);
	launch_fold_order(&f->fold);
	time_units(f);
	return 0;
}

/* --- figures */

static int64_t count_of(const struct figures *f, const char *name) { return reply_get_int(f->tally, 0, name, 0); }

/* So many ms at most for `percent` of the answers; 0 when there were none. */
static int64_t latency(const struct figures *f, int percent)
{
	int64_t all = 0, so_far = 0, ms = 1;
	char name[32];

	for (; ms <= LATENCY_MAX_MS; ms *= 2) {
		snprintf(name, sizeof name, "lat.%lld", (long long)ms);
		all += count_of(f, name);
	}
	for (ms = 1; all > 0 && ms <= LATENCY_MAX_MS; ms *= 2) {
		snprintf(name, sizeof name, "lat.%lld", (long long)ms);
		so_far += count_of(f, name);
		if (so_far * 100 >= all * percent)
			return ms;
	}
	return 0;
}

/* How long after the opening `percent` of the offered units had been chosen; -1 when they never were. */
static int64_t gone_after(const struct figures *f, size_t percent)
{
	size_t need = (f->offered * percent + 99) / 100;

	return need > 0 && need <= f->gone ? f->gone_ms[need - 1] : -1;
}

static const struct {
	const char *name;
	int percent;
} latencies[] = { { "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "max", 100 } };

static const struct {
	const char *name;
	size_t percent;
} shares[] = { { "half_ms", 50 }, { "nine_tenths_ms", 90 }, { "all_ms", 100 } };

enum { LATENCIES = sizeof latencies / sizeof latencies[0], SHARES = sizeof shares / sizeof shares[0] };

static size_t absent(const struct figures *f) { return f->fold.buyer_count - f->fold.entered; }

/* Closing a session by hand takes its codes away. */
static bool knows_codes(const struct figures *f) { return !f->fold.closed_ms; }

static size_t code_unused(const struct figures *f)
{
	size_t count = 0;

	for (size_t i = 0; i < f->fold.buyer_count; i++)
		count += !f->fold.order[i]->checked_in_ms && map_get(f->is_unused, f->fold.order[i]->id);
	return count;
}

static bool is_fine(const struct figures *f) { return f->broken.count == 0 && f->verified.found.count == 0; }

/* --- JSON */

static void emit_buyers(struct emit *j, const struct figures *f)
{
	emit_open(j, "buyers", '{');
	emit_int(j, "admitted", (int64_t)f->fold.buyer_count);
	emit_int(j, "checked_in", (int64_t)f->fold.entered);
	emit_int(j, "sign_ins", count_of(f, "signin.ok"));
	emit_int(j, "sign_ins_refused", count_of(f, "signin.refused"));
	emit_open(j, "absent", '[');
	for (size_t i = 0; i < f->fold.buyer_count; i++) {
		const struct launch_buyer *b = f->fold.order[i];

		if (b->checked_in_ms)
			continue;
		emit_open(j, NULL, '{');
		emit_text(j, "buyer", b->id);
		if (knows_codes(f))
			emit_bool(j, "code_unused", map_get(f->is_unused, b->id) != NULL);
		emit_close(j, '}');
	}
	emit_close(j, ']');
	emit_close(j, '}');
}

static void emit_presses(struct emit *j, const struct figures *f)
{
	static const char head[] = "refused.";

	emit_open(j, "presses", '{');
	emit_int(j, "all", count_of(f, "presses"));
	emit_int(j, "granted", count_of(f, "granted"));
	emit_int(j, "limited", count_of(f, "limited"));
	emit_open(j, "refused", '{');
	for (size_t i = 0; i + 1 < f->tally->count; i += 2)
		if (strncmp(reply_text(f->tally, i), head, sizeof head - 1) == 0)
			emit_int(j, reply_text(f->tally, i) + sizeof head - 1, count_of(f, reply_text(f->tally, i)));
	emit_close(j, '}');
	emit_open(j, "answered_within_ms", '{');
	for (size_t i = 0; i < LATENCIES; i++)
		emit_int(j, latencies[i].name, latency(f, latencies[i].percent));
	emit_close(j, '}');
	emit_close(j, '}');
}

static void emit_units(struct emit *j, const struct figures *f)
{
	static const struct {
		const char *name, *event;
	} deals[] = { { "completed", "complete" }, { "released", "release" }, { "expired", "expire" } };

	emit_open(j, "units", '{');
	emit_int(j, "offered", (int64_t)f->offered);
	emit_int(j, "chosen", (int64_t)f->gone);
	for (size_t i = 0; i < SHARES; i++) {
		if (gone_after(f, shares[i].percent) < 0)
			emit_raw(j, shares[i].name, "null");
		else
			emit_int(j, shares[i].name, gone_after(f, shares[i].percent));
	}
	emit_close(j, '}');
	emit_open(j, "choices", '{');
	emit_int(j, "all", (int64_t)f->fold.deal_count);
	for (size_t i = 0; i < sizeof deals / sizeof deals[0]; i++)
		emit_int(j, deals[i].name, (int64_t)launch_fold_count(&f->fold, deals[i].event));
	emit_close(j, '}');
}

static void put_json(struct emit *j, const struct figures *f)
{
	emit_open(j, NULL, '{');
	emit_text(j, "rehearsal", f->project);
	emit_text(j, "of", f->of);
	emit_int(j, "made_ms", f->now_ms);
	emit_bool(j, "ok", is_fine(f));
	emit_open(j, "launch", '{');
	emit_text(j, "id", f->launch.id);
	emit_text(j, "name", launch_text(f->launch.record, "name"));
	emit_text(j, "mode", launch_text(f->launch.record, "mode"));
	emit_text(j, "phase", launch_text(f->launch.record, "phase"));
	emit_int(j, "opens_at", launch_int(f->launch.record, "opens_at"));
	emit_int(j, "closes_at", launch_int(f->launch.record, "closes_at"));
	emit_close(j, '}');
	emit_buyers(j, f);
	emit_presses(j, f);
	emit_units(j, f);
	emit_open(j, "rules", '{');
	differences_emit(&f->broken, j);
	emit_close(j, '}');
	emit_open(j, "verify", '{');
	emit_int(j, "seq", f->verified.seq);
	differences_emit(&f->verified.found, j);
	emit_close(j, '}');
	emit_close(j, '}');
}

/* --- text, for the office */

static void put_line(struct buf *out, const char *what, int64_t n)
{
	buf_addf(out, "  %s%*s%8lld\n", what, (int)(28 - print_width(what)), "", (long long)n);
}

static void put_absent(struct buf *out, const struct figures *f)
{
	size_t named = 0;

	for (size_t i = 0; i < f->fold.buyer_count && named < NAMED_ABSENT; i++)
		if (!f->fold.order[i]->checked_in_ms)
			buf_addf(out, "%s%s", named++ ? " " : "  ", f->fold.order[i]->id);
	if (named)
		buf_addf(out, "%s\n", absent(f) > named ? " …" : "");
}

static void put_presses(struct buf *out, const struct figures *f)
{
	buf_adds(out, "\n按压 presses\n");
	put_line(out, "全部 all", count_of(f, "presses"));
	put_line(out, "成功 granted", count_of(f, "granted"));
	put_line(out, "限速 limited", count_of(f, "limited"));
	for (size_t i = 0; i + 1 < f->tally->count; i += 2)
		if (strncmp(reply_text(f->tally, i), "refused.", 8) == 0)
			put_line(out, reply_text(f->tally, i), count_of(f, reply_text(f->tally, i)));
	buf_adds(out, "\n响应(毫秒内) answered within ms\n");
	for (size_t i = 0; i < LATENCIES; i++)
		put_line(out, latencies[i].name, latency(f, latencies[i].percent));
}

static void put_units(struct buf *out, const struct figures *f)
{
	static const char *const names[SHARES] = { "半数选出 half after ms", "九成选出 90 % after ms",
		                                       "全部选出 all after ms" };

	buf_adds(out, "\n房源 units\n");
	put_line(out, "供选 offered", (int64_t)f->offered);
	put_line(out, "选出 chosen", (int64_t)f->gone);
	for (size_t i = 0; i < SHARES; i++)
		if (gone_after(f, shares[i].percent) >= 0)
			put_line(out, names[i], gone_after(f, shares[i].percent));
	put_line(out, "选定 choices", (int64_t)f->fold.deal_count);
	put_line(out, "资料齐备 completed", (int64_t)launch_fold_count(&f->fold, "complete"));
	put_line(out, "释放 released", (int64_t)launch_fold_count(&f->fold, "release"));
	put_line(out, "到期 expired", (int64_t)launch_fold_count(&f->fold, "expire"));
}

static void put_differences(struct buf *out, const char *what, const struct differences *d)
{
	buf_addf(out, "%s: %zu\n", what, d->count);
	for (size_t i = 0; i < d->count; i++)
		buf_addf(out, "  %s\n", d->texts[i]);
}

static void put_text(struct buf *out, const struct figures *f)
{
	char made[LAUNCH_TIME_BYTES], opens[LAUNCH_TIME_BYTES];

	launch_time_text(f->now_ms, f->utc_offset_min, made);
	launch_time_text(launch_int(f->launch.record, "opens_at"), f->utc_offset_min, opens);
	buf_addf(out, "公测报告 REHEARSAL REPORT  %s (%s)  %s\n", f->project, f->of, made);
	buf_addf(out, "场次 session %s %s, 开盘 opened %s\n\n", f->launch.id, launch_text(f->launch.record, "name"), opens);
	buf_adds(out, "客户 buyers\n");
	put_line(out, "准入 admitted", (int64_t)f->fold.buyer_count);
	put_line(out, "签到 checked in", (int64_t)f->fold.entered);
	put_line(out, "未签到 absent", (int64_t)absent(f));
	if (knows_codes(f))
		put_line(out, "未用登录码 code unused", (int64_t)code_unused(f));
	put_line(out, "登录 sign-ins", count_of(f, "signin.ok"));
	put_line(out, "登录被拒 refused", count_of(f, "signin.refused"));
	put_absent(out, f);
	put_presses(out, f);
	put_units(out, f);
	buf_adds(out, "\n");
	put_differences(out, "违反规则、一房两卖 rules broken, units doubled", &f->broken);
	put_differences(out, "数据与留痕不符 data and trail differ", &f->verified.found);
}

/* --- writing */

static int write_file(const char *path, const char *text)
{
	struct new_file f;
	int status = new_file_begin_once(&f, path);

	if (status != 0)
		return status;
	FILE *file = fopen(f.temporary, "we");
	bool fine = file && fputs(text, file) >= 0;
	if ((file && fclose(file) != 0) || !fine)
		status = ctl_fail(CTL_IO, "%s cannot be written", path);
	return new_file_end(&f, status);
}

static int show(const struct figures *f, const char *path)
{
	struct emit j = { 0 };
	struct buf text = { 0 };
	size_t bytes = strlen(path);
	bool as_json = bytes > 5 && strcmp(path + bytes - 5, ".json") == 0;

	put_json(&j, f);
	put_text(&text, f);
	buf_addc(&j.b, '\n');
	int status = write_file(path, as_json ? buf_str(&j.b) : buf_str(&text));
	if (status == 0)
		fputs(f->c->json ? buf_str(&j.b) : buf_str(&text), stdout);
	buf_fini(&j.b);
	buf_fini(&text);
	return status != 0 ? status : is_fine(f) ? CTL_OK : CTL_REFUSED;
}

int rehearsal_report(struct ctl *c, const char *shadow, const char *path)
{
	struct figures f = { .c = c, .project = shadow, .is_unused = map_new() };
	int status = read_all(&f);

	if (status == 0)
		status = show(&f, path);
	if (f.fold.buyers)
		launch_fold_fini(&f.fold);
	launch_fini(&f.launch);
	differences_fini(&f.broken);
	verify_result_fini(&f.verified);
	map_free(f.is_unused, NULL);
	reply_free(f.tally);
	reply_free(f.unused);
	mem_free(f.gone_ms);
	mem_free(f.of);
	return status;
}
