/* Tables and JSON (print.h). */
#include "ctl/print.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool is_wide(uint32_t code)
{
	static const uint32_t ranges[][2] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0xa4cf }, { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd },
	};

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (code >= ranges[i][0] && code <= ranges[i][1])
			return true;
	return false;
}

size_t print_width(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t width = 0;

	while (*p) {
		size_t more = *p < 0xc0 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;
		uint32_t code = more == 0 ? *p : *p & (0x3fu >> more);

		for (p++; more > 0 && (*p & 0xc0) == 0x80; more--, p++)
			code = code << 6 | (*p & 0x3fu);
		width += is_wide(code) ? 2 : 1;
	}
	return width;
}

void print_table_init(struct print_table *t, const char *heads)
{
	*t = (struct print_table){ 0 };
	for (;;) {
		size_t bytes = strcspn(heads, "|");
		bool right = heads[0] == '>';

		char *head = mem_strndup(heads + right, bytes - right);
		t->right[t->columns++] = right;
		print_cell(t, head);
		mem_free(head);
		if (heads[bytes] == '\0')
			return;
		heads += bytes + 1;
	}
}

void print_cell(struct print_table *t, const char *text)
{
	t->cell = mem_reallocarray(t->cell, t->cells + 1, sizeof *t->cell);
	t->cell[t->cells] = mem_strdup(text);
	for (char *p = t->cell[t->cells++]; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
}

void print_cellf(struct print_table *t, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	print_cell(t, text);
}

static void pad(size_t columns)
{
	for (; columns > 0; columns--)
		putchar(' ');
}

void print_table_show(struct print_table *t)
{
	size_t width[PRINT_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->cells; i++) {
		size_t w = print_width(t->cell[i]), *have = &width[i % t->columns];
		*have = w > *have ? w : *have;
	}
	for (size_t i = 0; i < t->cells; i++) {
		size_t column = i % t->columns, gap = width[column] - print_width(t->cell[i]);
		bool last = column == t->columns - 1;

		if (t->right[column])
			pad(gap);
		fputs(t->cell[i], stdout);
		if (!t->right[column] && !last)
			pad(gap);
		fputs(last ? "\n" : "  ", stdout);
		mem_free(t->cell[i]);
	}
	mem_free(t->cell);
	*t = (struct print_table){ 0 };
}

void print_table_end(struct print_table *t, bool show)
{
	if (show) {
		print_table_show(t);
		return;
	}
	for (size_t i = 0; i < t->cells; i++)
		mem_free(t->cell[i]);
	mem_free(t->cell);
	*t = (struct print_table){ 0 };
}

void print_time(int64_t ms, char *out, size_t out_bytes)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm local;

	if (ms <= 0 || localtime_r(&seconds, &local) == NULL || strftime(out, out_bytes, "%F %T", &local) == 0)
		snprintf(out, out_bytes, "-");
}

void print_duration(int64_t ms, char *out, size_t out_bytes)
{
	long long s = ms > 0 ? (long long)(ms + 999) / 1000 : 0;

	if (s >= 86400)
		snprintf(out, out_bytes, "%lld d %02lld:%02lld:%02lld", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
	else
		snprintf(out, out_bytes, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

/* --- JSON */

void emit_show(struct emit *j)
{
	puts(buf_str(&j->b));
	fflush(stdout);
	buf_fini(&j->b);
	j->behind = false;
}
