/* From a file to units (listing.h): what both layouts share, and the checks behind them. */
#include "listing/listing.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "listing/normalise.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* More than anybody reads; a wrong column makes one per row. */
enum { MAX_PROBLEMS = 2000 };

/* 10^12 yuan, as decimal.h takes it: sums of 20,000 such still fit. */
#define MAX_PRICE_FEN (INT64_C(100) * 1000000000000)

struct listing_index {
	struct map *by_id; /* → position in units, plus one */
};

static void problem(struct listing *l, bool error, struct listing_place at, const char *fmt, va_list ap)
{
	l->error_count += error;
	if (l->problem_count >= MAX_PROBLEMS)
		return;
	l->problems = mem_reallocarray(l->problems, l->problem_count + 1, sizeof *l->problems);
	struct listing_problem *p = &l->problems[l->problem_count++];
	*p = (struct listing_problem){ .error = error, .sheet = at.sheet, .row = at.row, .column = at.column };
	vsnprintf(p->what, sizeof p->what, fmt, ap);
}

void listing_error(struct listing *l, struct listing_place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	problem(l, true, at, fmt, ap);
	va_end(ap);
}

void listing_warn(struct listing *l, struct listing_place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	problem(l, false, at, fmt, ap);
	va_end(ap);
}

void listing_where(const struct listing *l, const struct listing_problem *p, char *out, size_t out_bytes)
{
	const char *sheet = p->sheet < l->file.count ? l->file.tables[p->sheet].name : "";
	struct buf b = { 0 };
	char column[8];

	if (sheet[0] != '\0')
		buf_addf(&b, "sheet %s", sheet);
	if (p->row > 0)
		buf_addf(&b, "%srow %u", b.len_bytes > 0 ? ", " : "", p->row);
	if (p->column >= 0) {
		table_column_name((size_t)p->column, column);
		buf_addf(&b, "%scolumn %s", b.len_bytes > 0 ? ", " : "", column);
	}
	snprintf(out, out_bytes, "%s", b.len_bytes > 0 ? buf_str(&b) : "the file");
	buf_fini(&b);
}

static bool says_nothing(const char *cell)
{
	char *clean = normalise_text(cell != NULL ? cell : "");
	bool empty = clean[0] == '\0';

	mem_free(clean);
	return empty;
}

static unsigned digits_in(const char *cell)
{
	char *clean = normalise_text(cell != NULL ? cell : "");
	unsigned digits = 0;

	for (const char *p = clean; *p != '\0'; p++)
		digits += *p >= '0' && *p <= '9';
	mem_free(clean);
	return digits;
}

void listing_fill(struct listing *l, struct listing_fill *fill, struct position_cells *cells)
{
	if (!says_nothing(cells->building)) {
		fill->repeated = fill->above_named && fill->building != NULL && strcmp(fill->building, cells->building) == 0;
		fill->above_named = true;
		fill->building = cells->building;
		fill->entrance = cells->entrance;
		fill->floor = cells->floor;
		return;
	}
	fill->above_named = false;
	/* Where every row names its building, one that does not is a mistake and no merged block. */
	if (fill->building == NULL || fill->repeated)
		return;
	cells->building = fill->building;
	l->filled_down++;
	if (!says_nothing(cells->entrance))
		fill->entrance = cells->entrance;
	else
		cells->entrance = fill->entrance;
	/* A room such as 301 tells its floor itself, and better than a row above. */
	if (!says_nothing(cells->floor))
		fill->floor = cells->floor;
	else if (digits_in(cells->room) < 3)
		cells->floor = fill->floor;
}

struct listing_unit *listing_unit_of(struct listing *l, struct listing_index *index, const struct position *at,
                                     bool create)
{
	size_t known = (size_t)(uintptr_t)map_get(index->by_id, at->id);

	if (known > 0)
		return &l->units[known - 1];
	if (!create || l->count >= LISTING_MAX_UNITS)
		return NULL;
	if ((l->count & (l->count + 1)) == 0) /* room for twice as many at 0, 1, 3, 7 … */
		l->units = mem_reallocarray(l->units, (l->count + 1) * 2, sizeof *l->units);
	struct listing_unit *u = &l->units[l->count++];
	memset(u, 0, sizeof *u);
	u->at = *at;
	map_set(index->by_id, at->id, (void *)(uintptr_t)l->count);
	return u;
}

