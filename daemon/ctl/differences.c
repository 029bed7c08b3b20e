#include "ctl/differences.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

/* How many bytes the character here has; 0 when it is cut off or none. */
static size_t character(const char *p)
{
	unsigned char first = (unsigned char)*p;
	size_t bytes = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < bytes; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
	return bytes;
}

void differences_add(void *ctx, const char *text)
{
	struct differences *d = ctx;
	char *copy = mem_strdup(text);

	for (char *p = copy; *p;) {
		size_t bytes = character(p);

		if (!bytes || (unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
		p += bytes ? bytes : 1;
	}
	d->texts = mem_reallocarray(d->texts, d->count + 1, sizeof *d->texts);
	d->texts[d->count++] = copy;
}

void differences_addf(struct differences *d, const char *fmt, ...)
{
	char text[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	differences_add(d, text);
}

void differences_fini(struct differences *d)
{
	for (size_t i = 0; i < d->count; i++)
		mem_free(d->texts[i]);
	mem_free(d->texts);
}

void differences_print(const struct differences *d)
{
	for (size_t i = 0; i < d->count; i++)
		printf("difference: %s\n", d->texts[i]);
}

void differences_emit(const struct differences *d, struct emit *j)
{
	emit_open(j, "differences", '[');
	for (size_t i = 0; i < d->count; i++)
		emit_text(j, NULL, d->texts[i]);
	emit_close(j, ']');
}
