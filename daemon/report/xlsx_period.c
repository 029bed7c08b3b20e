/* The daily and weekly report as a workbook: 概览, 转化, 置业顾问, 回款, 未回款清单, 退款清单. */
#include "report/xlsx.h"

#include "base/mem.h"

static struct page *page_begin(struct book *b, const struct report *r, const char *name, uint32_t *row)
{
	struct page *p = book_page(b, name);
	char *what = mem_printf("%s · %s", report_kind_chinese(r->kind), name);

	*row = xlsx_begin(p, r, what);
	page_landscape(p);
	mem_free(what);
	return p;
}

/* --- 概览 */

static void put_counts(struct page *p, uint32_t row, const char *when, const struct counts *c)
{
	uint16_t column = 0;

	page_text(p, row, column++, when, STYLE_TEXT);
	page_number(p, row, column++, c->units, STYLE_NUMBER);
	for (int s = 0; s < UNIT_STATUS_COUNT; s++)
		page_number(p, row, column++, c->by_status[s], STYLE_NUMBER);
	page_share(p, row, column, counts_sell_through_bp(c), STYLE_SHARE);
}

static void put_overview(struct book *b, const struct report *r, const struct ledger *l)
{
	struct counts before = ledger_counts(l, true), after = ledger_counts(l, false);
	int64_t change_bp = counts_sell_through_bp(&after) - counts_sell_through_bp(&before);
	uint32_t row;
	struct page *p = page_begin(b, r, "概览", &row);

	page_width(p, 0, 0, 16);
	page_width(p, 1, 8, 10);
	page_heads(p, row++, "时点|总套数|销控|可售|锁定|认购|签约|已回款|去化率");
	put_counts(p, row++, "期初", &before);
	put_counts(p, row++, "期末", &after);
	page_text(p, row, 0, "去化率变化", STYLE_SUM);
	for (uint16_t column = 1; column < 8; column++)
		page_text(p, row, column, "", STYLE_SUM);
	page_share(p, row, 8, change_bp, STYLE_SUM_SHARE);
	row += 2;
	page_heads(p, row++, "事项|次数");
	for (int i = 0; i < TALLY_COUNT; i++, row++) {
		page_text(p, row, 0, tally_chinese((enum tally_kind)i), STYLE_TEXT);
		page_number(p, row, 1, l->tally.count[i], STYLE_NUMBER);
	}
	page_text(p, row + 1, 0, "去化率 =(认购 + 签约 + 已回款)÷(总套数 − 销控)", STYLE_NOTE);
}

/* --- 转化 */

static void put_funnel(struct page *p, uint32_t row, uint16_t column, const struct funnel *f)
{
	const int64_t deals[] = { f->locked, f->subscribed, f->contracted, f->settled };

	for (size_t i = 0; i < 4; i++)
		page_number(p, row, column++, deals[i], STYLE_NUMBER);
	for (size_t i = 0; i < 3; i++)
		page_share(p, row, column++, share_bp(deals[i + 1], deals[i]), STYLE_SHARE);
	page_share(p, row, column, share_bp(f->settled, f->locked), STYLE_SHARE);
}

#define FUNNEL_HEADS "锁定|认购|签约|已回款|锁定→认购|认购→签约|签约→回款|锁定→回款"

/* The two lines of somebody: the deals of this period, and all there have been. */
static uint32_t put_funnels(struct page *p, uint32_t row, const char *who, struct funnel began, struct funnel all)
{
	page_text(p, row, 0, who, STYLE_TEXT);
	page_text(p, row, 1, "本期锁定", STYLE_TEXT);
	put_funnel(p, row++, 2, &began);
	page_text(p, row, 0, who, STYLE_TEXT);
	page_text(p, row, 1, "累计", STYLE_TEXT);
	put_funnel(p, row++, 2, &all);
	return row;
}

