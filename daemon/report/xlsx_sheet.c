/* The listing-control sheet (销控表) as a workbook: 总览 with legend and sums, one page for each building laid out as the
 * building stands, and 明细 with one line for each unit, to be filtered. */
#include "report/xlsx.h"

#include "base/mem.h"

/* Four lines of text in a cell of the usual size. Excel ends at column 16384; a building that goes on (a list without
 * floors) is complete in 明细. */
enum { CELL_POINTS = 62, CELL_CHARACTERS_WIDE = 17, COLUMNS_MAX = 16000 };

static void put_sum(struct page *p, uint32_t row, uint16_t column, const struct sheet_sum *sum, bool total)
{
	const struct counts *c = &sum->counts;
	enum book_style number = total ? STYLE_SUM_NUMBER : STYLE_NUMBER, money = total ? STYLE_SUM_MONEY : STYLE_MONEY;

	page_number(p, row, column++, c->units, number);
	for (int s = 0; s < UNIT_STATUS_COUNT; s++)
		page_number(p, row, column++, c->by_status[s], number);
	page_share(p, row, column++, counts_sell_through_bp(c), total ? STYLE_SUM_SHARE : STYLE_SHARE);
	page_fen(p, row, column++, sum->list_fen, money);
	page_fen(p, row, column, sum->deal_fen, money);
}

#define SUM_HEADS "总套数|销控|可售|锁定|认购|签约|已回款|去化率|备案总价(元)|成交总价(元)"

static uint32_t put_types(struct page *p, uint32_t row, const struct sheet *s)
{
	page_heads(p, row++, "户型||" SUM_HEADS);
	for (size_t i = 0; i < s->type_count; i++, row++) {
		page_text(p, row, 0, s->types[i].name, STYLE_TEXT);
		page_text(p, row, 1, "", STYLE_TEXT);
		put_sum(p, row, 2, &s->types[i].sum, false);
	}
	return row + 1;
}

static uint32_t put_buildings(struct page *p, uint32_t row, const struct sheet *s)
{
	page_heads(p, row++, "楼栋||" SUM_HEADS);
	for (size_t i = 0; i < s->building_count; i++, row++) {
		page_text(p, row, 0, s->buildings[i].name, STYLE_TEXT);
		page_text(p, row, 1, "", STYLE_TEXT);
		put_sum(p, row, 2, &s->buildings[i].sum, false);
	}
	page_text(p, row, 0, "合计", STYLE_SUM);
	page_text(p, row, 1, "", STYLE_SUM);
	put_sum(p, row, 2, &s->total, true);
	return row + 2;
}

static uint32_t put_floors(struct page *p, uint32_t row, const struct sheet *s)
{
	page_heads(p, row++, "楼栋|楼层|" SUM_HEADS);
	for (size_t i = 0; i < s->building_count; i++)
		for (size_t f = 0; f < s->buildings[i].floor_count; f++, row++) {
			page_text(p, row, 0, s->buildings[i].name, STYLE_TEXT);
			page_text(p, row, 1, s->buildings[i].floors[f].label, STYLE_TEXT);
			put_sum(p, row, 2, &s->buildings[i].floors[f].sum, false);
		}
	return row + 1;
}

static void put_legend(struct page *p, uint32_t row)
{
	page_text(p, row, 0, "图例", STYLE_HEAD);
	for (int s = 0; s < UNIT_STATUS_COUNT; s++)
		page_text(p, row, (uint16_t)(s + 1), state_chinese((enum unit_status)s), STYLE_STATE + (enum book_style)s);
	page_text(p, row + 1, 0, "去化率 =(认购 + 签约 + 已回款)÷(总套数 − 销控)", STYLE_NOTE);
}

static void put_summary(struct book *b, const struct report *r, const struct sheet *s)
{
	struct page *p = book_page(b, "总览");
	uint32_t row = xlsx_begin(p, r, "销控表");

	page_width(p, 0, 1, 14);
	page_width(p, 2, 9, 9);
	page_width(p, 10, 11, 20);
	page_landscape(p);
	put_legend(p, row);
	row = put_buildings(p, row + 3, s);
	row = put_types(p, row, s);
	put_floors(p, row, s);
}

/* --- a building */

static void put_unit(struct page *p, uint32_t row, uint16_t column, const struct ledger_unit *u)
{
	struct buf text = { 0 };
	int64_t fen = unit_price_fen(u);

	buf_addf(&text, "%s\n", u->id);
	if (*u->home.gross_area)
		buf_addf(&text, "%s㎡\n", u->home.gross_area);
	buf_addf(&text, "%lld.%02lld元\n%s", (long long)(fen / 100), (long long)(fen % 100), state_chinese(u->state));
	page_text(p, row, column, buf_str(&text), STYLE_STATE + (enum book_style)u->state);
	buf_fini(&text);
}

