/* Reading a listing file into tables (table.h): the file, its kind, and CSV. */
#include "listing/table.h"

#include "base/buf.h"
#include "base/mem.h"
#include "listing/encoding.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far above any real listing (20,000 units with twenty columns are about 4 MB), low enough to be read in a second. */
enum { MAX_FILE_BYTES = 32 * 1024 * 1024, MAX_ROWS = 100000, MAX_COLUMNS = 512, MAX_CELL_BYTES = 4096 };

static void table_fini(struct table *t)
{
	for (size_t r = 0; r < t->row_count; r++) {
		for (size_t c = 0; c < t->rows[r].count; c++)
			mem_free(t->rows[r].cells[c]);
		mem_free(t->rows[r].cells);
	}
	mem_free(t->rows);
	mem_free(t->name);
	*t = (struct table){ 0 };
}

void table_file_fini(struct table_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		table_fini(&file->tables[i]);
	mem_free(file->tables);
	*file = (struct table_file){ 0 };
}

struct table *table_file_add(struct table_file *file)
{
	file->tables = mem_reallocarray(file->tables, file->count + 1, sizeof *file->tables);
	file->tables[file->count] = (struct table){ 0 };
	return &file->tables[file->count++];
}

const char *table_cell(const struct table_row *row, size_t column)
{
	return column < row->count ? row->cells[column] : "";
}

void table_column_name(size_t column, char out[8])
{
	char backwards[8];
	size_t used = 0, at = 0;

	for (size_t n = column + 1; n > 0 && used < 7; n = (n - 1) / 26)
		backwards[used++] = (char)('A' + (n - 1) % 26);
	while (used > 0)
		out[at++] = backwards[--used];
	out[at] = '\0';
}

/* --- CSV */

struct csv_reader {
	struct table *table;
	struct table_row row; /* under construction */
	size_t row_room;      /* of table->rows */
	unsigned number;      /* of the row under construction */
	char *why;
};

static void on_field(void *text, size_t bytes, void *ctx)
{
	struct csv_reader *r = ctx;
	char column[8];

	if (r->why[0] != '\0')
		return;
	table_column_name(r->row.count, column);
	if (r->row.count >= MAX_COLUMNS)
		snprintf(r->why, TABLE_WHY, "row %u has more than %d columns", r->number, MAX_COLUMNS);
	else if (bytes > MAX_CELL_BYTES)
		snprintf(r->why, TABLE_WHY, "row %u, column %s: the cell has more than %d bytes; is a quotation mark missing?",
		         r->number, column, MAX_CELL_BYTES);
	if (r->why[0] != '\0')
		return;
	r->row.cells = mem_reallocarray(r->row.cells, r->row.count + 1, sizeof *r->row.cells);
	r->row.cells[r->row.count++] = mem_strndup(text != NULL ? text : "", bytes);
}

static void drop_row(struct table_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		mem_free(row->cells[i]);
	mem_free(row->cells);
	*row = (struct table_row){ 0 };
}

static void on_row(int character, void *ctx)
{
	struct csv_reader *r = ctx;
	size_t used = 0;

	(void)character;
	for (size_t i = 0; i < r->row.count; i++)
		if (r->row.cells[i][strspn(r->row.cells[i], " \t\r\n")] != '\0')
			used = i + 1;
	for (size_t i = used; i < r->row.count; i++) /* trailing blanks carry nothing */
		mem_free(r->row.cells[i]);
	r->row.count = used;
	if (used == 0 || r->why[0] != '\0') {
		drop_row(&r->row);
	} else if (r->table->row_count >= MAX_ROWS) {
		snprintf(r->why, TABLE_WHY, "it has more than %d rows", MAX_ROWS);
		drop_row(&r->row);
	} else {
		if (r->table->row_count == r->row_room) {
			r->row_room = r->row_room == 0 ? 64 : r->row_room * 2;
			r->table->rows = mem_reallocarray(r->table->rows, r->row_room, sizeof *r->table->rows);
		}
		r->row.number = r->number;
		r->table->rows[r->table->row_count++] = r->row;
		r->row = (struct table_row){ 0 };
	}
	r->number++;
}

/* One kind of line end, so that a row is counted once: libcsv reports CR and LF apart. */
static void add_lines(struct buf *out, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (text[i] != '\r')
			buf_addc(out, text[i]);
		else if (i + 1 >= bytes || text[i + 1] != '\n')
			buf_addc(out, '\n');
	}
}

int table_parse_csv(const char *text, size_t bytes, char delimiter, const char *name, struct table *out,
                    char why[TABLE_WHY])
{
	struct csv_reader reader = { .table = out, .number = 1, .why = why };
	struct csv_parser parser;
	struct buf lines = { 0 };

	why[0] = '\0';
	out->name = mem_strdup(name);
	add_lines(&lines, text, bytes);
	/* Strict: a quotation mark out of place would otherwise join rows without a word. */
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
		abort();
	csv_set_delim(&parser, (unsigned char)delimiter);
	if (csv_parse(&parser, lines.data, lines.len_bytes, on_field, on_row, &reader) != lines.len_bytes ||
	    csv_fini(&parser, on_field, on_row, &reader) != 0)
		if (why[0] == '\0')
			snprintf(why, TABLE_WHY, "row %u: a quotation mark stands where none may, or is never closed",
			         reader.number);
	csv_free(&parser);
	buf_fini(&lines);
	drop_row(&reader.row);
	if (why[0] == '\0')
		return 0;
	table_fini(out);
	return -1;
}

