/* The reports that are kept: <report_dir>/<project>/<kind>-<date>.<json|xlsx>. A file is there whole or not at all
 * (listingctl writes it so); several daemons may keep theirs in one folder, for they would write the same. */
#ifndef APP_REPORT_FILES_H
#define APP_REPORT_FILES_H

#include "base/err.h"
#include "base/frame.h"
#include "core/report_kind.h"

#include <stddef.h>

enum report_format { FORMAT_JSON, FORMAT_XLSX, FORMATS };

/* The sheet of this moment, called "now": made when asked for, never kept. */
#define REPORT_DAY_NOW INT64_MAX

struct report_name {
	enum report_kind kind;
	int64_t day; /* or REPORT_DAY_NOW */
	enum report_format format;
};

enum { REPORT_NAME_BYTES = 40 };

const char *report_format_name(enum report_format f); /* also the file's ending */
/* From a kind and "<date>.<format>", both from outside: a weekly report is named by its Monday, a sheet may be "now", and
 * nothing but such a name is taken. */
bool report_name_parse(const char *kind, const char *file, struct report_name *out);
void report_name_text(const struct report_name *n, char out[REPORT_NAME_BYTES]); /* "daily-2026-03-02.xlsx" */

/* Freed with mem_free. */
char *report_file_path(const char *folder, const char *project, const struct report_name *n);
bool report_file_kept(const char *folder, const char *project, const struct report_name *n);
/* 0 and a frame of the caller's, LD_E_NOT_FOUND, or LD_E_UNAVAILABLE after a log line. */
MUST_CHECK int report_file_read(const char *path, struct frame **out);

struct kept_report {
	enum report_kind kind;
	int64_t day;
	int64_t bytes[FORMATS]; /* -1: not kept in this format */
};

/* The latest first; freed with mem_free. */
struct kept_report *report_files_list(const char *folder, const char *project, size_t *count);

#endif