static void put_conversion(struct book *b, const struct report *r, const struct ledger *l)
{
	uint32_t row;
	struct page *p = page_begin(b, r, "转化", &row);

	page_width(p, 0, 1, 14);
	page_width(p, 2, 9, 12);
	page_heads(p, row++, "置业顾问|交易范围|" FUNNEL_HEADS);
	page_freeze(p, row, 2);
	if (r->part == PART_WHOLE)
		row = put_funnels(p, row, "全部", ledger_funnel(l, true), ledger_funnel(l, false));
	for (size_t i = 0; i < l->consultant_count; i++) {
		const struct ledger_consultant *c = l->consultants[i];

		if (report_shows(r, c->account))
			row = put_funnels(p, row, c->account, c->began, c->all);
	}
}

/* --- 置业顾问 */

static void put_tally(struct page *p, uint32_t row, const char *who, const struct tally *t, const struct money *m,
                      bool total)
{
	uint16_t column = 0;

	page_text(p, row, column++, who, total ? STYLE_SUM : STYLE_TEXT);
	for (int i = 0; i < TALLY_COUNT; i++)
		page_number(p, row, column++, t->count[i], total ? STYLE_SUM_NUMBER : STYLE_NUMBER);
	page_fen(p, row, column++, m->contract_fen, total ? STYLE_SUM_MONEY : STYLE_MONEY);
	page_fen(p, row, column++, money_received_fen(m), total ? STYLE_SUM_MONEY : STYLE_MONEY);
	page_fen(p, row, column, m->by_kind[MONEY_REFUND], total ? STYLE_SUM_MONEY : STYLE_MONEY);
}

static void put_consultants(struct book *b, const struct report *r, const struct ledger *l)
{
	static const char *const sums[] = { "合同金额(元)", "收款(元)", "退款(元)" };
	uint32_t row;
	struct page *p = page_begin(b, r, "置业顾问", &row);

	page_width(p, 0, 0, 14);
	page_width(p, 1, TALLY_COUNT, 9);
	page_width(p, TALLY_COUNT + 1, TALLY_COUNT + 3, 18);
	page_text(p, row, 0, "置业顾问", STYLE_HEAD);
	for (int i = 0; i < TALLY_COUNT; i++)
		page_text(p, row, (uint16_t)(i + 1), tally_chinese((enum tally_kind)i), STYLE_HEAD);
	for (int i = 0; i < 3; i++)
		page_text(p, row, (uint16_t)(TALLY_COUNT + 1 + i), sums[i], STYLE_HEAD);
	page_freeze(p, ++row, 1);
	for (size_t i = 0; i < l->consultant_count; i++) {
		const struct ledger_consultant *c = l->consultants[i];

		if (report_shows(r, c->account))
			put_tally(p, row++, c->account, &c->tally, &c->money, false);
	}
	if (r->part == PART_WHOLE)
		put_tally(p, row, "合计", &l->tally, &l->money, true);
}

/* --- 回款 */

static void put_money(struct page *p, uint32_t row, const char *when, const struct money *m, bool total)
{
	enum book_style style = total ? STYLE_SUM_MONEY : STYLE_MONEY;
	uint16_t column = 0;

	page_text(p, row, column++, when, total ? STYLE_SUM : STYLE_TEXT);
	for (int i = 0; i < MONEY_REFUND; i++)
		page_fen(p, row, column++, m->by_kind[i], style);
	page_fen(p, row, column++, money_received_fen(m), style);
	page_fen(p, row, column++, m->by_kind[MONEY_REFUND], style);
	page_fen(p, row, column++, money_net_fen(m), style);
	page_number(p, row, column++, m->contracts, total ? STYLE_SUM_NUMBER : STYLE_NUMBER);
	page_fen(p, row, column, m->contract_fen, style);
}

static void put_receipts(struct book *b, const struct report *r, const struct ledger *l)
{
	uint32_t row;
	struct page *p = page_begin(b, r, "回款", &row);

	page_width(p, 0, 0, 14);
	page_width(p, 1, 8, 18);
	page_heads(p, row++,
	           "日期|认购金(元)|首付款(元)|按揭款(元)|收款合计(元)|退款(元)|净回款(元)|签约套数|合同金额(元)");
	page_freeze(p, row, 1);
	for (size_t i = 0; i < l->day_count; i++) {
		char date[OFFICE_DATE_BYTES];

		office_day_text(l->days[i].day, date);
		put_money(p, row++, date, &l->days[i].money, false);
	}
	put_money(p, row, "合计", &l->money, true);
}

