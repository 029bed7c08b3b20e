/* The board: what the feed makes of it, what a resume gets, what each view shows. */
#include "core/board.h"

#include "core/aggregate.h"
#include "core/deadlines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { UNITS = 6 };

static struct board *fresh(void)
{
	static const char *const ids[UNITS] = { "U0", "U1", "U2", "U3", "U4", "U5" };
	struct snapshot_unit units[UNITS];
	for (int i = 0; i < UNITS; i++)
		units[i] = (struct snapshot_unit){ .id = ids[i], .status = (enum unit_status)i, .rev = 1 };
	units[2].deadline_ms = 500;
	strcpy(units[2].deal, "d1");
	strcpy(units[2].holder, "ann");
	struct snapshot snap = { .epoch = "e", .seq = 10, .catalog_version = 3, .count = UNITS, .units = units };
	struct board *b = board_new("p");
	board_load(b, &snap);
	return b;
}

static struct event change(int64_t seq, uint32_t index, enum unit_status status, int64_t rev)
{
	struct event e = { .seq = seq, .type = "lock", .has_unit = true, .index = index, .status = status, .rev = rev };
	snprintf(e.unit, sizeof e.unit, "U%u", index);
	if (status == UNIT_LOCKED) {
		e.deadline_ms = 900;
		strcpy(e.deal, "d9");
		strcpy(e.holder, "bob");
	}
	return e;
}

static void a_snapshot_is_shown_as_it_is(void **state)
{
	(void)state;
	struct board *b = fresh();
	assert_int_equal(board_seq(b), 10);
	assert_int_equal(board_count(b), UNITS);
	assert_string_equal(board_unit(b, 2)->holder, "ann");
	assert_null(board_unit(b, 1)->holder);
	board_free(b);
}

static void each_load_begins_a_new_epoch(void **state)
{
	(void)state;
	struct board *b = fresh();
	char first[64];
	snprintf(first, sizeof first, "%s", board_epoch(b));
	struct snapshot_unit unit = { .id = "U0", .status = UNIT_AVAILABLE, .rev = 1 };
	struct snapshot snap = { .epoch = "e", .seq = 10, .count = 1, .units = &unit };
	board_load(b, &snap);
	assert_string_not_equal(board_epoch(b), first);
	assert_int_equal(board_count(b), 1);
	board_free(b);
}

static void only_the_next_event_of_a_known_unit_is_applied(void **state)
{
	(void)state;
	struct board *b = fresh();
	struct event gap = change(12, 1, UNIT_LOCKED, 2), again = change(10, 1, UNIT_LOCKED, 2),
				 rev = change(11, 1, UNIT_LOCKED, 3), far = change(11, 7, UNIT_LOCKED, 2),
				 good = change(11, 1, UNIT_LOCKED, 2);
	assert_int_not_equal(board_apply(b, &gap), 0);
	assert_int_not_equal(board_apply(b, &again), 0);
	assert_int_not_equal(board_apply(b, &rev), 0);
	assert_int_not_equal(board_apply(b, &far), 0);
	assert_int_equal(board_seq(b), 10);
	assert_int_equal(board_apply(b, &good), 0);
	assert_int_equal(board_unit(b, 1)->deadline_ms, 900);
	assert_string_equal(board_unit(b, 1)->deal, "d9");
	board_free(b);
}

static void a_unit_that_is_let_go_has_no_holder_although_the_event_names_one(void **state)
{
	(void)state;
	struct board *b = fresh();
	struct event e = change(11, 2, UNIT_AVAILABLE, 2);
	strcpy(e.deal, "d1");
	strcpy(e.holder, "ann");
	assert_int_equal(board_apply(b, &e), 0);
	assert_null(board_unit(b, 2)->holder);
	assert_null(board_unit(b, 2)->deal);
	board_free(b);
}

static void a_new_unit_is_appended_by_an_add_event_only(void **state)
{
	(void)state;
	struct board *b = fresh();
	struct event e = change(11, UNITS, UNIT_AVAILABLE, 1);
	assert_int_not_equal(board_apply(b, &e), 0);
	strcpy(e.type, "add");
	assert_int_equal(board_apply(b, &e), 0);
	assert_int_equal(board_count(b), UNITS + 1);
	board_free(b);
}

static void what_changed_since_is_merged_ascending_and_each_once(void **state)
{
	(void)state;
	struct board *b = fresh();
	uint32_t out[UNITS];
	bool too_old;
	static const uint32_t order[] = { 4, 1, 4, 3, 1 };
	for (int i = 0; i < 5; i++) {
		struct event e = change(11 + i, order[i], UNIT_LOCKED, board_unit(b, order[i])->rev + 1);
		assert_int_equal(board_apply(b, &e), 0);
	}
	struct event none = { .seq = 16, .type = "import" };
	assert_int_equal(board_apply(b, &none), 0);
	assert_int_equal(board_catalog_version(b), 4);
	assert_int_equal(board_changed_since(b, 10, out, UNITS, &too_old), 3);
	assert_false(too_old);
	assert_true(out[0] == 1 && out[1] == 3 && out[2] == 4);
	assert_int_equal(board_changed_since(b, 13, out, UNITS, &too_old), 2);
	assert_int_equal(board_changed_since(b, 16, out, UNITS, &too_old), 0);
	assert_false(too_old);
	board_free(b);
}

