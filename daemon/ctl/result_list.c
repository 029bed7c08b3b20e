#include "ctl/result_list.h"

#include "ctl/print.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

enum { TICKET_SHOWN = 16, FEN = 100 };

static int64_t opened_ms(const struct launch_fold *f) { return f->opens_ms + f->shift_ms; }

/* Only a session in draw order has an order that matters; of the others the seed is shown all the same. */
static void list_draw(struct result_check *k)
{
	struct launch_fold *f = &k->fold;
	struct print_table t;

	printf("\n摇号 draw\n  承诺 commitment  %s\n  种子 seed        %s\n", f->commit, *f->seed ? f->seed : "-");
	if (strcmp(f->mode, "order") != 0)
		return;
	launch_fold_order(f);
	print_table_init(&t, "  >顺位 rank|>号 number|购房者 buyer|组 group|签值 ticket");
	for (size_t i = 0; i < f->buyer_count; i++) {
		print_cellf(&t, "  %zu", i + 1);
		print_cellf(&t, "%lld", (long long)f->order[i]->draw);
		print_cell(&t, f->order[i]->id);
		print_cell(&t, f->order[i]->group);
		print_cellf(&t, "%.*s", TICKET_SHOWN, f->order[i]->ticket);
	}
	print_table_show(&t);
}

static void list_choices(const struct result_check *k)
{
	const struct launch_fold *f = &k->fold;
	struct print_table t;
	char time[RESULT_TIME_BYTES];

	puts("\n选房 choices");
	print_table_init(&t, "  时刻 time|>开盘后 after, ms|购房者 buyer|房源 unit|>备案价 price, 元|结果 became");
	for (size_t i = 0; i < f->deal_count; i++) {
		const struct launch_deal *d = f->all_deals[i];

		result_time(d->chosen_ms, k->utc_offset_min, time);
		print_cellf(&t, "  %s", time);
		print_cellf(&t, "%lld", (long long)(d->chosen_ms - opened_ms(f)));
		print_cell(&t, d->buyer);
		print_cell(&t, d->unit);
		print_cellf(&t, "%lld.%02lld", (long long)(d->price_fen / FEN), (long long)(d->price_fen % FEN));
		print_cell(&t, d->status);
	}
	print_table_show(&t);
}

static void list_refused(const struct result_check *k)
{
	static const char refused[] = "refused.";
	struct json *tally = NULL;
	struct print_table t;
	char why[WHY_BYTES];
	const char *name;
	int64_t n;

	printf("\n按下 presses: %lld, 成功 granted %lld, 拒绝 refused %lld\n", (long long)k->presses, (long long)k->granted,
	       (long long)k->refused);
	if (!k->tally || json_parse(k->tally, strlen(k->tally), &tally, why) != 0)
		return;
	print_table_init(&t, "  原因 why|>次数 times");
	for (size_t i = 0; (name = json_name(tally, i)); i++) {
		bool counts = strncmp(name, refused, sizeof refused - 1) == 0 || strcmp(name, "limited") == 0;

		if (!counts || !json_whole(json_member(tally, name), &n))
			continue;
		print_cellf(&t, "  %s", strcmp(name, "limited") != 0 ? name + sizeof refused - 1 : "rate_limited");
		print_cellf(&t, "%lld", (long long)n);
	}
	print_table_show(&t);
	json_free(tally);
}

void result_list(struct result_check *k)
{
	list_draw(k);
	list_choices(k);
	list_refused(k);
}