/* --- 未回款清单, 退款清单 */

static void put_deal(struct page *p, uint32_t row, const struct report *r, const struct ledger_deal *d, int64_t at_ms)
{
	char when[OFFICE_TIME_BYTES];

	office_time_text(at_ms, r->utc_offset_min, when);
	page_text(p, row, 0, d->unit, STYLE_TEXT);
	page_text(p, row, 1, d->id, STYLE_TEXT);
	page_text(p, row, 2, d->consultant, STYLE_TEXT);
	page_text(p, row, 3, when, STYLE_TEXT);
}

/* The last line: 合计 over `blanks` empty cells, then the sums. */
static void put_sum(struct page *p, uint32_t row, uint16_t blanks, const int64_t *fen, size_t count)
{
	page_text(p, row, 0, "合计", STYLE_SUM);
	for (uint16_t column = 1; column <= blanks; column++)
		page_text(p, row, column, "", STYLE_SUM);
	for (size_t i = 0; i < count; i++)
		page_fen(p, row, (uint16_t)(blanks + 1 + i), fen[i], STYLE_SUM_MONEY);
}

static void put_unpaid(struct book *b, const struct report *r, const struct ledger *l)
{
	int64_t sums[3] = { 0 };
	uint32_t row;
	struct page *p = page_begin(b, r, "未回款清单", &row);

	page_width(p, 0, 3, 18);
	page_width(p, 4, 6, 18);
	page_heads(p, row++, "房源编号|交易编号|置业顾问|签约时间|成交价(元)|已收款(元)|未回款(元)");
	page_freeze(p, row, 1);
	for (size_t i = 0; i < l->deal_count; i++) {
		const struct ledger_deal *d = l->deals[i];
		const int64_t fen[] = { d->price_fen, d->paid_fen, deal_unpaid_fen(d) };

		if (!deal_is_unpaid(d) || !report_shows(r, d->consultant))
			continue;
		put_deal(p, row, r, d, d->signed_ms);
		for (uint16_t c = 0; c < 3; c++) {
			page_fen(p, row, (uint16_t)(4 + c), fen[c], STYLE_MONEY);
			sums[c] += fen[c];
		}
		row++;
	}
	put_sum(p, row, 3, sums, 3);
}

static void put_refunds(struct book *b, const struct report *r, const struct ledger *l)
{
	int64_t sums[3] = { 0 };
	uint32_t row;
	struct page *p = page_begin(b, r, "退款清单", &row);

	page_width(p, 0, 3, 18);
	page_width(p, 4, 4, 10);
	page_width(p, 5, 7, 18);
	page_heads(p, row++, "房源编号|交易编号|置业顾问|结束时间|结束方式|应退(元)|已退(元)|未退(元)");
	page_freeze(p, row, 1);
	for (size_t i = 0; i < l->deal_count; i++) {
		const struct ledger_deal *d = l->deals[i];
		const int64_t fen[] = { d->due_fen, d->refunded_fen, deal_refund_fen(d) };

		if (!deal_awaits_refund(d) || !report_shows(r, d->consultant))
			continue;
		put_deal(p, row, r, d, d->ended_ms);
		page_text(p, row, 4, d->end->chinese, STYLE_TEXT);
		for (uint16_t c = 0; c < 3; c++) {
			page_fen(p, row, (uint16_t)(5 + c), fen[c], STYLE_MONEY);
			sums[c] += fen[c];
		}
		row++;
	}
	put_sum(p, row, 4, sums, 3);
}

void xlsx_period(struct book *b, const struct report *r, const struct ledger *l)
{
	if (r->part == PART_WHOLE)
		put_overview(b, r, l);
	if (r->part != PART_MONEY) {
		put_conversion(b, r, l);
		put_consultants(b, r, l);
	}
	if (r->part != PART_OWN)
		put_receipts(b, r, l);
	put_unpaid(b, r, l);
	put_refunds(b, r, l);
}
