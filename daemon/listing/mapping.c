/* Header names to fields (mapping.h). */
#include "listing/mapping.h"

#include "base/mem.h"
#include "listing/decimal.h"
#include "listing/normalise.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { HEADER_ROWS = 20, NAME_BYTES = 128 };

/* Names as normalise_name leaves them: lower case, no spaces. Within one field the better come first. */
static const struct synonym {
	enum field field;
	const char *name;
} synonyms[] = {
	{ FIELD_BUILDING, "楼栋" },
	{ FIELD_BUILDING, "楼栋名称" },
	{ FIELD_BUILDING, "楼栋号" },
	{ FIELD_BUILDING, "栋号" },
	{ FIELD_BUILDING, "幢号" },
	{ FIELD_BUILDING, "楼号" },
	{ FIELD_BUILDING, "栋" },
	{ FIELD_BUILDING, "幢" },
	{ FIELD_BUILDING, "楼幢" },
	{ FIELD_BUILDING, "楼座" },
	{ FIELD_BUILDING, "座号" },
	{ FIELD_BUILDING, "座栋" },
	{ FIELD_BUILDING, "栋座" },
	{ FIELD_BUILDING, "楼宇" },
	{ FIELD_BUILDING, "building" },
	{ FIELD_BUILDING, "buildingno" },
	{ FIELD_BUILDING, "buildingname" },
	{ FIELD_BUILDING, "bldg" },
	{ FIELD_BUILDING, "block" },
	{ FIELD_BUILDING, "tower" },

	{ FIELD_ENTRANCE, "单元" },
	{ FIELD_ENTRANCE, "单元号" },
	{ FIELD_ENTRANCE, "单元名称" },
	{ FIELD_ENTRANCE, "所属单元" },
	{ FIELD_ENTRANCE, "门牌单元" },
	{ FIELD_ENTRANCE, "entrance" },
	{ FIELD_ENTRANCE, "entranceno" },
	{ FIELD_ENTRANCE, "unitno" },
	{ FIELD_ENTRANCE, "stair" },

	{ FIELD_FLOOR, "楼层" },
	{ FIELD_FLOOR, "楼层号" },
	{ FIELD_FLOOR, "所在楼层" },
	{ FIELD_FLOOR, "所在层" },
	{ FIELD_FLOOR, "层" },
	{ FIELD_FLOOR, "层号" },
	{ FIELD_FLOOR, "层数" },
	{ FIELD_FLOOR, "层次" },
	{ FIELD_FLOOR, "floor" },
	{ FIELD_FLOOR, "floorno" },
	{ FIELD_FLOOR, "storey" },
	{ FIELD_FLOOR, "level" },

	{ FIELD_ROOM, "房号" },
	{ FIELD_ROOM, "房间号" },
	{ FIELD_ROOM, "室号" },
	{ FIELD_ROOM, "户号" },
	{ FIELD_ROOM, "房间" },
	{ FIELD_ROOM, "门牌号" },
	{ FIELD_ROOM, "房屋号" },
	{ FIELD_ROOM, "房源编号" },
	{ FIELD_ROOM, "房源" },
	{ FIELD_ROOM, "room" },
	{ FIELD_ROOM, "roomno" },
	{ FIELD_ROOM, "roomnumber" },
	{ FIELD_ROOM, "house" },
	{ FIELD_ROOM, "apartment" },
	{ FIELD_ROOM, "door" },

	{ FIELD_TYPE, "户型" },
	{ FIELD_TYPE, "房型" },
	{ FIELD_TYPE, "户型名称" },
	{ FIELD_TYPE, "户型结构" },
	{ FIELD_TYPE, "房屋户型" },
	{ FIELD_TYPE, "type" },
	{ FIELD_TYPE, "unittype" },
	{ FIELD_TYPE, "layout" },
	{ FIELD_TYPE, "roomtype" },

	{ FIELD_GROSS, "建筑面积" },
	{ FIELD_GROSS, "实测建筑面积" },
	{ FIELD_GROSS, "预测建筑面积" },
	{ FIELD_GROSS, "预售建筑面积" },
	{ FIELD_GROSS, "建面" },
	{ FIELD_GROSS, "建筑面积合计" },
	{ FIELD_GROSS, "面积" },
	{ FIELD_GROSS, "grossarea" },
	{ FIELD_GROSS, "gross" },
	{ FIELD_GROSS, "buildingarea" },
	{ FIELD_GROSS, "floorarea" },
	{ FIELD_GROSS, "area" },

	{ FIELD_INSIDE, "套内面积" },
	{ FIELD_INSIDE, "套内建筑面积" },
	{ FIELD_INSIDE, "户内面积" },
	{ FIELD_INSIDE, "实测套内面积" },
	{ FIELD_INSIDE, "预测套内面积" },
	{ FIELD_INSIDE, "套内" },
	{ FIELD_INSIDE, "实用面积" },
	{ FIELD_INSIDE, "使用面积" },
	{ FIELD_INSIDE, "insidearea" },
	{ FIELD_INSIDE, "innerarea" },
	{ FIELD_INSIDE, "netarea" },
	{ FIELD_INSIDE, "usablearea" },

	{ FIELD_TOTAL, "备案总价" },
	{ FIELD_TOTAL, "备案价总价" },
	{ FIELD_TOTAL, "备案房价" },
	{ FIELD_TOTAL, "表价" },
	{ FIELD_TOTAL, "表价总价" },
	{ FIELD_TOTAL, "表总价" },
	{ FIELD_TOTAL, "预售总价" },
	{ FIELD_TOTAL, "总价" },
	{ FIELD_TOTAL, "总价款" },
	{ FIELD_TOTAL, "房屋总价" },
	{ FIELD_TOTAL, "销售总价" },
	{ FIELD_TOTAL, "标准总价" },
	{ FIELD_TOTAL, "总价分布" },
	{ FIELD_TOTAL, "备案价" },
	{ FIELD_TOTAL, "listprice" },
	{ FIELD_TOTAL, "totalprice" },
	{ FIELD_TOTAL, "total" },
	{ FIELD_TOTAL, "listpricetotal" },
	{ FIELD_TOTAL, "price" },

	{ FIELD_UNIT_PRICE, "备案单价" },
	{ FIELD_UNIT_PRICE, "预售单价" },
	{ FIELD_UNIT_PRICE, "建面单价" },
	{ FIELD_UNIT_PRICE, "建筑面积单价" },
	{ FIELD_UNIT_PRICE, "表价单价" },
	{ FIELD_UNIT_PRICE, "表单价" },
	{ FIELD_UNIT_PRICE, "单价" },
	{ FIELD_UNIT_PRICE, "销售单价" },
	{ FIELD_UNIT_PRICE, "标准单价" },
	{ FIELD_UNIT_PRICE, "均价" },
	{ FIELD_UNIT_PRICE, "单价分布" },
	{ FIELD_UNIT_PRICE, "unitprice" },
	{ FIELD_UNIT_PRICE, "pricepersqm" },
	{ FIELD_UNIT_PRICE, "pricepersquaremetre" },
	{ FIELD_UNIT_PRICE, "pricem2" },

	{ FIELD_FLOOR_PRICE, "底价" },
	{ FIELD_FLOOR_PRICE, "底总价" },
	{ FIELD_FLOOR_PRICE, "底价总价" },
	{ FIELD_FLOOR_PRICE, "底单价" },
	{ FIELD_FLOOR_PRICE, "底价单价" },
	{ FIELD_FLOOR_PRICE, "销售底价" },
	{ FIELD_FLOOR_PRICE, "floorprice" },
	{ FIELD_FLOOR_PRICE, "minimumprice" },

	{ FIELD_STATUS, "状态" },
	{ FIELD_STATUS, "销售状态" },
	{ FIELD_STATUS, "房源状态" },
	{ FIELD_STATUS, "房间状态" },
	{ FIELD_STATUS, "销控状态" },
	{ FIELD_STATUS, "销控" },
	{ FIELD_STATUS, "可售状态" },
	{ FIELD_STATUS, "status" },
	{ FIELD_STATUS, "state" },
	{ FIELD_STATUS, "salestatus" },
};

