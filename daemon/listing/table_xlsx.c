/* XLSX sheets by way of the program xlsx2csv (table.h).
 *
 * It prints all sheets one after another, each behind a line with a separator. The separator is the form feed, which XML
 * cannot carry, so no cell can forge a sheet. Number formats are ignored: a price displayed as 52,230 is taken as the
 * 52229.87 that is stored. */
#include "listing/child.h"
#include "listing/encoding.h"
#include "listing/table.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHEETS = 200, SEPARATOR = '\f' };

/* A real listing of 20,000 units takes 2 s and 80 MB. */
static const struct child_limits limits = {
	.cpu_s = 20,
	.wall_s = 40,
	.memory_bytes = (size_t)768 << 20,
	.output_bytes = (size_t)32 << 20,
};

static void explain(enum child_end end, struct buf *errors, char why[TABLE_WHY])
{
	static const char bomb[] = "a listing is never that large; is it the right file?";
	const char *said = buf_str(errors);

	switch (end) {
	case CHILD_NOT_STARTED:
		snprintf(why, TABLE_WHY,
		         "cannot read Excel files: the program xlsx2csv does not start; install the package "
		         "xlsx2csv, or save the file as CSV");
		break;
	case CHILD_TOO_LONG:
		snprintf(why, TABLE_WHY, "the Excel file takes more than %u s to read; %s", limits.cpu_s, bomb);
		break;
	case CHILD_TOO_MUCH:
		snprintf(why, TABLE_WHY, "the Excel file unpacks to more than %zu MiB; %s", limits.output_bytes >> 20, bomb);
		break;
	default:
		/* What else it says is a Python stack, of no use to the reader. */
		if (strstr(said, "MemoryError") != NULL || strstr(said, "out of memory") != NULL)
			snprintf(why, TABLE_WHY, "the Excel file needs more than %zu MiB of memory; %s", limits.memory_bytes >> 20,
			         bomb);
		else
			snprintf(why, TABLE_WHY,
			         "the Excel file is damaged, incomplete or no Excel file; open it and save it again as .xlsx");
	}
}

/* The sheet that starts at `text` (behind the separator): " 1 - name\nrows…", up to the next separator. */
static int add_sheet(const char *text, const char *end, struct table_file *out, char why[TABLE_WHY])
{
	const char *line_end = memchr(text, '\n', (size_t)(end - text));
	const char *dash = strstr(text, " - ");
	char detail[TABLE_WHY];

	if (line_end == NULL)
		line_end = end;
	if (dash == NULL || dash > line_end || out->count >= MAX_SHEETS) {
		snprintf(why, TABLE_WHY, "the Excel file has more than %d sheets, or a sheet without a name", MAX_SHEETS);
		return -1;
	}
	char *name = mem_strndup(dash + 3, (size_t)(line_end - dash - 3));
	const char *body = line_end < end ? line_end + 1 : end;
	int result = table_parse_csv(body, (size_t)(end - body), ',', name, table_file_add(out), detail);
	if (result != 0)
		snprintf(why, TABLE_WHY, "sheet %.100s: %.250s", name, detail);
	mem_free(name);
	return result;
}

static int split_sheets(struct buf *output, struct table_file *out, char why[TABLE_WHY])
{
	const char *text = buf_str(output), *end = text + output->len_bytes, *at = text;

	if (*text != SEPARATOR || !encoding_is_utf8(text, output->len_bytes)) {
		snprintf(why, TABLE_WHY, "the Excel file holds no sheet that can be read as text");
		return -1;
	}
	while (at != NULL) {
		const char *next = strchr(at + 1, SEPARATOR);

		if (add_sheet(at + 1, next != NULL ? next : end, out, why) != 0)
			return -1;
		at = next;
	}
	return 0;
}

int table_read_xlsx(const char *path, struct table_file *out, char why[TABLE_WHY])
{
	struct buf output = { 0 }, errors = { 0 };
	char *full = realpath(path, NULL); /* absolute, so never mistaken for an option */
	int result = -1;

	if (full == NULL) {
		snprintf(why, TABLE_WHY, "cannot be read: %s", strerror(errno));
		return -1;
	}
	const char *const argv[] = {
		"xlsx2csv", "--ignore-formats", "float", "--all", "--sheetdelimiter", "\\f", full, NULL
	};
	enum child_end end = child_run(argv, &limits, &output, &errors);
	out->format = "XLSX";
	if (end != CHILD_DONE)
		explain(end, &errors, why);
	else
		result = split_sheets(&output, out, why);
	free(full);
	buf_fini(&output);
	buf_fini(&errors);
	return result;
}
