/* What the office sets: the settings of a project, and a new list of units from a file. */
#include "app/listing_import.h"
#include "app/settings.h"
#include "net/http_routes.h"
#include "wire/encode.h"

/* --- settings */

static void on_settings(void *ctx, int err, struct buf *text)
{
	struct http_request *r = ctx;
	if (err)
		http_respond_error(r, err, NULL);
	else
		http_respond_text(r, 200, "application/json", text);
	http_unref(r);
}

void get_settings(struct http_request *r, struct project *p) { settings_read(p, on_settings, http_ref(r)); }

/* --- import */

static void on_imported(void *ctx, int err, bool good, const char *report, size_t bytes)
{
	struct http_request *r = ctx;
	struct buf text = { 0 };
	if (err) {
		http_respond_error(r, err, NULL);
	} else if (good) {
		buf_add(&text, report, bytes);
		http_respond_text(r, 200, "application/json", &text);
	} else {
		encode_problem_fields(&text, LD_E_BAD_FILE, r->english, report, bytes);
		http_respond_text(r, err_http_status(LD_E_BAD_FILE), "application/problem+json", &text);
	}
	http_unref(r);
}

void post_import(struct http_request *r, struct project *p)
{
	const struct import_request in = {
		.account = r->identity->account,
		.path = r->upload.path,
		.dry_run = query_int(r->query, "dry_run", 0) == 1,
		.withheld = query_int(r->query, "withheld", 0) == 1,
	};
	if (!in.path) {
		http_respond_error(r, LD_E_BAD_REQUEST, "Send the file as the body.");
		return;
	}
	int err = import_start(p, &in, on_imported, http_ref(r));
	if (err) {
		http_unref(r);
		http_respond_error(r, err, err == LD_E_RATE_LIMITED ? "Another file is being read; try again." : NULL);
	}
}