const char *field_name(enum field field)
{
	static const char *const names[] = {
#define X(name, text) text,
		LISTING_FIELDS(X)
#undef X
	};

	return field >= 0 && field < FIELD_COUNT ? names[field] : "nothing";
}

enum field mapping_field(const char *header, unsigned *rank, unsigned *times)
{
	char name[NAME_BYTES], unit[NAME_BYTES];
	unsigned seen = 0;

	normalise_name(header, name, sizeof name, unit, sizeof unit);
	*times = strstr(unit, "万") != NULL ? 10000 : 1;
	*rank = 0;
	for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
		seen = i > 0 && synonyms[i].field == synonyms[i - 1].field ? seen + 1 : 0;
		if (strcmp(name, synonyms[i].name) == 0) {
			*rank = seen;
			return synonyms[i].field;
		}
	}
	return FIELD_NONE;
}

static void claim(struct mapping *m, unsigned ranks[FIELD_COUNT], enum field field, unsigned rank, unsigned times,
                  int column)
{
	int had = m->column[field];

	if (had >= 0 && rank == ranks[field]) {
		m->ambiguous[field] = column;
		return;
	}
	if (had >= 0 && rank > ranks[field]) {
		m->passed_over[field] = column;
		return;
	}
	m->passed_over[field] = had;
	m->ambiguous[field] = -1;
	m->column[field] = column;
	m->times[field] = times;
	ranks[field] = rank;
}

static unsigned map_header(const struct table_row *row, struct mapping *m)
{
	unsigned ranks[FIELD_COUNT] = { 0 }, found = 0;

	for (int f = 0; f < FIELD_COUNT; f++) {
		m->column[f] = m->passed_over[f] = m->ambiguous[f] = -1;
		m->times[f] = 1;
	}
	for (size_t c = 0; c < row->count; c++) {
		unsigned rank, times;
		enum field field = mapping_field(row->cells[c], &rank, &times);

		if (field != FIELD_NONE) {
			found++;
			claim(m, ranks, field, rank, times, (int)c);
		}
	}
	return found;
}

