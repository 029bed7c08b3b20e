#include "net/assets.h"

#include "base/map.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The pages are a few hundred KiB; whatever is far above is not ours. */
enum { ASSET_MAX_BYTES = 8 << 20, DEPTH_MAX = 4 };

struct assets {
	struct map *by_path;
};

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".json", "application/json" },
	{ ".woff2", "font/woff2" },
	{ ".webmanifest", "application/manifest+json" },
};

static const struct {
	const char *prefix, *page;
} pages[] = {
	{ "/wall/", "/wall.html" },
	{ "/desk/", "/desk.html" },
	{ "/pick/", "/pick.html" },
	/* One page, whose views depend on the rights. */
	{ "/office/", "/office.html" },
	{ "/finance/", "/office.html" },
	{ "/relations/", "/office.html" },
	{ "/manager/", "/office.html" },
};

static bool ends_with(const char *s, const char *ending)
{
	size_t n = strlen(s), m = strlen(ending);
	return n >= m && strcmp(s + n - m, ending) == 0;
}

static const char *type_of(const char *path)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (ends_with(path, types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

static struct frame *read_file(const char *file)
{
	FILE *f = fopen(file, "re");
	if (!f)
		return NULL;
	struct buf b = { 0 };
	size_t n;
	do {
		n = fread(buf_grow(&b, 65536), 1, 65536, f);
		b.len_bytes += n;
	} while (n > 0 && b.len_bytes <= ASSET_MAX_BYTES);
	struct frame *content = ferror(f) || b.len_bytes > ASSET_MAX_BYTES ? NULL : frame_new(b.data, b.len_bytes);
	fclose(f);
	buf_fini(&b);
	return content;
}

static void asset_free(void *p)
{
	struct asset *a = p;
	frame_unref(a->plain);
	frame_unref(a->gzip);
	mem_free(a);
}

static bool add_file(struct assets *a, const char *file, const char *path, struct buf *why)
{
	struct asset *asset = mem_zalloc(sizeof *asset);
	asset->plain = read_file(file);
	if (!asset->plain) {
		buf_addf(why, "%s: cannot be read: %s", file, strerror(errno));
		asset_free(asset);
		return false;
	}
	char *compressed = mem_printf("%s.gz", file);
	asset->gzip = read_file(compressed);
	mem_free(compressed);
	asset->content_type = type_of(path);
	asset->immutable = strncmp(path, "/assets/", 8) == 0;
	unsigned char digest[crypto_generichash_BYTES_MIN];
	char hex[2 * sizeof digest + 1];
	crypto_generichash(digest, sizeof digest, (const unsigned char *)asset->plain->data, asset->plain->len_bytes, NULL,
	                   0);
	sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
	snprintf(asset->etag, sizeof asset->etag, "\"%.16s\"", hex);
	map_set(a->by_path, path, asset);
	return true;
}

static bool add_folder(struct assets *a, const char *folder, const char *prefix, int depth, struct buf *why)
{
	DIR *d = opendir(folder);
	if (!d) {
		buf_addf(why, "web_root: %s: %s; build the pages with `make web`", folder, strerror(errno));
		return false;
	}
	bool ok = true;
	for (struct dirent *e; ok && (e = readdir(d));) {
		if (e->d_name[0] == '.' || ends_with(e->d_name, ".gz"))
			continue;
		char *file = mem_printf("%s/%s", folder, e->d_name), *path = mem_printf("%s/%s", prefix, e->d_name);
		struct stat st;
		if (stat(file, &st) == 0 && S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			ok = add_folder(a, file, path, depth + 1, why);
		else if (S_ISREG(st.st_mode))
			ok = add_file(a, file, path, why);
		mem_free(file);
		mem_free(path);
	}
	closedir(d);
	return ok;
}

struct assets *assets_load(const char *root, struct buf *why)
{
	struct assets *a = mem_zalloc(sizeof *a);
	a->by_path = map_new();
	bool ok = add_folder(a, root, "", 0, why);
	if (ok && !map_get(a->by_path, "/index.html")) {
		buf_addf(why, "web_root: %s holds no index.html; build the pages with `make web`", root);
		ok = false;
	}
	if (ok)
		return a;
	assets_free(a);
	return NULL;
}

void assets_free(struct assets *a)
{
	if (!a)
		return;
	map_free(a->by_path, asset_free);
	mem_free(a);
}

const struct asset *assets_find(const struct assets *a, const char *path)
{
	if (strcmp(path, "/") == 0)
		return map_get(a->by_path, "/index.html");
	if (strcmp(path, "/rights") == 0)
		return map_get(a->by_path, "/rights.html");
	if (strcmp(path, "/check") == 0)
		return map_get(a->by_path, "/check.html");
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		size_t n = strlen(pages[i].prefix);
		if (strncmp(path, pages[i].prefix, n) == 0 && path[n] && !strchr(path + n, '/'))
			return map_get(a->by_path, pages[i].page);
	}
	return map_get(a->by_path, path);
}
