/* A sheet with one row per floor and one column per room (listing.h). It holds one measure; other sheets of the file
 * may hold the others. */
#include "listing/listing.h"

#include "base/mem.h"
#include "listing/normalise.h"

#include <string.h>
#include <strings.h>

static bool is_sum(const char *cell)
{
	char *text = normalise_text(cell);
	bool sum = strncmp(text, "合计", 6) == 0 || strncmp(text, "小计", 6) == 0 || strncmp(text, "总计", 6) == 0 ||
	           strcasecmp(text, "total") == 0;

	mem_free(text);
	return sum;
}

static void take(struct listing *l, struct listing_index *index, const struct position *at, struct listing_place where,
                 struct decimal value)
{
	enum field measure = l->mappings[where.sheet].measure;
	struct listing_unit *u = listing_unit_of(l, index, at, true);

	if (u == NULL) {
		listing_error(l, where, "more than %d units", LISTING_MAX_UNITS);
		return;
	}
	if (u->has[measure]) {
		listing_error(l, where, "unit %s is named twice, first in row %u", at->id, u->row);
		return;
	}
	if (u->row == 0) {
		u->sheet = where.sheet;
		u->row = where.row;
	}
	u->has[measure] = true;
	u->value[measure] = value;
}

static bool is_blank(const char *cell)
{
	char *text = normalise_text(cell);
	bool blank = normalise_is_blank(text);

	mem_free(text);
	return blank;
}

/* False when the fault is the row's own building or floor, which every other cell of the row would only repeat. */
static bool read_cell(struct listing *l, struct listing_index *index, const struct position_cells *row_cells,
                      struct listing_place where, const char *cell)
{
	const struct table *table = &l->file.tables[where.sheet];
	const struct mapping *m = &l->mappings[where.sheet];
	bool area = m->measure == FIELD_GROSS || m->measure == FIELD_INSIDE;
	struct position_cells cells = *row_cells;
	struct position at;
	struct decimal value;
	char which, *text = normalise_text(cell);
	bool row_is_fine = true;
	const char *why;

	if (normalise_is_blank(text)) /* this floor has no such room */
		goto out;
	cells.room = table_cell(&table->rows[m->header], (size_t)where.column);
	if ((why = position_read(&cells, &at, &which)) != NULL) {
		if (which == 'r' && is_blank(cells.floor)) {
			which = 'f';
			why = "is missing";
		}
		row_is_fine = which != 'b' && which != 'f';
		if (!row_is_fine)
			where.column = m->column[which == 'b' ? FIELD_BUILDING : FIELD_FLOOR];
		listing_error(l, where, "%s %s", which == 'b' ? "building" : which == 'f' ? "floor" : "room", why);
	} else if ((why = decimal_parse(text, area ? QUANTITY_AREA : QUANTITY_MONEY, m->measure_times, &value)) != NULL) {
		listing_error(l, where, "%s: \"%.60s\" %s", field_name(m->measure), text, why);
	} else if (value.micro == 0) {
		listing_error(l, where, "%s is 0", field_name(m->measure));
	} else {
		take(l, index, &at, where, value);
	}
out:
	mem_free(text);
	return row_is_fine;
}

static void read_row(struct listing *l, struct listing_index *index, size_t sheet, const struct table_row *row,
                     struct listing_fill *fill)
{
	const struct table *table = &l->file.tables[sheet];
	const struct mapping *m = &l->mappings[sheet];
	int building = m->column[FIELD_BUILDING], entrance = m->column[FIELD_ENTRANCE];
	struct position_cells cells = {
		.building = building >= 0 ? table_cell(row, (size_t)building) : "",
		.entrance = entrance >= 0 ? table_cell(row, (size_t)entrance) : "",
		.floor = table_cell(row, (size_t)m->column[FIELD_FLOOR]),
		.room = "",
	};

	if (building >= 0)
		listing_fill(l, fill, &cells);
	else if (position_names_building(table->name))
		cells.building = table->name;
	if (is_sum(cells.floor) || is_sum(table_cell(row, building >= 0 ? (size_t)building : 0)))
		return;
	bool row_is_fine = true;
	for (size_t c = 0; c < row->count && row_is_fine; c++)
		if (mapping_is_room_column(table, m, c))
			row_is_fine =
				read_cell(l, index, &cells, (struct listing_place){ sheet, row->number, (int)c }, row->cells[c]);
}

/* Two columns of one name would be one room twice. */
static void check_rooms(struct listing *l, size_t sheet)
{
	const struct table *table = &l->file.tables[sheet];
	const struct mapping *m = &l->mappings[sheet];
	const struct table_row *header = &table->rows[m->header];

	for (size_t c = 0; c < header->count; c++) {
		char *text = normalise_text(header->cells[c]);
		bool field = false;

		for (int f = 0; f < FIELD_COUNT; f++)
			field |= m->column[f] == (int)c;
		if (!field && !mapping_is_room_column(table, m, c) && !normalise_is_blank(text))
			listing_warn(l, (struct listing_place){ sheet, header->number, (int)c }, "\"%.60s\" is not imported", text);
		mem_free(text);
	}
}

void listing_read_matrix(struct listing *l, struct listing_index *index, size_t sheet)
{
	const struct table *table = &l->file.tables[sheet];
	struct listing_fill fill = { 0 };

	check_rooms(l, sheet);
	for (size_t r = l->mappings[sheet].header + 1; r < table->row_count; r++)
		read_row(l, index, sheet, &table->rows[r], &fill);
}
