/* What listingctl prints: tables for people, JSON for programs. */
#ifndef CTL_PRINT_H
#define CTL_PRINT_H

#include "wire/emit.h"

#include <stdbool.h>
#include <stdint.h>

/* --- A table. Columns are as wide as their widest cell; Chinese characters count two. Control characters are shown as
 * '?', so that nothing in the data can move the cursor. */
enum { PRINT_COLUMNS = 12 };

struct print_table {
	size_t columns, cells;
	bool right[PRINT_COLUMNS]; /* numbers: aligned to the right */
	char **cell;
};

/* `heads` names the columns, separated by '|'; one that begins with '>' is aligned to the right. */
void print_table_init(struct print_table *t, const char *heads);
void print_cell(struct print_table *t, const char *text);
void print_cellf(struct print_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void print_table_show(struct print_table *t);           /* to standard output, and frees */
void print_table_end(struct print_table *t, bool show); /* the same, or frees only */

size_t print_width(const char *text); /* columns on a terminal */

/* Redis milliseconds as local time, "2025-12-01 09:30:00"; "-" for 0. */
void print_time(int64_t ms, char *out, size_t out_bytes);
/* "1 d 03:20:10", "03:20:10". */
void print_duration(int64_t ms, char *out, size_t out_bytes);

void emit_show(struct emit *j); /* one line to standard output, and frees */

#endif
