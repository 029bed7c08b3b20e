#include "app/report_files.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A workbook of 20,000 units has some 3 MB. */
enum { FILE_MAX_BYTES = 64 << 20, CHUNK_BYTES = 65536 };

static const char now_name[] = "now";
static const char *const formats[FORMATS] = { [FORMAT_JSON] = "json", [FORMAT_XLSX] = "xlsx" };

const char *report_format_name(enum report_format f) { return formats[f]; }

static bool format_parse(const char *text, enum report_format *out)
{
	for (int f = 0; f < FORMATS; f++) {
		*out = (enum report_format)f;
		if (strcmp(text, formats[f]) == 0)
			return true;
	}
	return false;
}

static bool day_parse(enum report_kind kind, const char *text, int64_t *out)
{
	if (kind == REPORT_SHEET && strcmp(text, now_name) == 0) {
		*out = REPORT_DAY_NOW;
		return true;
	}
	return office_day_parse(text, out) && (kind != REPORT_WEEKLY || office_day_monday(*out) == *out);
}

bool report_name_parse(const char *kind, const char *file, struct report_name *out)
{
	char day[OFFICE_DATE_BYTES];
	const char *dot = strchr(file, '.');
	if (!report_kind_from_name(kind, &out->kind) || !dot || (size_t)(dot - file) >= sizeof day)
		return false;
	memcpy(day, file, (size_t)(dot - file));
	day[dot - file] = '\0';
	return format_parse(dot + 1, &out->format) && day_parse(out->kind, day, &out->day);
}

void report_name_text(const struct report_name *n, char out[REPORT_NAME_BYTES])
{
	char date[OFFICE_DATE_BYTES];
	if (n->day != REPORT_DAY_NOW)
		office_day_text(n->day, date);
	snprintf(out, REPORT_NAME_BYTES, "%s-%s.%s", report_kind_name(n->kind), n->day == REPORT_DAY_NOW ? now_name : date,
	         formats[n->format]);
}

char *report_file_path(const char *folder, const char *project, const struct report_name *n)
{
	char name[REPORT_NAME_BYTES];
	report_name_text(n, name);
	return mem_printf("%s/%s/%s", folder, project, name);
}

bool report_file_kept(const char *folder, const char *project, const struct report_name *n)
{
	char *path = report_file_path(folder, project, n);
	bool kept = access(path, R_OK) == 0;
	mem_free(path);
	return kept;
}

/* Read at once: a report comes from the disk's cache in less than the time that sending it takes. */
int report_file_read(const char *path, struct frame **out)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "re");
	if (!f && errno == ENOENT)
		return LD_E_NOT_FOUND;
	for (size_t n = 1; f && n > 0 && b.len_bytes <= FILE_MAX_BYTES; b.len_bytes += n)
		n = fread(buf_grow(&b, CHUNK_BYTES), 1, CHUNK_BYTES, f);
	bool fine = f && !ferror(f) && b.len_bytes <= FILE_MAX_BYTES;
	if (fine)
		*out = frame_new(b.data, b.len_bytes);
	else
		log_warn("reports", "%s cannot be read", path);
	if (f)
		fclose(f);
	buf_fini(&b);
	return fine ? 0 : LD_E_UNAVAILABLE;
}

/* --- what is there */

static bool read_name(char *entry, struct report_name *n)
{
	char *dash = strchr(entry, '-');
	if (!dash)
		return false;
	*dash = '\0';
	return report_name_parse(entry, dash + 1, n);
}

static int by_day(const void *a, const void *b)
{
	const struct kept_report *x = a, *y = b;
	if (x->day != y->day)
		return x->day > y->day ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

/* One entry for each file, then those of one report together. */
static size_t join_formats(struct kept_report *all, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || by_day(&all[kept - 1], &all[i]) != 0) {
			all[kept++] = all[i];
			continue;
		}
		for (int f = 0; f < FORMATS; f++)
			if (all[i].bytes[f] >= 0)
				all[kept - 1].bytes[f] = all[i].bytes[f];
	}
	return kept;
}

struct kept_report *report_files_list(const char *folder, const char *project, size_t *count)
{
	struct kept_report *all = mem_calloc(1, sizeof *all);
	char *path = mem_printf("%s/%s", folder, project);
	DIR *d = opendir(path);
	size_t n = 0;
	for (struct dirent *entry; d && (entry = readdir(d));) {
		struct report_name name;
		struct stat st;
		if (fstatat(dirfd(d), entry->d_name, &st, 0) != 0 || !read_name(entry->d_name, &name))
			continue;
		all = mem_reallocarray(all, n + 1, sizeof *all);
		all[n] = (struct kept_report){ .kind = name.kind, .day = name.day, .bytes = { -1, -1 } };
		all[n++].bytes[name.format] = st.st_size;
	}
	if (d)
		closedir(d);
	mem_free(path);
	qsort(all, n, sizeof *all, by_day);
	*count = join_formats(all, n);
	return all;
}
