/* The books of a project: what hand-made sequences of events make of units, deals and figures. */
#include "report/ledger.h"

#include "core/report_kind.h"
#include "report/home.h"
#include "report/sheet.h"
#include "report/trend.h"
#include "wire/trend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FIELDS_MAX = 24, OFFSET_MIN = 480 };

/* The period of all tests: one day, 1000 days after 1970. */
static const int64_t from = 1000 * OFFICE_DAY_MS - OFFSET_MIN * 60000;
static int64_t seq;

static struct ledger books(void)
{
	struct ledger l;

	seq = 0;
	ledger_init(&l, from, from + OFFICE_DAY_MS, OFFSET_MIN);
	return l;
}

/* "t=lock u=1 …": one event, at so many milliseconds from the period's beginning. */
static void tell(struct ledger *l, int64_t at_ms, const char *text)
{
	char copy[600], at[24];
	struct trail_field fields[FIELDS_MAX] = { { "at", at, 0 } };
	struct trail_entry e = { .seq = ++seq, .count = 1, .fields = fields };

	snprintf(at, sizeof at, "%lld", (long long)(from + at_ms));
	snprintf(copy, sizeof copy, "%s", text);
	for (char *word, *rest = copy; (word = strsep(&rest, " "));) {
		char *value = strchr(word, '=');

		*value = '\0';
		fields[e.count++] = (struct trail_field){ word, value + 1, strlen(value + 1) };
	}
	ledger_event(l, &e);
}

#define HOME(b, f, r) \
	"{\"building\":\"" b "\",\"floor\":" f ",\"room\":\"" r "\",\"type\":\"T\",\"list_price_fen\":1000}"
#define LOCK "t=lock u=1 i=0 st=l rev=2 deal=d1 hold=ann b=b1 price=1000"
#define APPROVE "t=approve u=1 i=0 st=s rev=3 deal=d1 hold=ann slip=1 price=900"
#define SIGN "t=sign u=1 i=0 st=c rev=4 deal=d1 hold=ann contract=H price=900"

static void add(struct ledger *l, const char *unit, const char *home)
{
	char text[400];

	snprintf(text, sizeof text, "t=add u=%s i=0 st=a rev=1 cat=%s", unit, home);
	tell(l, -5000, text);
}

static void what_happens_at_the_cut_off_or_later_never_happened(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, OFFICE_DAY_MS - 1, LOCK);
	tell(&l, OFFICE_DAY_MS, APPROVE);
	ledger_close(&l);
	assert_int_equal(l.units[0]->state, UNIT_LOCKED);
	assert_int_equal(l.seq, 2);
	assert_int_equal(l.tally.count[TALLY_SUBSCRIPTIONS], 0);
	assert_int_equal(l.deals[0]->price_fen, 1000);
	ledger_fini(&l);
}

static struct ledger three_days(void)
{
	struct ledger l;

	seq = 0;
	ledger_init(&l, from, from + 3 * OFFICE_DAY_MS, OFFSET_MIN);
	return l;
}

static void a_trend_has_a_row_for_each_day_since_the_project_began(void **state)
{
	(void)state;
	struct ledger l = three_days();
	struct trend t;
	tell(&l, OFFICE_DAY_MS, "t=add u=1 i=0 st=a rev=1");
	tell(&l, 2 * OFFICE_DAY_MS - 1, LOCK);
	tell(&l, 2 * OFFICE_DAY_MS, APPROVE);
	tell(&l, 3 * OFFICE_DAY_MS, SIGN);
	ledger_close(&l);
	trend_make(&l, &t);
	assert_int_equal(t.seq, 3);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.days[0].day, 1001);
	assert_int_equal(t.days[0].figures[TREND_LOCKS], 1);
	assert_int_equal(t.days[0].figures[TREND_UNITS_LOCKED], 1);
	assert_int_equal(t.days[0].figures[TREND_SELL_THROUGH_BP], 0);
	assert_int_equal(t.days[1].figures[TREND_LOCKS], 0);
	assert_int_equal(t.days[1].figures[TREND_SUBSCRIPTIONS], 1);
	assert_int_equal(t.days[1].figures[TREND_UNITS_SUBSCRIBED], 1);
	assert_int_equal(t.days[1].figures[TREND_SELL_THROUGH_BP], 10000);
	trend_fini(&t);
	ledger_fini(&l);
}

