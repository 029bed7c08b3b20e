#include "wire/trend.h"

#include "base/mem.h"
#include "wire/emit.h"
#include "wire/json.h"

static void put_day(struct emit *j, const struct trend_day *d)
{
	char date[OFFICE_DATE_BYTES];
	office_day_text(d->day, date);
	emit_open(j, NULL, '{');
	emit_text(j, "date", date);
	for (int f = 0; f < TREND_FIGURE_COUNT; f++)
		emit_int(j, trend_figure_name((enum trend_figure)f), d->figures[f]);
	emit_close(j, '}');
}

void encode_trend(struct buf *out, const char *project, const struct trend *t, size_t days)
{
	struct emit j = { 0 };
	emit_open(&j, NULL, '{');
	emit_text(&j, "project", project);
	emit_int(&j, "seq", t->seq);
	emit_open(&j, "days", '[');
	for (size_t i = t->count > days ? t->count - days : 0; i < t->count; i++)
		put_day(&j, &t->days[i]);
	emit_close(&j, ']');
	emit_close(&j, '}');
	buf_add(out, j.b.data, j.b.len_bytes);
	buf_fini(&j.b);
}

static bool read_day(const struct json *j, struct trend_day *out)
{
	const char *date = json_text_of(j, "date");
	bool fine = date && office_day_parse(date, &out->day);
	for (int f = 0; fine && f < TREND_FIGURE_COUNT; f++)
		fine = json_whole(json_member(j, trend_figure_name((enum trend_figure)f)), &out->figures[f]);
	return fine;
}

int trend_decode(const char *text, size_t bytes, struct trend *out)
{
	char why[WHY_BYTES];
	struct json *j;
	*out = (struct trend){ 0 };
	int err = json_parse(text, bytes, &j, why);
	if (err)
		return err;
	const struct json *days = json_member(j, "days");
	if (!json_whole(json_member(j, "seq"), &out->seq) || !json_is_array(days) || json_count(days) > TREND_DAYS_MAX)
		err = LD_E_BAD_REQUEST;
	out->days = mem_calloc(TREND_DAYS_MAX, sizeof *out->days);
	for (; !err && out->count < json_count(days); out->count++)
		if (!read_day(json_item(days, out->count), &out->days[out->count]))
			err = LD_E_BAD_REQUEST;
	if (err)
		trend_fini(out);
	json_free(j);
	return err;
}
