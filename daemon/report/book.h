/* A workbook being written: libxlsxwriter behind the few things that reports need, and the only place that knows it.
 *
 * A book is the same bytes whenever it is written again: its creation time is given. Text is always stored as text,
 * whatever it begins with. Names of worksheets are made fit for Excel and for each other. */
#ifndef REPORT_BOOK_H
#define REPORT_BOOK_H

#include "base/buf.h"
#include "base/err.h"
#include "core/unit.h"

#include <stdint.h>

struct book;
struct page; /* a worksheet */

enum book_style {
	STYLE_PLAIN,
	STYLE_TITLE,
	STYLE_NOTE,
	STYLE_HEAD,
	STYLE_TEXT,
	STYLE_NUMBER,
	STYLE_MONEY,
	STYLE_SHARE,
	STYLE_SUM, /* a line of sums: as the three above, and bold */
	STYLE_SUM_NUMBER,
	STYLE_SUM_MONEY,
	STYLE_SUM_SHARE,
	STYLE_STATE, /* with a state's colours: STYLE_STATE + the state */
	STYLE_COUNT = STYLE_STATE + UNIT_STATUS_COUNT
};

/* NULL when the library refuses. The file is written by book_close. `palette`: the project's own colours of the board, as
 * in "a=#34d399,l=#ffe45c"; "" for those of the house. */
struct book *book_new(const char *path, const char *title, const char *palette, int64_t created_ms);
/* Writes and frees; false with a sentence in `why`. */
MUST_CHECK bool book_close(struct book *b, struct buf *why);

/* Lent by the book. */
struct page *book_page(struct book *b, const char *name);
/* The first `rows` rows and `columns` columns stay when the others move. */
void page_freeze(struct page *p, uint32_t rows, uint16_t columns);
void page_width(struct page *p, uint16_t first, uint16_t last, double characters);
void page_height(struct page *p, uint32_t row, double points);
void page_filter(struct page *p, uint32_t row, uint16_t columns, uint32_t last_row);
void page_landscape(struct page *p); /* printed on one page's width */

void page_text(struct page *p, uint32_t row, uint16_t column, const char *text, enum book_style style);
void page_number(struct page *p, uint32_t row, uint16_t column, int64_t value, enum book_style style);
void page_fen(struct page *p, uint32_t row, uint16_t column, int64_t fen, enum book_style style);  /* in yuan */
void page_share(struct page *p, uint32_t row, uint16_t column, int64_t bp, enum book_style style); /* in percent */
void page_heads(struct page *p, uint32_t row, const char *heads); /* separated by '|', from column 0 on */

/* 可售, 锁定 … */
const char *state_chinese(enum unit_status s);

#endif