/* "1", "02", "3号", "A", "01室": one or two letters or digits, whatever is said behind them. */
static bool is_room_header(const char *cell)
{
	char *text = normalise_text(cell);
	size_t run = 0;

	normalise_whole(text);
	while (isalnum((unsigned char)text[run]))
		run++;
	bool word = text[run] == '\0' || strcmp(text + run, "号") == 0 || strcmp(text + run, "室") == 0 ||
	            strcmp(text + run, "房") == 0 || strcmp(text + run, "号房") == 0;
	mem_free(text);
	return run >= 1 && run <= 2 && word;
}

bool mapping_is_room_column(const struct table *table, const struct mapping *m, size_t column)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (m->column[f] == (int)column)
			return false;
	return is_room_header(table_cell(&table->rows[m->header], column));
}

static size_t room_columns(const struct table *table, const struct mapping *m)
{
	size_t found = 0;

	for (size_t c = 0; c < table->rows[m->header].count; c++)
		found += mapping_is_room_column(table, m, c);
	return found;
}

/* The measure a text names: a sheet's, or that of a title row above the header. */
static bool measure_named(const char *text, struct mapping *m)
{
	static const struct {
		const char *word;
		enum field field;
	} words[] = {
		{ "单价", FIELD_UNIT_PRICE }, { "均价", FIELD_UNIT_PRICE }, { "unit price", FIELD_UNIT_PRICE },
		{ "总价", FIELD_TOTAL },      { "表价", FIELD_TOTAL },      { "total", FIELD_TOTAL },
		{ "套内", FIELD_INSIDE },     { "户内", FIELD_INSIDE },     { "inside area", FIELD_INSIDE },
		{ "面积", FIELD_GROSS },      { "area", FIELD_GROSS },
	};
	char *clean = normalise_text(text);
	bool named = false;

	for (size_t i = 0; i < sizeof words / sizeof words[0] && !named; i++)
		if (strcasestr(clean, words[i].word) != NULL) {
			m->measure = words[i].field;
			m->measure_times = strstr(clean, "万") != NULL ? 10000 : 1;
			named = true;
		}
	mem_free(clean);
	return named;
}

/* Half of the numbers are at least this large: fine for telling millions from ten thousands from hundreds. */
static int64_t middle_value(const struct table *table, const struct mapping *m)
{
	static const int64_t steps[] = { 200000, 1000 }; /* yuan a home costs at least; yuan per m² at least */
	size_t above[2] = { 0, 0 }, all = 0;

	for (size_t r = m->header + 1; r < table->row_count; r++)
		for (size_t c = 0; c < table->rows[r].count; c++) {
			struct decimal value;
			char *text;

			if (!mapping_is_room_column(table, m, c))
				continue;
			text = normalise_text(table->rows[r].cells[c]);
			if (decimal_parse(text, QUANTITY_MONEY, 1, &value) == NULL) {
				all++;
				above[0] += value.micro >= steps[0] * DECIMAL_ONE;
				above[1] += value.micro >= steps[1] * DECIMAL_ONE;
			}
			mem_free(text);
		}
	return above[0] * 2 > all ? steps[0] : above[1] * 2 > all ? steps[1] : 0;
}

static void find_measure(const struct table *table, struct mapping *m)
{
	m->measure_times = 1;
	m->measure_why = "by the sheet's name";
	if (measure_named(table->name, m))
		return;
	m->measure_why = "by the title above the header";
	for (size_t r = 0; r < m->header; r++)
		for (size_t c = 0; c < table->rows[r].count; c++)
			if (measure_named(table->rows[r].cells[c], m))
				return;
	m->measure_why = "by the size of its numbers";
	int64_t middle = middle_value(table, m);
	m->measure = middle >= 200000 ? FIELD_TOTAL : middle >= 1000 ? FIELD_UNIT_PRICE : FIELD_GROSS;
}

static enum layout layout_of(const struct table *table, const struct mapping *m)
{
	if (m->column[FIELD_ROOM] >= 0)
		return LAYOUT_LIST;
	return m->column[FIELD_FLOOR] >= 0 && room_columns(table, m) > 0 ? LAYOUT_MATRIX : LAYOUT_NONE;
}

void mapping_find(const struct table *table, struct mapping *out)
{
	unsigned best = 0;

	*out = (struct mapping){ .layout = LAYOUT_NONE, .measure = FIELD_NONE };
	for (size_t r = 0; r < table->row_count && r < HEADER_ROWS; r++) {
		struct mapping m = { .header = r, .measure = FIELD_NONE, .measure_times = 1, .measure_why = "" };
		unsigned found = map_header(&table->rows[r], &m);

		m.layout = layout_of(table, &m);
		if (m.layout != LAYOUT_NONE && found > best) {
			best = found;
			*out = m;
		}
	}
	if (out->layout == LAYOUT_MATRIX)
		find_measure(table, out);
}
