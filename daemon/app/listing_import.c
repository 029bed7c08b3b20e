#include "app/listing_import.h"

#include "app/tool.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/json.h"

#include <string.h>

enum { TIMEOUT_MS = 120000, OUT_MAX_BYTES = 16 << 20, ARGUMENTS = 24, DETAILS_MAX = 8 };
enum { EXIT_REFUSED = 1, EXIT_BAD_DATA = 65 };

struct listing_import {
	struct app *app;
	struct child *child;
	bool dry_run;
	import_cb cb;
	void *ctx;
};

static void finish(struct listing_import *m, int err, const struct import_answer *answer)
{
	m->app->import = NULL;
	m->cb(m->ctx, err, answer);
	mem_free(m);
}

/* listingctl ended without a word: it may have ended behind the change. */
static void finish_untold(struct listing_import *m)
{
	const struct import_answer nothing = { 0 };
	finish(m, m->dry_run ? LD_E_UNAVAILABLE : LD_E_UNKNOWN, &nothing);
}

/* {"error":{"code":…,"detail":{name:text,…}}} */
static void finish_refused(struct listing_import *m, const char *out, size_t out_bytes)
{
	const char *keys[DETAILS_MAX], *values[DETAILS_MAX], *name, *value;
	size_t lens[DETAILS_MAX], n = 0;
	char why[WHY_BYTES];
	struct json *root = NULL;
	int err = json_parse(out, out_bytes, &root, why);
	const struct json *error = err ? NULL : json_member(root, "error"), *detail = json_member(error, "detail");
	const char *code = json_text_of(error, "code");
	for (size_t i = 0; n < DETAILS_MAX && (name = json_name(detail, i)); i++) {
		if (!(value = json_text_of(detail, name)))
			continue;
		keys[n] = name;
		values[n] = value;
		lens[n++] = strlen(value);
	}
	const struct import_answer answer = { .detail = { n, keys, values, lens } };
	/* Without a code: there is no such project any more. Nothing was changed either. */
	finish(m, code ? err_from_code(code) : LD_E_UNAVAILABLE, &answer);
	json_free(root);
}

static void on_read(void *ctx, int status, const char *out, size_t out_bytes)
{
	struct listing_import *m = ctx;
	const struct import_answer answer = { .report = out, .report_bytes = out_bytes };
	bool told = out_bytes > 0 && out_bytes < OUT_MAX_BYTES;
	if (told && (status == 0 || status == EXIT_BAD_DATA)) {
		finish(m, status == 0 ? 0 : LD_E_BAD_FILE, &answer);
	} else if (status == EXIT_REFUSED) {
		finish_refused(m, out, out_bytes);
	} else {
		log_warnx("import", "listingctl ended with %d", status);
		finish_untold(m);
	}
}

static void put_arguments(const struct project *p, const struct import_request *in, const char *out[ARGUMENTS])
{
	static const char *const verbs[][3] = {
		[IMPORT_LISTING] = { "import" },
		[IMPORT_BUYERS] = { "buyer", "import" },
		[IMPORT_ADMITTED] = { "launch", "admit" },
	};
	/* clang-format off */
	const char *const all[] = {
		"--json", "--nameless", "--project", p->name, "--as", in->account, "--role", role_name(in->role),
		in->dry_run ? "--dry-run" : NULL,
		in->kind == IMPORT_LISTING && in->withheld ? "--withheld" : NULL,
	};
	/* What is made for those admitted goes back to who asked, and stays nowhere. */
	const char *const admitted[] = { "--launch", in->launch, "--codes", "-", in->new_codes ? "--new-codes" : NULL };
	/* clang-format on */
	size_t n = 0;
	for (size_t i = 0; i < 3 && verbs[in->kind][i]; i++)
		out[n++] = verbs[in->kind][i];
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i])
			out[n++] = all[i];
	for (size_t i = 0; in->kind == IMPORT_ADMITTED && i < sizeof admitted / sizeof admitted[0]; i++)
		if (admitted[i])
			out[n++] = admitted[i];
	out[n++] = in->path;
	out[n] = NULL;
}

int import_start(struct project *p, const struct import_request *in, import_cb cb, void *ctx)
{
	const char *arguments[ARGUMENTS];
	struct app *a = p->app;
	if (a->import)
		return LD_E_RATE_LIMITED;
	put_arguments(p, in, arguments);
	struct listing_import *m = mem_zalloc(sizeof *m);
	*m = (struct listing_import){ .app = a, .dry_run = in->dry_run, .cb = cb, .ctx = ctx };
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
	finish_untold(a->import);
}
