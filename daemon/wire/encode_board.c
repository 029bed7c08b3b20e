#include "wire/encode.h"
#include "wire/json.h"

static void put_start(struct buf *out, const struct board *b, const char *ev)
{
	buf_addf(out, "{\"ev\":\"%s\",\"project\":", ev);
	json_puts(out, board_project(b));
	buf_addf(out, ",\"epoch\":\"%s\",", board_epoch(b));
}

/* The members of a snapshot, without the closing brace. */
static void put_board(struct buf *out, const struct board *b, enum board_view view, int64_t at_ms)
{
	bool first = true;
	put_start(out, b, "board");
	buf_addf(out, "\"seq\":%lld,\"at\":%lld,\"catalog_version\":%lld,\"st\":\"", (long long)board_seq(b),
	         (long long)at_ms, (long long)board_catalog_version(b));
	for (uint32_t i = 0; i < board_count(b); i++)
		buf_addc(out, board_letter(b, i, view));
	buf_adds(out, "\",\"deadlines\":[");
	for (uint32_t i = 0; i < board_count(b); i++) {
		int64_t deadline_ms = board_deadline_ms(b, i, view);
		if (!deadline_ms)
			continue;
		buf_addf(out, "%s[%u,%lld]", first ? "" : ",", i, (long long)deadline_ms);
		first = false;
	}
	buf_addc(out, ']');
}

void encode_board(struct buf *out, const struct board *b, enum board_view view, int64_t at_ms)
{
	put_board(out, b, view, at_ms);
	buf_addc(out, '}');
}

void encode_units(struct buf *out, const struct board *b, enum board_view view, int64_t from, const uint32_t *index,
                  size_t count, int64_t at_ms)
{
	put_start(out, b, "units");
	buf_addf(out, "\"from\":%lld,\"seq\":%lld,\"at\":%lld,\"u\":[", (long long)from, (long long)board_seq(b),
	         (long long)at_ms);
	for (size_t k = 0; k < count; k++) {
		int64_t deadline_ms = board_deadline_ms(b, index[k], view);
		buf_addf(out, "%s[%u,\"%c\"", k ? "," : "", index[k], board_letter(b, index[k], view));
		if (deadline_ms)
			buf_addf(out, ",%lld", (long long)deadline_ms);
		buf_addc(out, ']');
	}
	buf_adds(out, "]}");
}

void encode_beat(struct buf *out, const char *project, int64_t seq, int64_t at_ms)
{
	buf_adds(out, "{\"ev\":\"beat\",\"project\":");
	json_puts(out, project);
	buf_addf(out, ",\"seq\":%lld,\"at\":%lld}", (long long)seq, (long long)at_ms);
}

static int64_t taken(const struct counts *c)
{
	return c->by_status[UNIT_LOCKED] + c->by_status[UNIT_SUBSCRIBED] + c->by_status[UNIT_CONTRACTED] +
	       c->by_status[UNIT_SETTLED];
}

/* The counts as the view may know them: sell-through too would tell held and sold apart on a merged board. */
static void put_counts(struct buf *out, const struct counts *c, enum board_view view)
{
	buf_addf(out, "\"units\":%lld,\"%s\":%lld", (long long)c->units, view == VIEW_INTERNAL ? "withheld" : "not_open",
	         (long long)c->by_status[UNIT_WITHHELD]);
	buf_addf(out, ",\"available\":%lld", (long long)c->by_status[UNIT_AVAILABLE]);
	if (view == VIEW_MERGED) {
		buf_addf(out, ",\"taken\":%lld", (long long)taken(c));
		return;
	}
	for (int s = UNIT_LOCKED; s <= UNIT_SETTLED; s++)
		buf_addf(out, ",\"%s\":%lld", unit_status_name((enum unit_status)s), (long long)c->by_status[s]);
	int64_t bp = counts_sell_through_bp(c);
	buf_addf(out, ",\"sell_through\":%lld.%04lld", (long long)(bp / 10000), (long long)(bp % 10000));
}

static void put_label(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	json_put_name(out, name);
	json_puts(out, value);
	buf_addc(out, ',');
}

static void put_figures(struct buf *out, const char *name, const struct figures *f, enum board_view view)
{
	buf_addc(out, ',');
	json_put_name(out, name);
	for (size_t i = 0; i < f->count; i++) {
		buf_adds(out, i ? ",{" : "[{");
		put_label(out, "building", f->rows[i].building);
		put_label(out, "entrance", f->rows[i].entrance);
		put_label(out, "floor", f->rows[i].floor);
		put_label(out, "type", f->rows[i].type);
		put_counts(out, &f->rows[i].counts, view);
		buf_addc(out, '}');
	}
	buf_adds(out, f->count ? "]" : "[]");
}

void encode_board_figures(struct buf *out, const struct board *b, enum board_view view, int64_t at_ms,
                          const struct aggregate *figures)
{
	put_board(out, b, view, at_ms);
	buf_adds(out, ",\"totals\":{");
	put_counts(out, &figures->totals, view);
	buf_addc(out, '}');
	put_figures(out, "by_type", &figures->by_type, view);
	put_figures(out, "by_floor", &figures->by_floor, view);
	put_figures(out, "by_building", &figures->by_building, view);
	buf_addc(out, '}');
}
