/* The listing-control sheet (销控表): every unit of the books in its place — building × floor × room — and the sums by type,
 * building and floor. Buildings stand in the order of their names, floors descending, rooms from left to right. */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include "report/ledger.h"

/* Units that are counted together; withheld ones are among `counts`, but not in the sell-through. */
struct sheet_sum {
	struct counts counts;
	int64_t list_fen; /* of all */
	int64_t deal_fen; /* deal prices of those that are held */
};

struct sheet_column {
	const char *entrance;
	char *room; /* with a '+' for each further unit in the same place (duplexes, shops) */
	char *key;
};

struct sheet_cell {
	const struct ledger_unit *unit;
	size_t column; /* of its building */
};

struct sheet_floor {
	const char *label;
	struct sheet_sum sum;
	size_t cell_count;
	struct sheet_cell *cells; /* from left to right, without the holes */
	struct map *taken;        /* column keys */
};

struct sheet_building {
	const char *name;
	struct sheet_sum sum;
	size_t column_count, floor_count;
	struct sheet_column *columns;
	struct sheet_floor *floors;
	struct map *column_of, *floor_of;
};

struct sheet_type {
	const char *name;
	struct sheet_sum sum;
};

struct sheet {
	struct sheet_sum total;
	size_t type_count, building_count;
	struct sheet_type *types; /* in the order of the catalogue */
	struct sheet_building *buildings;
};

/* Lends from the closed books, which outlive it. */
struct sheet *sheet_new(const struct ledger *l);
void sheet_free(struct sheet *s);

/* What the unit is sold for, or would be. */
int64_t unit_price_fen(const struct ledger_unit *u);

#endif
