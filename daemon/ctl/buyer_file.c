/* Reading a file of buyers (buyer_file.h). */
#include "ctl/buyer_file.h"

#include "base/map.h"
#include "base/mem.h"
#include "core/person.h"
#include "listing/normalise.h"
#include "seal/vault.h"

#include <stdio.h>
#include <string.h>

enum { MAX_BUYERS = 20000, MAX_PROBLEMS = 2000, HEADER_ROWS = 20, MAX_NAMES = 8, ID_BYTES = 64, GROUP_BYTES = 72 };

/* What people call a field, and what a header may call it, as normalise_name leaves it. */
static const struct {
	const char *name, *header[MAX_NAMES];
} fields[BUYER_FIELDS_ADMITTED] = {
	[BUYER_ID] = { "id 编号", { "id", "编号", "客户编号", "客户id", "buyer" } },
	[BUYER_NAME] = { "name 姓名", { "name", "姓名", "客户姓名", "客户", "客户名称", "购房人" } },
	[BUYER_PHONE] = { "phone 电话",
	                  { "phone", "电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "mobile" } },
	[BUYER_CARD] = { "card 证件号码",
	                 { "card", "身份证", "身份证号", "身份证号码", "证件号码", "证件号", "idcard", "idnumber" } },
	[BUYER_LEVEL] = { "level 级别", { "level", "级别", "意向等级", "客户级别", "客户等级", "等级", "意向级别" } },
	[BUYER_WISHES_FIELD] = { "wishes 意向", { "wishes", "意向", "标签", "需求", "客户需求", "意向户型", "tags" } },
	[BUYER_CONSULTANT] = { "consultant 置业顾问", { "consultant", "置业顾问", "顾问", "销售", "销售顾问" } },
	[BUYER_QUALIFICATION] = { "qualification 购房资格",
	                          { "qualification", "购房资格", "资格", "限购资格", "资格审核" } },
	[BUYER_GROUP] = { "group 分组", { "group", "分组", "组别", "组", "批次" } },
	[BUYER_DRAW] = { "draw 摇号序号",
	                 { "draw", "摇号序号", "摇号", "摇号顺序", "摇号结果", "选房顺序", "选房序号", "顺序号" } },
	[BUYER_CODE] = { "code 验证码", { "code", "验证码", "登录码", "一次性验证码", "登录验证码" } },
};

static const struct {
	const char *text, *value;
} qualifications[] = {
	{ "unknown", "unknown" },     { "未知", "unknown" },     { "待审", "unknown" },   { "未审核", "unknown" },
	{ "qualified", "qualified" }, { "有资格", "qualified" }, { "有", "qualified" },   { "合格", "qualified" },
	{ "通过", "qualified" },      { "refused", "refused" },  { "无资格", "refused" }, { "无", "refused" },
	{ "不合格", "refused" },      { "未通过", "refused" },
};

const char *buyer_field_name(enum buyer_field field) { return fields[field].name; }

void buyer_file_problem(struct buyer_file *f, unsigned row, int field, const char *fmt, ...)
{
	va_list ap;

	if (f->problem_count == MAX_PROBLEMS)
		return;
	f->problems = mem_reallocarray(f->problems, f->problem_count + 1, sizeof *f->problems);
	struct buyer_problem *p = &f->problems[f->problem_count++];
	*p = (struct buyer_problem){ .row = row, .column = field >= 0 ? f->column[field] : -1 };
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof p->what, fmt, ap);
	va_end(ap);
}

/* --- one field */

static const char *take(char **where, const char *text, size_t max_bytes, const char *too_long)
{
	if (strlen(text) > max_bytes)
		return too_long;
	vault_wipe(*where);
	*where = mem_strdup(text);
	return NULL;
}

static const char *read_level(const char *text, struct buyer *b)
{
	char level[2] = { (char)(text[0] & ~0x20), '\0' };
	bool known =
		level[0] >= 'A' && level[0] <= 'C' && (!text[1] || strcmp(text + 1, "类") == 0 || strcmp(text + 1, "级") == 0);

	return known ? take(&b->level, level, 1, "") : "a level is A, B or C";
}

static const char *read_wishes(const char *text, struct buyer *b)
{
	static const char other_comma[] = "、";
	const char *bad = NULL;

	while (*text && !bad) {
		const char *end = strstr(text, other_comma);
		size_t bytes = strcspn(text, ",;/|"), blank = strspn(text, " ");
		size_t behind = text[bytes] ? 1 : 0;

		if (end && (size_t)(end - text) < bytes) {
			bytes = (size_t)(end - text);
			behind = sizeof other_comma - 1;
		}
		char *tag = mem_strndup(text, bytes);
		char *last = tag + bytes;
		while (last > tag && last[-1] == ' ')
			*--last = '\0';
		if (bytes > BUYER_WISH_BYTES)
			bad = "a tag has at most 60 bytes (20 Chinese characters)";
		else if (bytes > blank && tag[blank] && !buyer_wish(b, tag + blank))
			bad = "there are at most 20 tags";
		vault_wipe(tag);
		text += bytes + behind;
	}
	return bad;
}

static const char *read_qualification(const char *text, struct buyer *b)
{
	for (size_t i = 0; i < sizeof qualifications / sizeof qualifications[0]; i++)
		if (strcasecmp(qualifications[i].text, text) == 0)
			return take(&b->qualification, qualifications[i].value, 16, "");
	return normalise_is_blank(text) ? NULL : "a qualification is unknown, qualified or refused (未知, 有资格, 无资格)";
}

static const char *read_number(const char *text, char **where,
                               const char *(*normal_form)(const char *, char[PERSON_BYTES]))
{
	char normal[PERSON_BYTES];
	char *whole = mem_strdup(text);

	normalise_whole(whole);
	const char *bad = normal_form(whole, normal);
	vault_wipe(whole);
	return bad ? bad : take(where, normal, PERSON_BYTES, "");
}

static const char *read_id(const char *text, struct buyer *b)
{
	char *whole = mem_strdup(text);

	normalise_whole(whole);
	const char *bad = whole[strcspn(whole, " |\"\\")] ? "an id holds no blanks, quotation marks, | or \\"
	                                                  : take(&b->id, whole, ID_BYTES, "an id has at most 64 bytes");
	for (const char *p = whole; *p; p++)
		if (strspn(p, "0123456789") > 10)
			bad = "an id may not look like a telephone or card number (11 digits or more)";
	mem_free(whole);
	return bad;
}

const char *buyer_field_read(enum buyer_field field, const char *text, struct buyer *b)
{
	if (field == BUYER_QUALIFICATION)
		return read_qualification(text, b);
	if (normalise_is_blank(text))
		return NULL;
	switch (field) {
	case BUYER_ID: return read_id(text, b);
	case BUYER_NAME: return take(&b->name, text, BUYER_NAME_BYTES, "a name has at most 96 bytes");
	case BUYER_PHONE: return read_number(text, &b->phone, person_phone);
	case BUYER_CARD: return read_number(text, &b->card, person_card);
	case BUYER_LEVEL: return read_level(text, b);
	case BUYER_WISHES_FIELD: return read_wishes(text, b);
	case BUYER_CONSULTANT: return take(&b->consultant, text, ID_BYTES, "a consultant is the name of an account");
	default: return NULL;
	}
}

/* --- what an admission to a launch session has besides */

static const char *read_group(const char *text, char **out)
{
	if (strlen(text) > GROUP_BYTES || text[strcspn(text, " |\"\\=,")])
		return "a group has at most 72 bytes, without blanks, commas, quotation marks, =, | and \\";
	*out = mem_strdup(text);
	return NULL;
}

static const char *read_draw(const char *text, char **out)
{
	char *whole = mem_strdup(text);

	normalise_whole(whole);
	size_t digits = strspn(whole, "0123456789"), zeros = strspn(whole, "0");
	bool fine = digits == strlen(whole) && digits > zeros && digits - zeros <= 9;
	if (fine)
		*out = mem_strdup(whole + zeros);
	mem_free(whole);
	return fine ? NULL : "a draw number is a whole number from 1 to 999999999";
}

static const char *read_code(const char *text, char **out)
{
	char normal[PERSON_BYTES];
	const char *bad = person_code(text, normal);

	if (!bad)
		*out = mem_strdup(normal);
	explicit_bzero(normal, sizeof normal);
	return bad;
}

static const char *read_admission(int field, const char *text, struct buyer_row *r)
{
	if (normalise_is_blank(text))
		return NULL;
	switch (field) {
	case BUYER_GROUP: return read_group(text, &r->group);
	case BUYER_DRAW: return read_draw(text, &r->draw);
	default: return read_code(text, &r->code);
	}
}

/* --- the file */

static int field_of(const struct buyer_file *file, const char *cell)
{
	char name[96], unit[96];

	normalise_name(cell, name, sizeof name, unit, sizeof unit);
	for (int f = 0; f < file->fields; f++)
		for (int n = 0; n < MAX_NAMES && fields[f].header[n]; n++)
			if (strcmp(fields[f].header[n], name) == 0)
				return f;
	return -1;
}

static unsigned map_header(const struct buyer_file *file, const struct table_row *row,
                           int column[BUYER_FIELDS_ADMITTED])
{
	unsigned found = 0;

	for (int f = 0; f < BUYER_FIELDS_ADMITTED; f++)
		column[f] = -1;
	for (size_t i = 0; i < row->count; i++) {
		int f = field_of(file, row->cells[i]);

		if (f >= 0 && column[f] < 0) {
			column[f] = (int)i;
			found++;
		}
	}
	/* Without these two kinds there is nobody to tell apart. */
	bool knows = column[BUYER_ID] >= 0 || column[BUYER_PHONE] >= 0 || column[BUYER_CARD] >= 0;
	return column[BUYER_NAME] >= 0 && knows ? found : 0;
}

/* The sheet and the row in which most columns are recognised; where the rows below begin. */
static size_t find_header(struct buyer_file *f)
{
	size_t below = 0;
	unsigned best = 0;

	for (size_t s = 0; s < f->file.count; s++) {
		const struct table *t = &f->file.tables[s];

		for (size_t r = 0; r < t->row_count && r < HEADER_ROWS; r++) {
			int column[BUYER_FIELDS_ADMITTED];
			unsigned found = map_header(f, &t->rows[r], column);

			if (found > best) {
				best = found;
				f->sheet = s;
				f->header = &t->rows[r];
				memcpy(f->column, column, sizeof column);
				below = r + 1;
			}
		}
	}
	return below;
}

static void check_header(struct buyer_file *f)
{
	for (size_t i = 0; i < f->header->count; i++) {
		int field = field_of(f, f->header->cells[i]);

		if (field >= 0 && f->column[field] != (int)i) {
			char column[8];

			table_column_name(i, column);
			buyer_file_problem(f, f->header->number, field, "%s stands in column %s, too; which is meant?",
			                   fields[field].name, column);
		}
	}
}

static void read_row(struct buyer_file *f, const struct table_row *row)
{
	struct buyer_row *r = &f->rows[f->count++];

	*r = (struct buyer_row){ .number = row->number };
	for (int field = 0; field < f->fields; field++) {
		if (f->column[field] < 0)
			continue;
		char *clean = normalise_text(table_cell(row, (size_t)f->column[field]));
		const char *bad = field < BUYER_FIELDS ? buyer_field_read((enum buyer_field)field, clean, &r->b)
		                                       : read_admission(field, clean, r);
		if (bad)
			buyer_file_problem(f, row->number, field, "%s", bad);
		vault_wipe(clean);
	}
	if (!r->b.id && !r->b.phone && !r->b.card)
		buyer_file_problem(f, row->number, -1, "a buyer needs an id, a telephone or a card number to be known by");
}

/* The same id or number in an earlier row. */
static void check_twice(struct buyer_file *f, int field, const char *(*value_of)(const struct buyer_row *))
{
	struct map *seen = map_new();

	for (size_t i = 0; i < f->count; i++) {
		const char *value = value_of(&f->rows[i]);
		const struct buyer_row *before = value && *value ? map_get(seen, value) : NULL;

		if (before)
			buyer_file_problem(f, f->rows[i].number, field, "the same %s stands in row %u", fields[field].name,
			                   before->number);
		else if (value && *value)
			map_set(seen, value, &f->rows[i]);
	}
	map_free(seen, NULL);
}

static const char *id_of(const struct buyer_row *r) { return r->b.id; }
static const char *phone_of(const struct buyer_row *r) { return r->b.phone; }
static const char *card_of(const struct buyer_row *r) { return r->b.card; }
static const char *draw_of(const struct buyer_row *r) { return r->draw; }

int buyer_file_read(const char *path, int fields_of_list, struct buyer_file *out)
{
	char why[TABLE_WHY];

	*out = (struct buyer_file){ .fields = fields_of_list };
	if (table_read(path, &out->file, why) != 0) {
		buyer_file_problem(out, 0, -1, "%.150s", why);
		return -1;
	}
	size_t below = find_header(out);
	if (!out->header) {
		buyer_file_problem(out, 0, -1,
		                   "no header is recognised: a column 姓名 (name) and one of 编号, 手机, 证件号码 "
		                   "(id, phone, card) are needed");
		return -1;
	}
	const struct table *t = &out->file.tables[out->sheet];
	size_t rows = t->row_count - below;
	check_header(out);
	if (rows < 1 || rows > MAX_BUYERS)
		buyer_file_problem(out, 0, -1, "it has %zu buyers; 1 to %d can be imported at a time", rows, MAX_BUYERS);
	rows = rows > MAX_BUYERS ? MAX_BUYERS : rows;
	out->rows = mem_calloc(rows, sizeof *out->rows);
	for (size_t r = 0; r < rows; r++)
		read_row(out, &t->rows[below + r]);
	check_twice(out, BUYER_ID, id_of);
	check_twice(out, BUYER_PHONE, phone_of);
	check_twice(out, BUYER_CARD, card_of);
	check_twice(out, BUYER_DRAW, draw_of);
	return out->problem_count ? -1 : 0;
}

void buyer_file_fini(struct buyer_file *f)
{
	for (size_t i = 0; i < f->count; i++) {
		buyer_fini(&f->rows[i].b);
		mem_free(f->rows[i].group);
		mem_free(f->rows[i].draw);
		vault_wipe(f->rows[i].code);
	}
	mem_free(f->rows);
	mem_free(f->problems);
	table_file_fini(&f->file);
	*f = (struct buyer_file){ 0 };
}
