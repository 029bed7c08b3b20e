#include "report/book.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xlsxwriter.h>

/* Excel's limits: characters of a worksheet's name, and of a cell. */
enum { NAME_CHARACTERS = 31, CELL_CHARACTERS = 32767 };

struct page {
	struct book *book;
	lxw_worksheet *sheet;
	char *name;
};

struct book {
	lxw_workbook *native;
	lxw_format *styles[STYLE_COUNT];
	struct page **pages;
	size_t page_count;
	lxw_error error; /* the first */
};

/* DOMAIN: the colours of the board, where a project has no others; a settled unit differs from a contracted one by its word. */
static const struct state_row {
	const char *chinese;
	lxw_color_t ground, ink;
	uint8_t border;
} states[UNIT_STATUS_COUNT] = {
	[UNIT_WITHHELD] = { "销控", 0x4F7DF3, 0x020817, LXW_BORDER_DOTTED },
	[UNIT_AVAILABLE] = { "可售", 0x34D399, 0x04210F, LXW_BORDER_THIN },
	[UNIT_LOCKED] = { "锁定", 0xFFE45C, 0x1F1700, LXW_BORDER_DASHED },
	[UNIT_SUBSCRIBED] = { "认购", 0xE0702B, 0x1A0B00, LXW_BORDER_THIN },
	[UNIT_CONTRACTED] = { "签约", 0xA01B30, 0xFFFFFF, LXW_BORDER_THIN },
	[UNIT_SETTLED] = { "已回款", 0xA01B30, 0xFFFFFF, LXW_BORDER_DOUBLE },
};

const char *state_chinese(enum unit_status s) { return states[s].chinese; }

static lxw_format *style_new(struct book *b, const char *number, bool bold, bool framed)
{
	lxw_format *f = workbook_add_format(b->native);

	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (number)
		format_set_num_format(f, number);
	if (bold)
		format_set_bold(f);
	if (framed)
		format_set_border(f, LXW_BORDER_THIN);
	return f;
}

/* As the pages do it (web/src/core/palette.ts): the ink with the better contrast, by the luminance of WCAG. */
static lxw_color_t ink_on(lxw_color_t ground)
{
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	double luminance = 0;

	for (int i = 0; i < 3; i++) {
		double v = (double)(ground >> (16 - 8 * i) & 0xff) / 255;

		luminance += weights[i] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
	}
	/* (L + 0.05) / 0.05 against 1.05 / (L + 0.05) */
	return (luminance + 0.05) * (luminance + 0.05) >= 0.0525 ? 0x000000 : 0xFFFFFF;
}

/* The colours of a state, of the palette where it has some. */
static void paint(lxw_format *f, enum unit_status s, const char *palette)
{
	lxw_color_t ground = states[s].ground, ink = states[s].ink;

	for (const char *p = palette; p && *p; p += strcspn(p, ",") + (strchr(p, ',') ? 1 : 0))
		if (p[0] == unit_letter(s) && p[1] == '=' && p[2] == '#') {
			ground = (lxw_color_t)strtoul(p + 3, NULL, 16);
			ink = ink_on(ground);
		}
	/* The library takes 0 for "none". */
	format_set_bg_color(f, ground ? ground : LXW_COLOR_BLACK);
	format_set_font_color(f, ink ? ink : LXW_COLOR_BLACK);
}

static void make_styles(struct book *b, const char *palette)
{
	b->styles[STYLE_PLAIN] = style_new(b, NULL, false, false);
	b->styles[STYLE_TITLE] = style_new(b, NULL, true, false);
	format_set_font_size(b->styles[STYLE_TITLE], 16);
	b->styles[STYLE_NOTE] = style_new(b, NULL, false, false);
	format_set_font_color(b->styles[STYLE_NOTE], 0x555555);
	b->styles[STYLE_HEAD] = style_new(b, NULL, true, true);
	format_set_bg_color(b->styles[STYLE_HEAD], 0xE5E7EB);
	format_set_align(b->styles[STYLE_HEAD], LXW_ALIGN_CENTER);
	format_set_text_wrap(b->styles[STYLE_HEAD]);
	for (int sum = 0; sum < 2; sum++) {
		int first = sum ? STYLE_SUM : STYLE_TEXT;

		b->styles[first] = style_new(b, NULL, sum, true);
		b->styles[first + 1] = style_new(b, "#,##0", sum, true);
		b->styles[first + 2] = style_new(b, "#,##0.00", sum, true);
		b->styles[first + 3] = style_new(b, "0.00%", sum, true);
	}
	for (int s = 0; s < UNIT_STATUS_COUNT; s++) {
		lxw_format *f = b->styles[STYLE_STATE + s] = style_new(b, NULL, false, true);

		paint(f, (enum unit_status)s, palette);
		format_set_border(f, states[s].border);
		format_set_align(f, LXW_ALIGN_CENTER);
		format_set_text_wrap(f);
	}
}

struct book *book_new(const char *path, const char *title, const char *palette, int64_t created_ms)
{
	lxw_workbook *native = workbook_new(path);

	if (!native)
		return NULL;
	struct book *b = mem_zalloc(sizeof *b);
	b->native = native;
	/* Otherwise the library takes the present time. Not 0: that means "now" too. */
	lxw_doc_properties properties = { .title = (char *)(uintptr_t)title,
		                              .author = (char *)(uintptr_t) "listingd",
		                              .created = (time_t)(created_ms >= 1000 ? created_ms / 1000 : 1) };
	b->error = workbook_set_properties(native, &properties);
	make_styles(b, palette);
	return b;
}

