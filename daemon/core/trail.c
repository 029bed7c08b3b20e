#include "core/trail.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

const char *trail_get(const struct trail_entry *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return e->fields[i].value;
	return "";
}

int64_t trail_int(const struct trail_entry *e, const char *name, int64_t otherwise)
{
	const char *text = trail_get(e, name);
	return *text ? strtoll(text, NULL, 10) : otherwise;
}

/* As the function library makes it (emit in listing.lua). */
void trail_hash(const struct trail_entry *e, const char *before, char out[SHA1_HEX_BYTES])
{
	struct buf b = { 0 };
	buf_addf(&b, "%s\n%lld-0\n", before, (long long)e->seq);
	for (size_t i = 0; i < e->count; i++) {
		const struct trail_field *f = &e->fields[i];
		if (strcmp(f->name, "h") == 0)
			continue;
		buf_addf(&b, "%zu:%s=%zu:", strlen(f->name), f->name, f->bytes);
		buf_add(&b, f->value, f->bytes);
		buf_addc(&b, '\n');
	}
	sha1_hex(b.data, b.len_bytes, out);
	buf_fini(&b);
}