static void what_an_earlier_clock_says_counts_for_its_own_day_and_all_later_ones(void **state)
{
	(void)state;
	struct ledger l = three_days();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, 2 * OFFICE_DAY_MS, LOCK);
	tell(&l, 0, "t=release u=1 i=0 st=a rev=3 deal=d1 hold=ann");
	ledger_close(&l);
	for (size_t day = 0; day < 3; day++)
		assert_int_equal(ledger_day_counts(&l, day).by_status[UNIT_AVAILABLE], 1);
	assert_int_equal(l.days[0].tally.count[TALLY_RELEASES], 1);
	assert_int_equal(l.days[2].tally.count[TALLY_LOCKS], 1);
	ledger_fini(&l);
}

static void a_trend_is_read_back_as_it_was_written_and_nothing_else_is_read(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"[]",
		"{}",
		"{\"seq\":1}",
		"{\"seq\":1,\"days\":{}}",
		"{\"seq\":1,\"days\":[{}]}",
		"{\"seq\":1,\"days\":[{\"date\":\"2026-01-01\"}]}",
		"{\"seq\":\"1\",\"days\":[]}",
	};
	struct trend_day days[2] = { { 20000, { 0 } }, { 20001, { 0 } } };
	struct trend t = { .seq = 77, .count = 2, .days = days }, again;
	struct buf text = { 0 };
	for (int f = 0; f < TREND_FIGURE_COUNT; f++)
		days[1].figures[f] = 900000000000 + f;
	encode_trend(&text, "p", &t, 1);
	assert_int_equal(trend_decode(text.data, text.len_bytes, &again), 0);
	assert_int_equal(again.seq, 77);
	assert_int_equal(again.count, 1);
	assert_memory_equal(&again.days[0], &days[1], sizeof days[1]);
	trend_fini(&again);
	assert_int_not_equal(trend_decode(text.data, text.len_bytes / 2, &again), 0);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_not_equal(trend_decode(wrong[i], strlen(wrong[i]), &again), 0);
		assert_null(again.days);
	}
	buf_fini(&text);
}

static void the_first_millisecond_is_of_the_period_and_the_one_before_is_not(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, -1, LOCK);
	tell(&l, 0, APPROVE);
	ledger_close(&l);
	assert_int_equal(l.tally.count[TALLY_LOCKS], 0);
	assert_int_equal(l.tally.count[TALLY_SUBSCRIPTIONS], 1);
	assert_int_equal(ledger_counts(&l, true).by_status[UNIT_LOCKED], 1);
	assert_int_equal(ledger_counts(&l, false).by_status[UNIT_SUBSCRIBED], 1);
	assert_int_equal(ledger_funnel(&l, true).locked, 0);
	assert_int_equal(ledger_funnel(&l, false).subscribed, 1);
	ledger_fini(&l);
}

static void a_contract_is_unpaid_until_it_is_settled(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, 1, LOCK);
	tell(&l, 2, APPROVE);
	tell(&l, 3, "t=receipt deal=d1 hold=ann on=1 no=1 kind=subscription fen=100 paid=100");
	tell(&l, 4, SIGN);
	assert_true(deal_is_unpaid(l.deals[0]));
	assert_int_equal(deal_unpaid_fen(l.deals[0]), 800);
	tell(&l, 5, "t=receipt deal=d1 hold=ann on=1 no=2 kind=mortgage fen=800 paid=900");
	tell(&l, 6, "t=settle u=1 i=0 st=p rev=5 deal=d1 hold=ann price=900");
	assert_false(deal_is_unpaid(l.deals[0]));
	assert_int_equal(money_received_fen(&l.money), 900);
	assert_int_equal(l.money.contract_fen, 900);
	ledger_close(&l);
	assert_int_equal(l.consultants[0]->all.settled, 1);
	ledger_fini(&l);
}

static void late_money_is_to_be_paid_back_unless_the_deal_is_revived(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, 1, LOCK);
	tell(&l, 2, APPROVE);
	tell(&l, 3, "t=expire u=1 i=0 st=a rev=4 deal=d1 hold=ann");
	assert_false(deal_awaits_refund(l.deals[0]));
	tell(&l, 4, "t=receipt deal=d1 hold=ann on=1 no=1 kind=subscription fen=100 paid=100 late=1");
	assert_int_equal(deal_refund_fen(l.deals[0]), 100);
	tell(&l, 5, "t=revive u=1 i=0 st=s rev=5 deal=d1 hold=ann price=900");
	assert_false(deal_awaits_refund(l.deals[0]));
	assert_ptr_equal(l.units[0]->deal, l.deals[0]);
	tell(&l, 6, "t=withdraw u=1 i=0 st=a rev=6 deal=d1 hold=ann refund=100");
	tell(&l, 7, "t=receipt deal=d1 hold=ann on=1 no=2 kind=refund fen=60 paid=40");
	assert_int_equal(deal_refund_fen(l.deals[0]), 40);
	assert_string_equal(l.deals[0]->end->name, "withdrawn");
	assert_null(l.units[0]->deal);
	assert_int_equal(money_net_fen(&l.money), 40);
	ledger_fini(&l);
}

