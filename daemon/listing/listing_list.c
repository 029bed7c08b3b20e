/* A sheet with one row per unit (listing.h). */
#include "listing/listing.h"

#include "base/mem.h"
#include "listing/normalise.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Words of a status column. What is sold elsewhere must not go on sale here, so anything taken comes in withheld. */
enum said { SAID_AVAILABLE, SAID_WITHHELD, SAID_TAKEN };
static const struct {
	const char *word;
	enum said said;
} status_words[] = {
	{ "可售", SAID_AVAILABLE },    { "待售", SAID_AVAILABLE },      { "未售", SAID_AVAILABLE },
	{ "在售", SAID_AVAILABLE },    { "期房待售", SAID_AVAILABLE },  { "现房待售", SAID_AVAILABLE },
	{ "可销售", SAID_AVAILABLE },  { "available", SAID_AVAILABLE }, { "for sale", SAID_AVAILABLE },
	{ "销控", SAID_WITHHELD },     { "保留", SAID_WITHHELD },       { "预留", SAID_WITHHELD },
	{ "未开放", SAID_WITHHELD },   { "未推", SAID_WITHHELD },       { "不可售", SAID_WITHHELD },
	{ "自留", SAID_WITHHELD },     { "withheld", SAID_WITHHELD },   { "reserved", SAID_WITHHELD },
	{ "not open", SAID_WITHHELD }, { "锁定", SAID_TAKEN },          { "认购", SAID_TAKEN },
	{ "已认购", SAID_TAKEN },      { "认筹", SAID_TAKEN },          { "签约", SAID_TAKEN },
	{ "已签约", SAID_TAKEN },      { "已售", SAID_TAKEN },          { "已备案", SAID_TAKEN },
	{ "已回款", SAID_TAKEN },      { "locked", SAID_TAKEN },        { "subscribed", SAID_TAKEN },
	{ "contracted", SAID_TAKEN },  { "settled", SAID_TAKEN },       { "sold", SAID_TAKEN },
};

static const char *cell_of(const struct table_row *row, const struct mapping *m, enum field field)
{
	return m->column[field] >= 0 ? table_cell(row, (size_t)m->column[field]) : "";
}

static struct listing_place place(size_t sheet, const struct table_row *row, const struct mapping *m, enum field field)
{
	return (struct listing_place){ sheet, row->number, m->column[field] };
}

static void read_number(struct listing *l, struct listing_unit *u, const struct table_row *row, size_t sheet,
                        enum field field)
{
	const struct mapping *m = &l->mappings[sheet];
	bool area = field == FIELD_GROSS || field == FIELD_INSIDE;
	char *text = normalise_text(cell_of(row, m, field));

	if (!normalise_is_blank(text)) {
		const char *why = decimal_parse(text, area ? QUANTITY_AREA : QUANTITY_MONEY, m->times[field], &u->value[field]);

		if (why != NULL)
			listing_error(l, place(sheet, row, m, field), "%s: \"%.60s\" %s", field_name(field), text, why);
		else
			u->has[field] = u->value[field].micro > 0;
		if (why == NULL && !u->has[field])
			listing_error(l, place(sheet, row, m, field), "%s is 0", field_name(field));
		u->refused |= !u->has[field];
	}
	mem_free(text);
}

static void read_type(struct listing *l, struct listing_unit *u, const struct table_row *row, size_t sheet)
{
	const struct mapping *m = &l->mappings[sheet];
	char *text = normalise_text(cell_of(row, m, FIELD_TYPE));

	if (strlen(text) >= sizeof u->type)
		listing_error(l, place(sheet, row, m, FIELD_TYPE), "the unit type has more than %zu bytes", sizeof u->type - 1);
	else if (!normalise_is_blank(text))
		memcpy(u->type, text, strlen(text) + 1);
	mem_free(text);
}

static void read_status(struct listing *l, struct listing_unit *u, const struct table_row *row, size_t sheet)
{
	const struct mapping *m = &l->mappings[sheet];
	char *text = normalise_text(cell_of(row, m, FIELD_STATUS));
	int said = normalise_is_blank(text) ? SAID_AVAILABLE : -1;

	for (size_t i = 0; i < sizeof status_words / sizeof status_words[0] && said < 0; i++)
		if (strcasecmp(text, status_words[i].word) == 0)
			said = (int)status_words[i].said;
	if (said < 0)
		listing_error(l, place(sheet, row, m, FIELD_STATUS),
		              "\"%.60s\" is no status that is known (可售, 销控, 已售 …)", text);
	if (said == SAID_TAKEN)
		listing_warn(l, place(sheet, row, m, FIELD_STATUS),
		             "\"%.60s\": the unit is taken elsewhere; when it is new here, it comes in "
		             "withheld",
		             text);
	u->withheld = said > SAID_AVAILABLE;
	mem_free(text);
}

