/* The reports as workbooks (report.h). */
#include "report/xlsx.h"

#include "base/mem.h"

uint32_t xlsx_begin(struct page *p, const struct report *r, const char *what)
{
	char from[OFFICE_TIME_BYTES], until[OFFICE_TIME_BYTES];
	const char *interim = r->interim ? "(期间未结束)" : "";
	char *title = mem_printf("%s %s", r->title, what), *cut;

	office_time_text(r->span.from_ms, r->utc_offset_min, from);
	office_time_text(r->span.until_ms, r->utc_offset_min, until);
	if (r->kind == REPORT_SHEET)
		cut = mem_printf("截至 %s%s", until, interim);
	else
		cut = mem_printf("%s 至 %s%s", from, until, interim);
	page_text(p, 0, 0, title, STYLE_TITLE);
	page_height(p, 0, 24);
	page_text(p, 1, 0, cut, STYLE_NOTE);
	mem_free(title);
	mem_free(cut);
	return 3;
}

bool report_write_xlsx(const struct report *r, const struct ledger *l, const char *path, struct buf *why)
{
	char *title = mem_printf("%s %s", r->title, report_kind_chinese(r->kind));
	struct book *b = book_new(path, title, r->palette, r->span.until_ms);

	mem_free(title);
	if (!b) {
		buf_adds(why, "the workbook cannot be begun");
		return false;
	}
	if (r->kind == REPORT_SHEET)
		xlsx_sheet(b, r, l);
	else
		xlsx_period(b, r, l);
	return book_close(b, why);
}
