/* The query of a request (header_query put a newline behind each member) and the parts of its path. */
#include "net/http_routes.h"

#include <stdlib.h>
#include <string.h>

/* Where the value of a member begins; NULL when there is none. */
static const char *find(const char *query, const char *name)
{
	size_t n = strlen(name);
	for (const char *at = query; (at = strstr(at, name)); at += n)
		if ((at == query || at[-1] == '\n') && at[n] == '=')
			return at + n + 1;
	return NULL;
}

int64_t query_int(const char *query, const char *name, int64_t dflt)
{
	const char *at = find(query, name);
	char *end;
	if (!at)
		return dflt;
	long long v = strtoll(at, &end, 10);
	/* Fifteen digits are more than any seq has, and cannot overflow. */
	return end != at && end - at <= 15 && *end == '\n' && v >= 0 ? v : -1;
}

bool query_text(const char *query, const char *name, char *out, size_t out_bytes)
{
	const char *at = find(query, name);
	size_t n = at ? strcspn(at, "\n") : 0;
	if (!at || n >= out_bytes)
		return false;
	memcpy(out, at, n);
	out[n] = '\0';
	return true;
}

bool path_part(const char *path, size_t n, char *out, size_t out_bytes)
{
	const char *at = path;
	for (size_t i = 0; at && i <= n; i++)
		at = (at = strchr(at, '/')) ? at + 1 : NULL;
	size_t bytes = at ? strcspn(at, "/") : 0;
	if (bytes == 0 || bytes >= out_bytes)
		return false;
	memcpy(out, at, bytes);
	out[bytes] = '\0';
	return true;
}