static size_t columns_shown(const struct sheet_building *b)
{
	return b->column_count < COLUMNS_MAX ? b->column_count : COLUMNS_MAX;
}

static void put_columns(struct page *p, uint32_t row, const struct sheet_building *b)
{
	size_t shown = columns_shown(b);

	page_text(p, row, 0, "楼层", STYLE_HEAD);
	for (size_t c = 0; c < shown; c++) {
		const struct sheet_column *column = &b->columns[c];
		char *head = mem_printf("%s%s%s", column->entrance, *column->entrance ? "\n" : "", column->room);

		page_text(p, row, (uint16_t)(c + 1), head, STYLE_HEAD);
		mem_free(head);
	}
	page_text(p, row, (uint16_t)(shown + 1), "余量", STYLE_HEAD);
	page_text(p, row, (uint16_t)(shown + 2), "去化率", STYLE_HEAD);
}

static void put_building(struct book *book, const struct report *r, const struct sheet_building *b)
{
	struct page *p = book_page(book, *b->name ? b->name : "未分楼栋");
	uint32_t row = xlsx_begin(p, r, b->name);
	size_t shown = columns_shown(b);
	uint16_t behind = (uint16_t)(shown + 1);

	page_width(p, 0, 0, 8);
	page_width(p, 1, (uint16_t)(behind - 1), CELL_CHARACTERS_WIDE);
	page_width(p, behind, (uint16_t)(behind + 1), 9);
	page_landscape(p);
	page_height(p, row, 32);
	put_columns(p, row++, b);
	page_freeze(p, row, 1);
	for (size_t f = 0; f < b->floor_count; f++, row++) {
		const struct sheet_floor *floor = &b->floors[f];

		page_height(p, row, CELL_POINTS);
		page_text(p, row, 0, floor->label, STYLE_HEAD);
		for (size_t c = 0; c < floor->cell_count && floor->cells[c].column < shown; c++)
			put_unit(p, row, (uint16_t)(floor->cells[c].column + 1), floor->cells[c].unit);
		page_number(p, row, behind, floor->sum.counts.by_status[UNIT_AVAILABLE], STYLE_NUMBER);
		page_share(p, row, (uint16_t)(behind + 1), counts_sell_through_bp(&floor->sum.counts), STYLE_SHARE);
	}
}

/* --- the list */

static void put_line(struct page *p, uint32_t row, const struct ledger_unit *u)
{
	const struct home *h = &u->home;
	const char *texts[] = {
		u->id, h->building, h->entrance, h->floor, h->room, h->type, h->gross_area, h->inside_area
	};
	uint16_t column = 0;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		page_text(p, row, column++, texts[i], STYLE_TEXT);
	page_fen(p, row, column++, h->list_price_fen, STYLE_MONEY);
	page_text(p, row, column++, state_chinese(u->state), STYLE_STATE + (enum book_style)u->state);
	if (!u->deal) {
		for (int i = 0; i < 4; i++)
			page_text(p, row, column++, "", STYLE_TEXT);
		return;
	}
	page_text(p, row, column++, u->deal->id, STYLE_TEXT);
	page_text(p, row, column++, u->deal->consultant, STYLE_TEXT);
	page_fen(p, row, column++, u->deal->price_fen, STYLE_MONEY);
	page_fen(p, row, column, u->deal->paid_fen, STYLE_MONEY);
}

static void put_list(struct book *book, const struct report *r, const struct sheet *s)
{
	struct page *p = book_page(book, "明细");
	uint32_t row = xlsx_begin(p, r, "房源明细"), head = row;

	page_heads(p, row++,
	           "房源编号|楼栋|单元|楼层|房号|户型|建筑面积(㎡)|套内面积(㎡)|备案价(元)|状态|交易编号|置业顾问|成交价("
	           "元)|已收款(元)");
	page_width(p, 0, 7, 12);
	page_width(p, 8, 8, 16);
	page_width(p, 9, 11, 12);
	page_width(p, 12, 13, 16);
	page_landscape(p);
	page_freeze(p, row, 1);
	for (size_t i = 0; i < s->building_count; i++)
		for (size_t f = 0; f < s->buildings[i].floor_count; f++)
			for (size_t c = 0; c < s->buildings[i].floors[f].cell_count; c++)
				put_line(p, row++, s->buildings[i].floors[f].cells[c].unit);
	page_filter(p, head, 14, row - 1);
}

void xlsx_sheet(struct book *b, const struct report *r, const struct ledger *l)
{
	struct sheet *s = sheet_new(l);

	put_summary(b, r, s);
	for (size_t i = 0; i < s->building_count; i++)
		put_building(b, r, &s->buildings[i]);
	put_list(b, r, s);
	sheet_free(s);
}