static void a_swap_moves_the_deal_and_ends_nothing(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	add(&l, "2", HOME("A", "2", "201"));
	tell(&l, 1, LOCK);
	tell(&l, 2, "t=swap_out u=1 i=0 st=a rev=3 deal=d1 hold=ann to=2");
	tell(&l, 2, "t=swap_in u=2 i=1 st=l rev=2 deal=d1 hold=ann from=1 price=1200");
	assert_int_equal(l.deal_count, 1);
	assert_string_equal(l.deals[0]->unit, "2");
	assert_null(l.deals[0]->end);
	assert_null(l.units[0]->deal);
	assert_int_equal(unit_price_fen(l.units[1]), 1200);
	assert_int_equal(l.tally.count[TALLY_SWAPS], 1);
	assert_int_equal(l.tally.count[TALLY_RELEASES], 0);
	ledger_fini(&l);
}

static void only_discounts_are_counted_as_discounts_and_asking_changes_no_price(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, 1, LOCK);
	tell(&l, 2, "t=ask deal=d1 hold=ann on=1 req=r1 kind=discount price=500");
	tell(&l, 3, "t=ask on=1 req=r2 kind=price price=700");
	tell(&l, 4, "t=decide deal=d1 hold=ann on=1 req=r1 kind=discount result=yes");
	tell(&l, 5, "t=decide on=1 req=r2 kind=price result=no");
	assert_int_equal(l.tally.count[TALLY_DISCOUNTS_ASKED], 1);
	assert_int_equal(l.tally.count[TALLY_DISCOUNTS_APPROVED], 1);
	assert_int_equal(l.tally.count[TALLY_DISCOUNTS_REFUSED], 0);
	assert_int_equal(l.deals[0]->price_fen, 1000);
	tell(&l, 6, "t=file deal=d1 hold=ann on=1 req=r1 price=500");
	assert_int_equal(l.deals[0]->price_fen, 500);
	ledger_fini(&l);
}

static void putting_a_withheld_unit_on_sale_is_no_release_of_a_deal(void **state)
{
	(void)state;
	struct ledger l = books();
	tell(&l, -9, "t=add u=1 i=0 st=w rev=1");
	tell(&l, 1, "t=release u=1 i=0 st=a rev=2");
	assert_int_equal(l.tally.count[TALLY_RELEASES], 0);
	assert_int_equal(counts_sell_through_bp(&(struct counts){ 0 }), 0);
	ledger_fini(&l);
}

static void the_trail_tells_what_a_unit_is_and_the_catalogue_only_where_it_does_not(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "1", HOME("A", "1", "101"));
	tell(&l, -9, "t=add u=2 i=1 st=a rev=1");
	tell(&l, -8, "t=add u=3 i=2 st=a rev=1 cat=[]");
	assert_true(ledger_lacks_homes(&l));
	for (const char *unit = "123"; *unit; unit++)
		ledger_fallback(&l, (char[]){ *unit, '\0' }, HOME("B", "9", "901"));
	assert_false(ledger_lacks_homes(&l));
	ledger_close(&l);
	assert_string_equal(l.units[0]->home.building, "A");
	assert_string_equal(l.units[1]->home.building, "B");
	assert_string_equal(l.units[2]->home.floor, "9");
	assert_string_equal(l.units[0]->home.entrance, "");
	ledger_fini(&l);
}

static void events_that_are_none_leave_the_books_alone(void **state)
{
	(void)state;
	struct ledger l = books();
	tell(&l, 1, "t=lock u=1 st=zz deal=d1");
	tell(&l, 2, "t=unheard-of deal=d2 hold=");
	tell(&l, 3, "t=receipt kind=gift fen=5");
	tell(&l, 4, "t= u= st=");
	ledger_close(&l);
	assert_int_equal(l.unit_count, 0);
	assert_int_equal(l.seq, 4);
	assert_int_equal(money_received_fen(&l.money), 0);
	struct sheet *s = sheet_new(&l);
	assert_int_equal(s->total.counts.units, 0);
	sheet_free(s);
	ledger_fini(&l);
}