/* How many of the first rows have the same number (at least one) of this character outside quotes, times that number
 * in the low part: more even rows first, then more columns. */
static unsigned long evenness(const char *text, size_t bytes, char delimiter)
{
	unsigned counts[32] = { 0 };
	size_t rows = 0;
	bool quoted = false, filled = false;
	unsigned long best = 0;

	for (size_t i = 0; i < bytes && rows < 32; i++) {
		quoted ^= text[i] == '"';
		if (text[i] == '\n' && !quoted) {
			rows += filled;
			filled = false;
		} else if (text[i] != '\r') {
			filled = true;
			counts[rows] += text[i] == delimiter && !quoted;
		}
	}
	rows += filled && rows < 32;
	for (size_t i = 0; i < rows; i++) {
		unsigned long same = 0;

		for (size_t j = 0; j < rows; j++)
			same += counts[j] == counts[i];
		if (counts[i] > 0 && same * 1000 + counts[i] > best)
			best = same * 1000 + (counts[i] > 999 ? 999 : counts[i]);
	}
	return best;
}

char table_guess_delimiter(const char *text, size_t bytes)
{
	static const char candidates[] = { ',', ';', '\t' };
	unsigned long best = 0;
	char delimiter = ',';

	for (size_t i = 0; i < sizeof candidates; i++) {
		unsigned long even = evenness(text, bytes, candidates[i]);

		if (even > best) {
			best = even;
			delimiter = candidates[i];
		}
	}
	return delimiter;
}

static int read_csv(const char *bytes, size_t count, struct table_file *out, char why[TABLE_WHY])
{
	struct buf text = { 0 };
	const char *sentence;
	int result = -1;

	if (encoding_to_utf8(bytes, count, &text, &out->encoding, &sentence) != 0) {
		snprintf(why, TABLE_WHY, "the file %s", sentence);
	} else {
		char delimiter = table_guess_delimiter(text.data, text.len_bytes);

		out->format = "CSV";
		out->delimiter = delimiter == ',' ? "comma" : delimiter == ';' ? "semicolon" : "tab";
		result = table_parse_csv(buf_str(&text), text.len_bytes, delimiter, "", table_file_add(out), why);
	}
	buf_fini(&text);
	return result;
}

/* --- the file */

static int read_bytes(const char *path, struct buf *out, char why[TABLE_WHY])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	ssize_t got = -1;

	if (fd < 0 || fstat(fd, &st) != 0) {
		snprintf(why, TABLE_WHY, "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		snprintf(why, TABLE_WHY, "is not a regular file");
	} else if (st.st_size > MAX_FILE_BYTES) {
		snprintf(why, TABLE_WHY, "has %lld bytes; a listing file has at most %d", (long long)st.st_size,
		         MAX_FILE_BYTES);
	} else {
		while ((got = read(fd, buf_grow(out, 65536), 65536)) > 0 && out->len_bytes <= MAX_FILE_BYTES)
			out->len_bytes += (size_t)got;
		if (got != 0)
			snprintf(why, TABLE_WHY, "cannot be read: %s", got < 0 ? strerror(errno) : "it grows while it is read");
	}
	if (fd >= 0)
		close(fd);
	return got == 0 ? 0 : -1;
}

static bool begins(const struct buf *b, const char *bytes, size_t count)
{
	return b->len_bytes >= count && memcmp(b->data, bytes, count) == 0;
}

static bool named_xlsx(const char *path)
{
	size_t length = strlen(path);

	return length > 5 && (strcasecmp(path + length - 5, ".xlsx") == 0 || strcasecmp(path + length - 5, ".xlsm") == 0);
}

int table_read(const char *path, struct table_file *out, char why[TABLE_WHY])
{
	struct buf bytes = { 0 };
	int result = -1;

	*out = (struct table_file){ .format = "", .encoding = "", .delimiter = "" };
	why[0] = '\0';
	if (read_bytes(path, &bytes, why) != 0)
		goto out;
	if (bytes.len_bytes == 0)
		snprintf(why, TABLE_WHY, "the file is empty");
	else if (begins(&bytes, "PK\x03\x04", 4) || begins(&bytes, "PK\x05\x06", 4))
		result = table_read_xlsx(path, out, why);
	else if (begins(&bytes, "\xd0\xcf\x11\xe0", 4))
		snprintf(why, TABLE_WHY,
		         "the file is an old Excel file (.xls) or protected by a password; open it and save it as .xlsx "
		         "without a password, or as CSV");
	else if (named_xlsx(path))
		snprintf(why, TABLE_WHY,
		         "the file is named like an Excel file but is none (no zip archive); open it and save it again");
	else
		result = read_csv(bytes.data, bytes.len_bytes, out, why);
out:
	buf_fini(&bytes);
	if (result != 0)
		table_file_fini(out);
	return result;
}