/* --- what the columns do not say */

static void derive_area(struct listing *l, struct listing_unit *u)
{
	if (u->has[FIELD_GROSS] || !u->has[FIELD_TOTAL] || !u->has[FIELD_UNIT_PRICE])
		return;
	u->value[FIELD_GROSS] = decimal_quotient(u->value[FIELD_TOTAL], u->value[FIELD_UNIT_PRICE]);
	u->has[FIELD_GROSS] = u->value[FIELD_GROSS].micro > 0;
	u->area_derived = u->has[FIELD_GROSS];
	l->areas_derived += u->area_derived;
}

static void derive_type(struct listing *l, struct listing_unit *u)
{
	enum field area = u->has[FIELD_GROSS] ? FIELD_GROSS : FIELD_INSIDE;

	if (u->type[0] != '\0' || !u->has[area])
		return;
	long long whole = (u->value[area].micro + DECIMAL_ONE / 2) / DECIMAL_ONE;
	snprintf(u->type, sizeof u->type, "%s%lld㎡", area == FIELD_INSIDE ? "套内" : "", whole);
	u->type_derived = true;
	l->types_derived++;
}

static bool keep_area(struct listing_unit *u, enum field field, const char *text)
{
	bool known = !u->has[field] || (field == FIELD_GROSS && u->area_derived);
	struct decimal old;

	if (!known || decimal_parse(text, QUANTITY_AREA, 1, &old) != NULL ||
	    (u->has[field] && u->value[field].micro == old.micro))
		return false;
	u->has[field] = true;
	u->value[field] = old;
	return true;
}

bool listing_keep(struct listing_unit *u, const char *type, const char *gross, const char *inside)
{
	bool kept = keep_area(u, FIELD_GROSS, gross);

	kept |= keep_area(u, FIELD_INSIDE, inside);
	if ((u->type_derived || u->type[0] == '\0') && type[0] != '\0' && strlen(type) < sizeof u->type) {
		memcpy(u->type, type, strlen(type) + 1);
		u->type_derived = false;
		kept = true;
	}
	return kept;
}

/* How far `price` is from unit price × area: 0 within 1 %, 1 beyond, 2 beyond a factor of two. */
static int distance(const struct listing_unit *u, enum field area)
{
	if (!u->has[area])
		return 2;
	decimal_wide product = decimal_product(u->value[FIELD_UNIT_PRICE], u->value[area]);
	decimal_wide price = (decimal_wide)u->value[FIELD_TOTAL].micro * DECIMAL_ONE;
	if (product > price * 2 || price > product * 2)
		return 2;
	decimal_wide apart = product > price ? product - price : price - product;
	return apart * 100 > price;
}

static void check_total(struct listing *l, const struct listing_unit *u, struct listing_place at)
{
	if (!u->has[FIELD_UNIT_PRICE] || (!u->has[FIELD_GROSS] && !u->has[FIELD_INSIDE]))
		return;
	int gross = distance(u, FIELD_GROSS), inside = distance(u, FIELD_INSIDE);
	int apart = gross < inside ? gross : inside; /* some cities price by the inside area */
	if (apart == 2)
		listing_error(l, at,
		              "unit %s: the list price is less than half or more than twice unit price × area; is one of "
		              "them in 万元, or its column misnamed?",
		              u->at.id);
	else if (apart == 1)
		listing_warn(
			l, at, "unit %s: the list price differs from unit price × area by more than 1 %%; the list price is taken",
			u->at.id);
}

static void set_price(struct listing *l, struct listing_unit *u)
{
	struct listing_place at = { u->sheet, u->row, -1 };

	if (u->has[FIELD_TOTAL]) {
		check_total(l, u, at);
		u->price_fen = decimal_fen(u->value[FIELD_TOTAL]);
		u->price_exact = (decimal_wide)u->value[FIELD_TOTAL].micro * DECIMAL_ONE;
	} else if (u->has[FIELD_UNIT_PRICE] && u->has[FIELD_GROSS]) {
		u->price_fen = decimal_product_fen(u->value[FIELD_UNIT_PRICE], u->value[FIELD_GROSS]);
		u->price_exact = decimal_product(u->value[FIELD_UNIT_PRICE], u->value[FIELD_GROSS]);
		l->priced_by_area++;
	} else if (u->refused) {
		return;
	} else {
		listing_error(l, at, "unit %s has no list price, and no unit price with a gross area to make one of", u->at.id);
		return;
	}
	if (u->price_fen <= 0 || u->price_fen > MAX_PRICE_FEN)
		listing_error(l, at, "unit %s: the list price is %s", u->at.id, u->price_fen == 0 ? "0" : "impossibly high");
	else
		l->sum_fen += u->price_fen;
	l->exact_sum += u->price_exact;
}

