/* A listing file as units: everything between "here is a file" and "these units, at these prices, may be imported".
 *
 * Reading never stops at the first mistake: every one is named by sheet, row and column, so that a file is mended in
 * one go. A file with one error is a wrong file and is not to be imported. Warnings say what was decided on the
 * reader's behalf and do not stop anything.
 *
 * List price of a unit: the total price where the file has one; otherwise unit price × gross area, exact, rounded half
 * up to the fen per unit. `exact_sum` is the sum of the exact prices, to be rounded once by whoever prints it.
 *
 * A building's name that stands only in the first row of a merged block is filled down; so are, inside such a block,
 * entrance and floor. Matrix sheets of one file (total prices on one, unit prices on another) are joined by unit; the
 * gross area is then total ÷ unit price when no sheet has it. A type that the file lacks is the gross area in whole m²
 * ("126㎡"), marked as derived. */
#ifndef LISTING_LISTING_H
#define LISTING_LISTING_H

#include "base/err.h"
#include "listing/decimal.h"
#include "listing/mapping.h"
#include "listing/position.h"
#include "listing/table.h"

enum { LISTING_TYPE = 96, LISTING_MAX_UNITS = 20000, LISTING_WHAT = 256 };

struct listing_unit {
	struct position at;
	char type[LISTING_TYPE];
	bool type_derived, area_derived;
	bool refused;  /* a cell of it is an error already */
	bool withheld; /* the file's status column says that it is not for sale (yet) */
	bool has[FIELD_COUNT];
	struct decimal value[FIELD_COUNT]; /* GROSS, INSIDE, TOTAL, UNIT_PRICE, where `has` */
	int64_t price_fen;
	decimal_wide price_exact;
	size_t sheet; /* where it stands first */
	unsigned row;
};

struct listing_problem {
	bool error; /* false: a warning */
	size_t sheet;
	unsigned row; /* 0: the file or the sheet as a whole */
	int column;   /* -1: the row as a whole */
	char what[LISTING_WHAT];
};

struct listing {
	struct table_file file;
	struct mapping *mappings; /* one per table; LAYOUT_NONE for a sheet that was passed over */
	size_t count;
	struct listing_unit *units; /* in the order of the file */
	size_t problem_count, error_count;
	struct listing_problem *problems;
	size_t filled_down;    /* rows whose building came from a row above */
	size_t types_derived;  /* units */
	size_t areas_derived;  /* units */
	size_t priced_by_area; /* units whose price is unit price × gross area */
	decimal_wide exact_sum;
	int64_t sum_fen; /* of the rounded prices */
};

/* 0 when the file was understood without an error; -1 otherwise, with at least one error in `problems`. Either way
 * listing_fini frees. */
MUST_CHECK int listing_read(const char *path, struct listing *out);
void listing_fini(struct listing *l);

/* "sheet 总价, row 7, column D", as far as it applies; "the file" when nothing does. */
void listing_where(const struct listing *l, const struct listing_problem *p, char *out, size_t out_bytes);

/* Takes over what only the project knows of this unit: a type where the file's is derived, areas where the file has none
 * or a computed one. Empty text: the project does not know either. True when anything was taken. */
bool listing_keep(struct listing_unit *u, const char *type, const char *gross, const char *inside);

/* The catalogue entry of a unit: one line of JSON, the same bytes for the same unit every time. Freed with mem_free. */
char *listing_unit_json(const struct listing_unit *u);

/* For the readers of layouts (listing_list.c, listing_matrix.c) only. */
struct listing_place {
	size_t sheet;
	unsigned row;
	int column;
};
void listing_error(struct listing *l, struct listing_place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void listing_warn(struct listing *l, struct listing_place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What stands above in a merged block. */
struct listing_fill {
	const char *building, *entrance, *floor; /* lent by the table; NULL when none yet */
	bool repeated; /* the last two building cells stood in adjoining rows and were the same: no merged block */
	bool above_named;
};
/* Completes the cells of one row from above; counts it in l->filled_down. */
void listing_fill(struct listing *l, struct listing_fill *fill, struct position_cells *cells);

/* The unit of that id; with `create`, a new one when there is none. NULL when there is none or too many. The pointer
 * holds until the next one is created. */
struct listing_index;
struct listing_unit *listing_unit_of(struct listing *l, struct listing_index *index, const struct position *at,
                                     bool create);

void listing_read_list(struct listing *l, struct listing_index *index, size_t sheet);
void listing_read_matrix(struct listing *l, struct listing_index *index, size_t sheet);

#endif
