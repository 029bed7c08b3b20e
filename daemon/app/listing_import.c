#include "app/listing_import.h"

#include "app/tool.h"
#include "base/log.h"
#include "base/mem.h"

enum { TIMEOUT_MS = 120000, OUT_MAX_BYTES = 16 << 20, ARGUMENTS = 10 };
enum { EXIT_REFUSED = 1, EXIT_BAD_DATA = 65 };

struct listing_import {
	struct app *app;
	struct child *child;
	import_cb cb;
	void *ctx;
};

static void finish(struct listing_import *m, int err, bool good, const char *report, size_t bytes)
{
	m->app->import = NULL;
	m->cb(m->ctx, err, good, report, bytes);
	mem_free(m);
}

static void on_read(void *ctx, int status, const char *out, size_t out_bytes)
{
	struct listing_import *m = ctx;
	bool told = (status == 0 || status == EXIT_BAD_DATA) && out_bytes > 0 && out_bytes < OUT_MAX_BYTES;
	if (!told && status != EXIT_REFUSED)
		log_warnx("import", "listingctl ended with %d", status);
	finish(m, told ? 0 : status == EXIT_REFUSED ? LD_E_STALE_REV : LD_E_UNAVAILABLE, status == 0, out, out_bytes);
}

int import_start(struct project *p, const struct import_request *in, import_cb cb, void *ctx)
{
	const char *arguments[ARGUMENTS] = { "import", "--json", "--project", p->name, "--as", in->account };
	struct app *a = p->app;
	size_t n = 6;
	if (a->import)
		return LD_E_RATE_LIMITED;
	if (in->dry_run)
		arguments[n++] = "--dry-run";
	if (in->withheld)
		arguments[n++] = "--withheld";
	arguments[n] = in->path;
	struct listing_import *m = mem_zalloc(sizeof *m);
	*m = (struct listing_import){ .app = a, .cb = cb, .ctx = ctx };
	m->child = a->stopping ? NULL : tool_start(a, arguments, TIMEOUT_MS, OUT_MAX_BYTES, on_read, m);
	if (!m->child) {
		mem_free(m);
		return LD_E_UNAVAILABLE;
	}
	a->import = m;
	return 0;
}

void import_stop(struct app *a)
{
	if (!a->import)
		return;
	child_stop(a->import->child);
	finish(a->import, LD_E_UNAVAILABLE, false, "", 0);
}