static bool says_sum(const char *cell)
{
	static const char *const sums[] = { "合计", "小计", "总计", "共计", "total", "sum" };
	char *text = normalise_text(cell);
	bool sum = false;

	for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
		size_t bytes = strlen(sums[i]);

		/* "Total 5 units" is a sum, a building called Summit is none. */
		sum |= strncasecmp(text, sums[i], bytes) == 0 &&
		       !(isalpha((unsigned char)sums[i][0]) && isalpha((unsigned char)text[bytes]));
	}
	mem_free(text);
	return sum;
}

/* A header repeated for printing, or a line of sums, is no unit. */
static bool is_no_unit(const struct table_row *row, const struct mapping *m)
{
	static const enum field heads[] = { FIELD_BUILDING, FIELD_ENTRANCE, FIELD_FLOOR, FIELD_ROOM };
	unsigned rank, times;
	bool no_unit =
		mapping_field(cell_of(row, m, FIELD_ROOM), &rank, &times) == FIELD_ROOM || says_sum(table_cell(row, 0));

	for (size_t h = 0; h < sizeof heads / sizeof heads[0]; h++)
		no_unit |= says_sum(cell_of(row, m, heads[h]));
	return no_unit;
}

static void refuse_position(struct listing *l, size_t sheet, const struct table_row *row, const char *why, char which)
{
	const struct mapping *m = &l->mappings[sheet];
	enum field field = which == 'b'   ? FIELD_BUILDING
	                   : which == 'e' ? FIELD_ENTRANCE
	                   : which == 'f' ? FIELD_FLOOR
	                                  : FIELD_ROOM;
	char *text = normalise_text(cell_of(row, m, field));

	listing_error(l, place(sheet, row, m, field), "%s: \"%.60s\" %s", field_name(field), text, why);
	mem_free(text);
}

static void read_row(struct listing *l, struct listing_index *index, size_t sheet, const struct table_row *row,
                     struct listing_fill *fill)
{
	const struct mapping *m = &l->mappings[sheet];
	const char *name = l->file.tables[sheet].name;
	struct position_cells cells = { cell_of(row, m, FIELD_BUILDING), cell_of(row, m, FIELD_ENTRANCE),
		                            cell_of(row, m, FIELD_FLOOR), cell_of(row, m, FIELD_ROOM) };
	struct listing_unit *u;
	struct position at;
	char which;

	if (m->column[FIELD_BUILDING] >= 0)
		listing_fill(l, fill, &cells);
	else if (position_names_building(name)) /* one sheet per building */
		cells.building = name;
	const char *why = position_read(&cells, &at, &which);
	if (why != NULL) {
		refuse_position(l, sheet, row, why, which);
		return;
	}
	if ((u = listing_unit_of(l, index, &at, false)) != NULL) {
		listing_error(l, place(sheet, row, m, FIELD_ROOM), "unit %s is named twice, first in row %u", at.id, u->row);
		return;
	}
	if ((u = listing_unit_of(l, index, &at, true)) == NULL) {
		listing_error(l, place(sheet, row, m, FIELD_ROOM), "more than %d units", LISTING_MAX_UNITS);
		return;
	}
	u->sheet = sheet;
	u->row = row->number;
	read_number(l, u, row, sheet, FIELD_GROSS);
	read_number(l, u, row, sheet, FIELD_INSIDE);
	read_number(l, u, row, sheet, FIELD_TOTAL);
	read_number(l, u, row, sheet, FIELD_UNIT_PRICE);
	read_type(l, u, row, sheet);
	read_status(l, u, row, sheet);
}

void listing_read_list(struct listing *l, struct listing_index *index, size_t sheet)
{
	const struct table *table = &l->file.tables[sheet];
	struct listing_fill fill = { 0 };
	size_t passed = 0;

	for (size_t r = l->mappings[sheet].header + 1; r < table->row_count; r++) {
		if (is_no_unit(&table->rows[r], &l->mappings[sheet])) {
			passed++;
		} else if (l->count == LISTING_MAX_UNITS) {
			listing_error(l, (struct listing_place){ sheet, 0, -1 }, "more than %d units", LISTING_MAX_UNITS);
			break;
		} else {
			read_row(l, index, sheet, &table->rows[r], &fill);
		}
	}
	if (passed > 0)
		listing_warn(l, (struct listing_place){ sheet, 0, -1 }, "%zu rows of sums or repeated headers are passed over",
		             passed);
}
