/* Which column of a sheet means what, from the names in its header: a table of Chinese and English synonyms.
 *
 * Two layouts are recognised. A list has one row per unit and a column for the room. A matrix has one row per floor
 * (楼栋, 楼层, then 1, 2, 3 …: one column per room) and holds one measure, which the sheet's name or the size of its
 * numbers tells. The header is the row, among the first twenty, in which most columns are recognised. */
#ifndef LISTING_MAPPING_H
#define LISTING_MAPPING_H

#include "listing/table.h"

#include <stdbool.h>

/*       enum          name for people */
#define LISTING_FIELDS(X)                             \
	X(BUILDING, "building 楼栋")                      \
	X(ENTRANCE, "entrance 单元")                      \
	X(FLOOR, "floor 楼层")                            \
	X(ROOM, "room 房号")                              \
	X(TYPE, "unit type 户型")                         \
	X(GROSS, "gross area 建筑面积")                   \
	X(INSIDE, "inside area 套内面积")                 \
	X(TOTAL, "list price 备案总价")                   \
	X(UNIT_PRICE, "unit price 单价")                  \
	X(FLOOR_PRICE, "floor price 底价 (not imported)") \
	X(STATUS, "status 状态")

enum field {
#define X(name, text) FIELD_##name,
	LISTING_FIELDS(X)
#undef X
		FIELD_COUNT,
	FIELD_NONE = -1
};

const char *field_name(enum field field);

/* The field that a header cell names. `rank` orders the synonyms of one field, 0 the best (备案总价 before 总价);
 * `times` is 10000 for a header in 万元, else 1. FIELD_NONE when nothing fits. */
enum field mapping_field(const char *header, unsigned *rank, unsigned *times);

enum layout { LAYOUT_NONE, LAYOUT_LIST, LAYOUT_MATRIX };

/* What a matrix holds in its cells; the same words as the columns. */
struct mapping {
	enum layout layout;
	size_t header;                /* index into table->rows */
	int column[FIELD_COUNT];      /* -1 when absent */
	unsigned times[FIELD_COUNT];  /* 10000 for a column in 万元 */
	int passed_over[FIELD_COUNT]; /* a second column of the field, of lower rank, or -1 */
	int ambiguous[FIELD_COUNT];   /* a second column of the same rank, or -1: an error */
	enum field measure;           /* matrix: FIELD_TOTAL, UNIT_PRICE, GROSS or INSIDE */
	unsigned measure_times;
	const char *measure_why; /* how it was found: "by the sheet's name", "by the size of its numbers" */
};

/* Never fails: LAYOUT_NONE says that no header was recognised. */
void mapping_find(const struct table *table, struct mapping *out);

/* Whether this column of a matrix is a room's: its header is a short room number. */
bool mapping_is_room_column(const struct table *table, const struct mapping *m, size_t column);

#endif