bool book_close(struct book *b, struct buf *why)
{
	lxw_error closed = workbook_close(b->native); /* frees it, also on failure */

	if (!b->error)
		b->error = closed;
	bool fine = b->error == LXW_NO_ERROR;
	if (!fine)
		buf_adds(why, lxw_strerror(b->error));
	for (size_t i = 0; i < b->page_count; i++) {
		mem_free(b->pages[i]->name);
		mem_free(b->pages[i]);
	}
	mem_free(b->pages);
	mem_free(b);
	return fine;
}

/* --- names */

/* The bytes of the first `most` characters; one beyond the basic plane counts two, as in Excel. */
static size_t bytes_of(const char *text, size_t most)
{
	size_t bytes = 0, count = 0;

	while (text[bytes]) {
		unsigned char c = (unsigned char)text[bytes];

		count += c >= 0xf0 ? 2 : 1;
		if (count > most)
			break;
		for (bytes++; ((unsigned char)text[bytes] & 0xc0) == 0x80; bytes++)
			;
	}
	return bytes;
}

static bool is_taken(const struct book *b, const char *name)
{
	for (size_t i = 0; i < b->page_count; i++)
		if (strcasecmp(b->pages[i]->name, name) == 0)
			return true;
	return strcasecmp(name, "History") == 0; /* Excel keeps it for itself */
}

static char *fit_name(const struct book *b, const char *wanted)
{
	char *clean = mem_strndup(wanted, bytes_of(wanted, NAME_CHARACTERS));

	for (char *p = clean; *p; p++)
		if (strchr("[]:*?/\\", *p) || (unsigned char)*p < 0x20)
			*p = '_';
	size_t n = strlen(clean);
	if (n == 0) {
		mem_free(clean);
		clean = mem_strdup("-");
	} else {
		/* An apostrophe may stand inside, not at either end. */
		clean[0] = clean[0] == '\'' ? '_' : clean[0];
		clean[n - 1] = clean[n - 1] == '\'' ? '_' : clean[n - 1];
	}
	char *name = mem_strdup(clean);
	for (int i = 2; is_taken(b, name); i++) {
		char *behind = mem_printf(" (%d)", i);

		mem_free(name);
		name = mem_printf("%.*s%s", (int)bytes_of(clean, NAME_CHARACTERS - strlen(behind)), clean, behind);
		mem_free(behind);
	}
	mem_free(clean);
	return name;
}

/* --- pages */

static void note(struct book *b, lxw_error error)
{
	if (!b->error)
		b->error = error;
}

struct page *book_page(struct book *b, const char *name)
{
	struct page *p = mem_zalloc(sizeof *p);

	p->book = b;
	p->name = fit_name(b, name);
	p->sheet = workbook_add_worksheet(b->native, p->name);
	if (!p->sheet) {
		note(b, LXW_ERROR_SHEETNAME_ALREADY_USED);
		p->sheet = workbook_add_worksheet(b->native, NULL);
	}
	b->pages = mem_reallocarray(b->pages, b->page_count + 1, sizeof *b->pages);
	b->pages[b->page_count++] = p;
	return p;
}

void page_freeze(struct page *p, uint32_t rows, uint16_t columns) { worksheet_freeze_panes(p->sheet, rows, columns); }

void page_width(struct page *p, uint16_t first, uint16_t last, double characters)
{
	note(p->book, worksheet_set_column(p->sheet, first, last, characters, NULL));
}

void page_height(struct page *p, uint32_t row, double points)
{
	note(p->book, worksheet_set_row(p->sheet, row, points, NULL));
}

void page_filter(struct page *p, uint32_t row, uint16_t columns, uint32_t last_row)
{
	note(p->book, worksheet_autofilter(p->sheet, row, 0, last_row > row ? last_row : row, (uint16_t)(columns - 1)));
}

void page_landscape(struct page *p)
{
	worksheet_set_landscape(p->sheet);
	worksheet_set_paper(p->sheet, 9); /* A4 */
	worksheet_fit_to_pages(p->sheet, 1, 0);
}

void page_text(struct page *p, uint32_t row, uint16_t column, const char *text, enum book_style style)
{
	char *fitting = mem_strndup(text, bytes_of(text, CELL_CHARACTERS));

	/* An empty string would leave the cell without its frame. */
	note(p->book, *fitting ? worksheet_write_string(p->sheet, row, column, fitting, p->book->styles[style])
	                       : worksheet_write_blank(p->sheet, row, column, p->book->styles[style]));
	mem_free(fitting);
}

static void number(struct page *p, uint32_t row, uint16_t column, double value, enum book_style style)
{
	note(p->book, worksheet_write_number(p->sheet, row, column, value, p->book->styles[style]));
}

void page_number(struct page *p, uint32_t row, uint16_t column, int64_t value, enum book_style style)
{
	number(p, row, column, (double)value, style);
}

void page_fen(struct page *p, uint32_t row, uint16_t column, int64_t fen, enum book_style style)
{
	number(p, row, column, (double)fen / 100., style);
}

void page_share(struct page *p, uint32_t row, uint16_t column, int64_t bp, enum book_style style)
{
	number(p, row, column, (double)bp / 10000., style);
}

void page_heads(struct page *p, uint32_t row, const char *heads)
{
	for (uint16_t column = 0;; column++) {
		size_t bytes = strcspn(heads, "|");
		char *head = mem_strndup(heads, bytes);

		page_text(p, row, column, head, STYLE_HEAD);
		mem_free(head);
		if (heads[bytes] == '\0')
			return;
		heads += bytes + 1;
	}
}
