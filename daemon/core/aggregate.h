/* The figures of a heat map (房源热力图): how many units are in which state, over the whole project and by type, floor and
 * building. Pure counting over a board and the labels of its catalogue. */
#ifndef CORE_AGGREGATE_H
#define CORE_AGGREGATE_H

#include "core/board.h"

/* What a unit counts under. Owned by whoever made it; NULL texts count as "". */
struct unit_label {
	char *building, *entrance, *floor, *type;
};

/* By the states of the board; what a view merges is counted in `not_open` and `taken` instead. */
struct counts {
	int64_t units, by_status[UNIT_STATUS_COUNT];
};

struct figure {
	const char *building, *entrance, *floor, *type; /* NULL where the dimension does not have it */
	struct counts counts;
};

struct figures {
	size_t count;
	struct figure *rows; /* in the order of first appearance in the catalogue */
};

struct aggregate {
	enum board_view view;
	struct counts totals;
	struct figures by_type, by_floor, by_building;
};

/* Texts are lent by the labels. Units beyond `count` labels count in the totals only. */
struct aggregate *aggregate_new(const struct board *b, const struct unit_label *labels, size_t count,
                                enum board_view view);
void aggregate_free(struct aggregate *a);

/* Sell-through (去化率) in hundredths of a percent: (subscribed + contracted + settled) of all that are not withheld; 0 when
 * there is none. */
int64_t counts_sell_through_bp(const struct counts *c);

#endif
