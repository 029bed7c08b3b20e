/* A listing file as rectangular tables of text cells, whatever it was: CSV or XLSX.
 *
 * Success promises: every cell is valid UTF-8 without NUL, raw otherwise (normalise.h brings it into form); rows carry
 * the number a spreadsheet would show, blank rows are counted but not kept; limits on size are kept. Failure changes
 * nothing and says in one sentence what is wrong with the file and what to do.
 *
 * CSV: encoding by byte order mark, else strict UTF-8, else GB18030; delimiter comma, semicolon or tab, whichever
 * divides the first rows most evenly. XLSX: by the program `xlsx2csv`, a child process with limits on CPU time, memory,
 * output and running time, so that a hostile file costs little. Cells come as stored, not as displayed. */
#ifndef LISTING_TABLE_H
#define LISTING_TABLE_H

#include "base/err.h"

#include <stddef.h>

enum { TABLE_WHY = 400 };

struct table_row {
	unsigned number; /* 1-based, as a spreadsheet shows it */
	size_t count;
	char **cells;
};

struct table {
	char *name; /* of the sheet; "" for CSV */
	size_t row_count;
	struct table_row *rows;
};

struct table_file {
	const char *format;    /* "CSV", "XLSX" */
	const char *encoding;  /* "UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE", "GB18030"; "" for XLSX */
	const char *delimiter; /* "comma", "semicolon", "tab"; "" for XLSX */
	size_t count;
	struct table *tables;
};

/* 0, or -1 with the sentence in `why`. On success table_file_fini frees. */
MUST_CHECK int table_read(const char *path, struct table_file *out, char why[TABLE_WHY]);
void table_file_fini(struct table_file *file);

/* The cell of a row, "" beyond its end. */
const char *table_cell(const struct table_row *row, size_t column);

/* 0 → "A", 27 → "AB". */
void table_column_name(size_t column, char out[8]);

/* For the readers of formats only: parses UTF-8 text into one table, named `name` (copied). */
MUST_CHECK int table_parse_csv(const char *text, size_t bytes, char delimiter, const char *name, struct table *out,
                               char why[TABLE_WHY]);
/* Counts delimiters in the first rows, outside quotes. */
char table_guess_delimiter(const char *text, size_t bytes);
/* Appends the sheets of an XLSX file to *out. */
MUST_CHECK int table_read_xlsx(const char *path, struct table_file *out, char why[TABLE_WHY]);
struct table *table_file_add(struct table_file *file);

#endif