static void what_the_ring_does_not_cover_is_too_old(void **state)
{
	(void)state;
	struct board *b = fresh();
	uint32_t out[UNITS];
	bool too_old = false;
	assert_int_equal(board_changed_since(b, 9, out, UNITS, &too_old), 0);
	assert_true(too_old);
	board_changed_since(b, 11, out, UNITS, &too_old);
	assert_true(too_old);
	for (int64_t seq = 11; seq <= 10 + BOARD_RING + 5; seq++) {
		struct event e =
			change(seq, (uint32_t)(seq % UNITS), UNIT_LOCKED, board_unit(b, (uint32_t)(seq % UNITS))->rev + 1);
		assert_int_equal(board_apply(b, &e), 0);
	}
	board_changed_since(b, 14, out, UNITS, &too_old);
	assert_true(too_old);
	assert_int_equal(board_changed_since(b, 15, out, UNITS, &too_old), UNITS);
	assert_false(too_old);
	board_free(b);
}

static void a_view_shows_no_more_than_it_may(void **state)
{
	(void)state;
	struct board *b = fresh();
	char internal[UNITS + 1] = "", public[UNITS + 1] = "", merged[UNITS + 1] = "";
	for (uint32_t i = 0; i < UNITS; i++) {
		internal[i] = board_letter(b, i, VIEW_INTERNAL);
		public[i] = board_letter(b, i, VIEW_PUBLIC);
		merged[i] = board_letter(b, i, VIEW_MERGED);
	}
	assert_string_equal(internal, "walscp");
	assert_string_equal(public, "xalscp");
	assert_string_equal(merged, "xatttt");
	assert_int_equal(board_deadline_ms(b, 2, VIEW_PUBLIC), 500);
	assert_int_equal(board_deadline_ms(b, 2, VIEW_MERGED), 0);
	board_free(b);
}

static void figures_count_by_type_floor_and_building(void **state)
{
	(void)state;
	struct board *b = fresh();
	struct unit_label labels[UNITS];
	for (int i = 0; i < UNITS; i++)
		labels[i] = (struct unit_label){ i < 3 ? "A" : "B", "", i % 2 ? "1" : "2", "three rooms" };
	struct aggregate *a = aggregate_new(b, labels, UNITS - 1, VIEW_INTERNAL);
	assert_int_equal(a->totals.units, UNITS);
	assert_int_equal(a->by_building.count, 2);
	assert_int_equal(a->by_building.rows[0].counts.units, 3);
	assert_int_equal(a->by_floor.count, 4);
	assert_int_equal(a->by_type.rows[0].counts.units, UNITS - 1);
	assert_int_equal(counts_sell_through_bp(&a->totals), 6000); /* 3 of the 5 that are not withheld */
	assert_int_equal(counts_sell_through_bp(&(struct counts){ 0 }), 0);
	aggregate_free(a);
	board_free(b);
}

static void the_next_deadline_is_the_earliest_whatever_was_set_before(void **state)
{
	(void)state;
	enum { COUNT = 200, STEPS = 20000 };
	int64_t model[COUNT] = { 0 };
	struct deadlines *d = deadlines_new();
	srand(7);
	for (int step = 0; step < STEPS; step++) {
		uint32_t index = (uint32_t)(rand() % COUNT), next;
		int64_t at_ms = rand() % 3 ? 1 + rand() % 1000 : 0, earliest = 0, found;
		deadlines_set(d, index, at_ms);
		model[index] = at_ms;
		for (int i = 0; i < COUNT; i++)
			if (model[i] && (!earliest || model[i] < earliest))
				earliest = model[i];
		assert_int_equal(deadlines_next(d, &found, &next), earliest != 0);
		if (earliest) {
			assert_int_equal(found, earliest);
			assert_int_equal(model[next], earliest);
		}
	}
	deadlines_clear(d);
	int64_t at_ms;
	uint32_t index;
	assert_false(deadlines_next(d, &at_ms, &index));
	deadlines_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_snapshot_is_shown_as_it_is),
		cmocka_unit_test(each_load_begins_a_new_epoch),
		cmocka_unit_test(only_the_next_event_of_a_known_unit_is_applied),
		cmocka_unit_test(a_unit_that_is_let_go_has_no_holder_although_the_event_names_one),
		cmocka_unit_test(a_new_unit_is_appended_by_an_add_event_only),
		cmocka_unit_test(what_changed_since_is_merged_ascending_and_each_once),
		cmocka_unit_test(what_the_ring_does_not_cover_is_too_old),
		cmocka_unit_test(a_view_shows_no_more_than_it_may),
		cmocka_unit_test(figures_count_by_type_floor_and_building),
		cmocka_unit_test(the_next_deadline_is_the_earliest_whatever_was_set_before),
	};
	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
