/* Where a unit lies, and its id, from what a listing file says.
 *
 * Labels are for people and stay close to the source; keys make the id and come from numbers, so that two files of one
 * project that write "松风明月花园3栋" and "3栋" name the same units:
 *   building "松风明月花园3栋1单元" → label "3栋", key "3" (and the entrance "1单元", when no column names one)
 *   entrance "1单元" → key "1"; "--" or blank → none      floor "3层", "3F", "三层" → "3"; "负1层", "B1" → "B1"
 *   room "1" or "01" on floor 3 → "301"; "301", "301室", "0301" → "301"
 *   id = building "-" [entrance "-"] room: "3-1-301", "6-301"
 * A zone in front of the number belongs to the key ("二期3栋" → "二期3"). */
#ifndef LISTING_POSITION_H
#define LISTING_POSITION_H

#include <stddef.h>

enum { POSITION_TEXT = 64, POSITION_ID = 72 };

struct position {
	char building[POSITION_TEXT], building_key[POSITION_TEXT];
	char entrance[POSITION_TEXT], entrance_key[POSITION_TEXT];
	char floor[POSITION_TEXT];
	char room[POSITION_TEXT];
	char id[POSITION_ID];
};

/* The raw cells of one unit; any may be NULL or blank where the file has none. */
struct position_cells {
	const char *building, *entrance, *floor, *room;
};

/* Fills *out. NULL, or a sentence that says what is wrong; `which` then tells the cell: 'b', 'e', 'f' or 'r'. */
const char *position_read(const struct position_cells *cells, struct position *out, char *which);

/* Whether a text (a sheet's name, say) names a building by number: "3栋", "6号楼", "Building 3". */
int position_names_building(const char *text);

#endif
