#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Longer lines are cut: 1 KiB holds every line we write, and a hostile argument stays bounded. */
enum { LINE_BYTES = 1024 };

static enum log_level threshold = LOG_INFO;

void log_set_level(enum log_level level) { threshold = level; }
enum log_level log_level(void) { return threshold; }

static void write_line(enum log_level level, const char *subject, const char *suffix, const char *fmt, va_list ap)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	if (level < threshold)
		return;

	char line[LINE_BYTES];
	struct timespec now;
	struct tm tm;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &tm);
	n +=
		(size_t)snprintf(line + n, sizeof line - n, ".%03ldZ %s %.64s: ", now.tv_nsec / 1000000, names[level], subject);
	int m = vsnprintf(line + n, sizeof line - n, fmt, ap);
	if (m > 0)
		n += (size_t)m;
	if (n < sizeof line && suffix)
		n += (size_t)snprintf(line + n, sizeof line - n, ": %s", suffix);
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[n++] = '\n';
	ssize_t ignored = write(STDERR_FILENO, line, n);
	(void)ignored;
}

#define LOG_BODY(level, suffix)                  \
	int saved = errno;                           \
	va_list ap;                                  \
	va_start(ap, fmt);                           \
	write_line(level, subject, suffix, fmt, ap); \
	va_end(ap);                                  \
	errno = saved

void log_debug(const char *subject, const char *fmt, ...) { LOG_BODY(LOG_DEBUG, NULL); }
void log_info(const char *subject, const char *fmt, ...) { LOG_BODY(LOG_INFO, NULL); }
void log_warn(const char *subject, const char *fmt, ...) { LOG_BODY(LOG_WARN, strerror(saved)); }
void log_warnx(const char *subject, const char *fmt, ...) { LOG_BODY(LOG_WARN, NULL); }
void log_error(const char *subject, const char *fmt, ...) { LOG_BODY(LOG_ERROR, NULL); }

void panic_at(const char *file, int line, const char *fmt, ...)
{
	char where[128];
	snprintf(where, sizeof where, "%s:%d", file, line);
	va_list ap;
	va_start(ap, fmt);
	write_line(LOG_ERROR, where, "this is a bug in listingd", fmt, ap);
	va_end(ap);
	abort();
}