static void complete(struct listing *l)
{
	for (size_t i = 0; i < l->count; i++) {
		derive_area(l, &l->units[i]);
		derive_type(l, &l->units[i]);
		set_price(l, &l->units[i]);
	}
	if (l->count == 0 && l->error_count == 0)
		listing_error(l, (struct listing_place){ SIZE_MAX, 0, -1 }, "holds no unit");
}

/* --- the sheets */

static size_t sheets_of(const struct listing *l, enum layout layout)
{
	size_t found = 0;

	for (size_t i = 0; i < l->file.count; i++)
		found += l->mappings[i].layout == layout;
	return found;
}

static void check_mapping(struct listing *l, size_t sheet)
{
	const struct mapping *m = &l->mappings[sheet];
	unsigned row = l->file.tables[sheet].rows[m->header].number;

	for (int f = 0; f < FIELD_COUNT; f++) {
		if (m->ambiguous[f] >= 0)
			listing_error(l, (struct listing_place){ sheet, row, m->ambiguous[f] },
			              "a second column for %s; rename or remove one of them", field_name((enum field)f));
	}
	if (m->layout == LAYOUT_LIST && m->column[FIELD_TOTAL] < 0 && m->column[FIELD_UNIT_PRICE] < 0)
		listing_error(l, (struct listing_place){ sheet, row, -1 },
		              "no column is recognised as the list price (备案总价, list price) or the unit price (预售单价, "
		              "unit price)");
	else if (m->layout == LAYOUT_LIST && m->column[FIELD_TOTAL] < 0 && m->column[FIELD_GROSS] < 0)
		listing_error(l, (struct listing_place){ sheet, row, -1 },
		              "there is a unit price, but no column is recognised as the gross area (建筑面积, gross area)");
}

static void read_sheets(struct listing *l)
{
	struct listing_index index = { map_new() };
	size_t lists = sheets_of(l, LAYOUT_LIST);

	if (lists == 0 && sheets_of(l, LAYOUT_MATRIX) == 0)
		listing_error(
			l, (struct listing_place){ SIZE_MAX, 0, -1 },
			"has no header that is recognised: a list needs a column 房号 (room), a matrix a column 楼层 (floor) and "
			"one column per room (1, 2, 3 …), within the first twenty rows");
	for (size_t i = 0; i < l->file.count; i++) {
		enum layout layout = l->mappings[i].layout;
		struct listing_place whole = { i, 0, -1 };

		if (layout == LAYOUT_NONE && l->file.tables[i].row_count > 0 && l->file.count > 1)
			listing_warn(l, whole, "passed over: no header is recognised");
		if (layout == LAYOUT_MATRIX && lists > 0)
			listing_warn(l, whole, "passed over: another sheet lists the units one by one");
		if (layout == LAYOUT_NONE || (layout == LAYOUT_MATRIX && lists > 0))
			continue;
		check_mapping(l, i);
		if (layout == LAYOUT_LIST)
			listing_read_list(l, &index, i);
		else
			listing_read_matrix(l, &index, i);
	}
	map_free(index.by_id, NULL);
}

int listing_read(const char *path, struct listing *out)
{
	char why[TABLE_WHY];

	*out = (struct listing){ 0 };
	if (table_read(path, &out->file, why) != 0) {
		listing_error(out, (struct listing_place){ SIZE_MAX, 0, -1 }, "%.250s", why);
		return -1;
	}
	out->mappings = mem_calloc(out->file.count + 1, sizeof *out->mappings);
	for (size_t i = 0; i < out->file.count; i++)
		mapping_find(&out->file.tables[i], &out->mappings[i]);
	read_sheets(out);
	complete(out);
	return out->error_count == 0 ? 0 : -1;
}

void listing_fini(struct listing *l)
{
	table_file_fini(&l->file);
	mem_free(l->mappings);
	mem_free(l->units);
	mem_free(l->problems);
	*l = (struct listing){ 0 };
}
