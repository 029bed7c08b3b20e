/* States, transitions, roles and rights: the tables against what DOMAIN says. */
#include "core/role.h"
#include "core/unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_state_is_found_again_by_name_and_by_letter(void **state)
{
	(void)state;
	for (int i = 0; i < UNIT_STATUS_COUNT; i++) {
		enum unit_status s = UNIT_WITHHELD;
		assert_true(unit_status_from_name(unit_status_name((enum unit_status)i), &s));
		assert_int_equal(s, i);
		assert_true(unit_status_from_letter(unit_letter((enum unit_status)i), &s));
		assert_int_equal(s, i);
	}
	enum unit_status untouched = UNIT_SETTLED;
	assert_false(unit_status_from_name("sold", &untouched));
	assert_false(unit_status_from_letter('x', &untouched));
	assert_int_equal(untouched, UNIT_SETTLED);
}

static void a_unit_can_walk_its_whole_life(void **state)
{
	(void)state;
	assert_true(unit_may_move(UNIT_WITHHELD, "offer", UNIT_AVAILABLE));
	assert_true(unit_may_move(UNIT_AVAILABLE, "lock", UNIT_LOCKED));
	assert_true(unit_may_move(UNIT_LOCKED, "approve", UNIT_SUBSCRIBED));
	assert_true(unit_may_move(UNIT_SUBSCRIBED, "sign", UNIT_CONTRACTED));
	assert_true(unit_may_move(UNIT_CONTRACTED, "settle", UNIT_SETTLED));
	assert_true(unit_may_move(UNIT_SETTLED, "withdraw", UNIT_AVAILABLE));
}

static void nothing_leads_from_one_hold_to_another_and_the_clock_ends_only_what_runs(void **state)
{
	(void)state;
	assert_false(unit_may_move(UNIT_LOCKED, "lock", UNIT_LOCKED));
	assert_false(unit_may_move(UNIT_WITHHELD, "lock", UNIT_LOCKED));
	for (int s = 0; s < UNIT_STATUS_COUNT; s++)
		assert_int_equal(unit_may_move((enum unit_status)s, "expire", UNIT_AVAILABLE),
		                 s == UNIT_LOCKED || s == UNIT_SUBSCRIBED);
}

static void every_role_is_found_again_by_name(void **state)
{
	(void)state;
	for (int i = 0; i < ROLE_COUNT; i++) {
		enum role r = ROLE_DISPLAY;
		assert_true(role_from_name(role_name((enum role)i), &r));
		assert_int_equal(r, i);
	}
	enum role r;
	assert_false(role_from_name("root", &r));
	assert_false(role_from_name("", &r));
}

static void who_may_do_what(void **state)
{
	(void)state;
	for (int r = 0; r < ROLE_COUNT; r++) {
		enum role role = (enum role)r;
		bool staff = r >= ROLE_CONSULTANT, office = r == ROLE_CLERK || r == ROLE_MANAGER;
		assert_int_equal(role_grant(role, RIGHT_BOARD_PUBLIC), GRANT_ANY);
		assert_int_equal(role_grant(role, RIGHT_BOARD_INTERNAL), staff ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_UNIT_WITHHOLD), office ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_UNIT_OFFER), office ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_CATALOG_IMPORT), office ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_BUYERS_IMPORT), office ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_EVENTS_READ), office ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_CLOCK_CONFIRM), r == ROLE_MANAGER ? GRANT_ANY : GRANT_NO);
		/* A buyer for himself, in a launch session. */
		bool locks_own = r == ROLE_CONSULTANT || r == ROLE_BUYER;
		assert_int_equal(role_grant(role, RIGHT_UNIT_LOCK), r == ROLE_MANAGER ? GRANT_ANY
		                                                    : locks_own       ? GRANT_OWN
		                                                                      : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_LAUNCH_RUN), office ? GRANT_ANY : GRANT_NO);
		assert_int_equal(role_grant(role, RIGHT_LAUNCH_CHOOSE), r == ROLE_BUYER ? GRANT_OWN : GRANT_NO);
	}
	assert_int_equal(role_grant(ROLE_CONSULTANT, RIGHT_BUYERS_READ), GRANT_OWN);
	assert_int_equal(role_grant(ROLE_DISPLAY, RIGHT_BUYERS_READ), GRANT_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_is_found_again_by_name_and_by_letter),
		cmocka_unit_test(a_unit_can_walk_its_whole_life),
		cmocka_unit_test(nothing_leads_from_one_hold_to_another_and_the_clock_ends_only_what_runs),
		cmocka_unit_test(every_role_is_found_again_by_name),
		cmocka_unit_test(who_may_do_what),
	};
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