static void a_sheet_puts_floors_and_rooms_where_people_look_for_them(void **state)
{
	(void)state;
	struct ledger l = books();
	add(&l, "a", HOME("10", "2", "210"));
	add(&l, "b", HOME("10", "2", "29"));
	add(&l, "c", HOME("10", "11", "1109"));
	add(&l, "d", HOME("9", "-1", "B01"));
	add(&l, "e", HOME("9", "-1", "B01"));
	ledger_close(&l);
	struct sheet *s = sheet_new(&l);
	assert_string_equal(s->buildings[0].name, "9");
	assert_int_equal(s->buildings[0].column_count, 2);
	assert_string_equal(s->buildings[0].columns[1].room, "B01+");
	assert_string_equal(s->buildings[1].floors[0].label, "11");
	/* Columns 09, 9 and 10: two texts for one number stay two. */
	assert_int_equal(s->buildings[1].column_count, 3);
	assert_string_equal(s->buildings[1].columns[2].room, "10");
	assert_string_equal(s->buildings[1].floors[1].cells[0].unit->id, "b");
	assert_int_equal(s->total.list_fen, 5000);
	sheet_free(s);
	ledger_fini(&l);
}

static void shares_are_rounded_half_up(void **state)
{
	(void)state;
	assert_int_equal(share_bp(1, 3), 3333);
	assert_int_equal(share_bp(2, 3), 6667);
	assert_int_equal(share_bp(1, 20000), 1);
	assert_int_equal(share_bp(5, 0), 0);
}

static void dates_are_read_strictly_and_weeks_begin_on_monday(void **state)
{
	static const char *const wrong[] = { "",           "2026-3-2",   "2026-02-30",  "2026-13-01", "20260302",
		                                 "2026/03/02", "1969-12-31", "2026-03-021", "-026-03-02", "2026-03-0 " };
	int64_t day;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(office_day_parse(wrong[i], &day));
	assert_true(office_day_parse("2024-02-29", &day));
	char text[OFFICE_DATE_BYTES];
	office_day_text(office_day_monday(day), text);
	assert_string_equal(text, "2024-02-26");
	assert_int_equal(office_day_monday(0), -3);
	assert_int_equal(office_day_of(-1, 0), -1);
	assert_int_equal(office_day_of(57600000, 480), 1);
}

static void a_report_is_over_at_its_last_moment_and_not_before(void **state)
{
	(void)state;
	int64_t midnight = office_day_start_ms(20000, OFFSET_MIN), sheet = midnight + 530 * 60000;
	assert_int_equal(report_last_over(REPORT_SHEET, sheet - 1, OFFSET_MIN, 530).day, 19999);
	assert_int_equal(report_last_over(REPORT_SHEET, sheet, OFFSET_MIN, 530).day, 20000);
	assert_int_equal(report_last_over(REPORT_DAILY, midnight, OFFSET_MIN, 530).day, 19999);
	assert_int_equal(report_last_over(REPORT_DAILY, midnight - 1, OFFSET_MIN, 530).day, 19998);
	struct report_span week = report_last_over(REPORT_WEEKLY, midnight, OFFSET_MIN, 530);
	assert_int_equal(week.day, office_day_monday(20000) - 7);
	assert_int_equal(week.until_ms - week.from_ms, 7 * OFFICE_DAY_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_happens_at_the_cut_off_or_later_never_happened),
		cmocka_unit_test(the_first_millisecond_is_of_the_period_and_the_one_before_is_not),
		cmocka_unit_test(a_contract_is_unpaid_until_it_is_settled),
		cmocka_unit_test(late_money_is_to_be_paid_back_unless_the_deal_is_revived),
		cmocka_unit_test(a_swap_moves_the_deal_and_ends_nothing),
		cmocka_unit_test(only_discounts_are_counted_as_discounts_and_asking_changes_no_price),
		cmocka_unit_test(putting_a_withheld_unit_on_sale_is_no_release_of_a_deal),
		cmocka_unit_test(the_trail_tells_what_a_unit_is_and_the_catalogue_only_where_it_does_not),
		cmocka_unit_test(events_that_are_none_leave_the_books_alone),
		cmocka_unit_test(a_trend_has_a_row_for_each_day_since_the_project_began),
		cmocka_unit_test(what_an_earlier_clock_says_counts_for_its_own_day_and_all_later_ones),
		cmocka_unit_test(a_trend_is_read_back_as_it_was_written_and_nothing_else_is_read),
		cmocka_unit_test(a_sheet_puts_floors_and_rooms_where_people_look_for_them),
		cmocka_unit_test(shares_are_rounded_half_up),
		cmocka_unit_test(dates_are_read_strictly_and_weeks_begin_on_monday),
		cmocka_unit_test(a_report_is_over_at_its_last_moment_and_not_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
