#include "app/robot_text.h"

#include "wire/json.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *event, *text;
} tally_names[TALLY_COUNT] = {
#define X(name, text) { #name, text },
	TALLIES(X)
#undef X
};

void tallies_add(struct tallies *t, const struct trail_entry *e)
{
	const char *event = trail_get(e, "t");
	/* Money paid back is no money received. */
	if (strcmp(event, "receipt") == 0 && strcmp(trail_get(e, "kind"), "refund") == 0)
		return;
	for (int i = 0; i < TALLY_COUNT; i++)
		t->count[i] += strcmp(tally_names[i].event, event) == 0;
}

bool tallies_any(const struct tallies *t)
{
	for (int i = 0; i < TALLY_COUNT; i++)
		if (t->count[i])
			return true;
	return false;
}

void robot_text_name(struct buf *out, const char *name)
{
	static const struct {
		char c;
		const char *instead;
	} harmless[] = {
		{ '[', "【" }, { ']', "】" }, { '(', "（" }, { ')', "）" }, { '<', "〈" }, { '>', "〉" },
		{ '*', "＊" }, { '`', "’" },  { '#', "＃" }, { '@', "＠" }, { '!', "！" }, { '&', "＆" },
	};
	for (const char *p = name; *p; p++) {
		const char *instead = NULL;
		for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
			if (harmless[i].c == *p)
				instead = harmless[i].instead;
		if (instead)
			buf_adds(out, instead);
		else
			buf_addc(out, (unsigned char)*p < 0x20 ? ' ' : *p);
	}
}

bool robot_text_urgent(struct buf *out, const struct trail_entry *e)
{
	const char *event = trail_get(e, "t"), *consultant = trail_get(e, "hold");
	if (strcmp(event, "clock_hold") == 0) {
		buf_adds(out, "**时钟异常**:到期释放已暂停,请管理员核对时间后确认");
	} else if (strcmp(event, "freeze") == 0) {
		buf_adds(out, "**项目已冻结**:原因请在系统中查看(操作账号 ");
		robot_text_name(out, trail_get(e, "by"));
		buf_adds(out, ")");
	} else if (strcmp(event, "overdue") == 0) {
		buf_adds(out, "**逾期未签**:房源 ");
		robot_text_name(out, trail_get(e, "u"));
		buf_adds(out, " 已收款但期限已过,请案场文员和经理处理");
		if (*consultant) {
			buf_adds(out, "(顾问 ");
			robot_text_name(out, consultant);
			buf_adds(out, ")");
		}
	} else {
		return false;
	}
	buf_addc(out, '\n');
	return true;
}

static int64_t sold(const struct counts *c)
{
	return c->by_status[UNIT_SUBSCRIBED] + c->by_status[UNIT_CONTRACTED] + c->by_status[UNIT_SETTLED];
}

static void put_sell_through(struct buf *out, const struct counts *c)
{
	int64_t bp = counts_sell_through_bp(c);
	buf_addf(out, "去化率 %lld.%02lld%%", (long long)(bp / 100), (long long)(bp % 100));
}

void robot_text_digest(struct buf *out, const struct tallies *t, const struct counts *now)
{
	bool first = true;
	for (int i = 0; i < TALLY_COUNT; i++)
		if (t->count[i]) {
			buf_addf(out, "%s%s **%lld**", first ? "" : ",", tally_names[i].text, (long long)t->count[i]);
			first = false;
		}
	buf_addf(out, "\n> 现在:可售 %lld,锁定 %lld,已售(含认购)%lld,", (long long)now->by_status[UNIT_AVAILABLE],
	         (long long)now->by_status[UNIT_LOCKED], (long long)sold(now));
	put_sell_through(out, now);
	buf_addc(out, '\n');
}

void robot_text_sheet(struct buf *out, const struct aggregate *a, const char *date)
{
	const struct counts *c = &a->totals;
	buf_addf(out, "> %s\n> 总 %lld 套:可售 %lld,锁定 %lld,认购未签 %lld,签约未回款 %lld,已回款 %lld,销控 %lld\n> ",
	         date, (long long)c->units, (long long)c->by_status[UNIT_AVAILABLE], (long long)c->by_status[UNIT_LOCKED],
	         (long long)c->by_status[UNIT_SUBSCRIBED], (long long)c->by_status[UNIT_CONTRACTED],
	         (long long)c->by_status[UNIT_SETTLED], (long long)c->by_status[UNIT_WITHHELD]);
	put_sell_through(out, c);
	buf_adds(out, "\n\n**按户型**\n");
	for (size_t i = 0; i < a->by_type.count; i++) {
		const struct figure *f = &a->by_type.rows[i];
		buf_adds(out, "- ");
		robot_text_name(out, *f->type ? f->type : "未标户型");
		buf_addf(out, ":%lld 套,可售 %lld,锁定 %lld,已售 %lld,", (long long)f->counts.units,
		         (long long)f->counts.by_status[UNIT_AVAILABLE], (long long)f->counts.by_status[UNIT_LOCKED],
		         (long long)sold(&f->counts));
		put_sell_through(out, &f->counts);
		buf_addc(out, '\n');
	}
}

size_t robot_text_fit(const char *text, size_t bytes, size_t max)
{
	if (bytes <= max)
		return bytes;
	size_t n = max;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	/* A whole line less reads better than half a line, unless that is most of it. */
	for (size_t i = n; i > n / 2; i--)
		if (text[i - 1] == '\n')
			return i;
	return n;
}

void robot_message(struct buf *out, enum target_kind kind, const char *title, const char *text, size_t bytes)
{
	static const char more[] = "……(余下请在系统中查看)";
	struct buf whole = { 0 };
	size_t max = kind == TARGET_WECOM ? WECOM_MAX_BYTES : DINGTALK_MAX_BYTES;
	/* A line before a list or a quote must be empty, else Markdown runs them together. */
	buf_addf(&whole, "### %s\n\n", title);
	buf_add(&whole, text, bytes);
	if (whole.len_bytes > max) {
		whole.len_bytes = robot_text_fit(whole.data, whole.len_bytes, max - strlen(more));
		buf_adds(&whole, more);
	}
	if (kind == TARGET_WECOM) {
		buf_adds(out, "{\"msgtype\":\"markdown\",\"markdown\":{\"content\":");
	} else {
		buf_adds(out, "{\"msgtype\":\"markdown\",\"markdown\":{\"title\":");
		json_puts(out, title);
		buf_adds(out, ",\"text\":");
	}
	json_put_string(out, whole.data, whole.len_bytes);
	buf_adds(out, "}}");
	buf_fini(&whole);
}
