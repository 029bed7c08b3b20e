/* What the office sets: the settings of a project, and lists of units and buyers from files. */
#include "app/launches.h"
#include "app/listing_import.h"
#include "app/settings.h"
#include "net/http_routes.h"
#include "wire/encode.h"

#include <string.h>

/* Of `/api/v1/projects/P/launches/L/admit`. */
enum { PART_LAUNCH = 5 };

/* --- settings */

void get_settings(struct http_request *r, struct project *p) { settings_read(p, http_respond_when_read, http_ref(r)); }

/* --- import */

static void on_imported(void *ctx, int err, const struct import_answer *answer)
{
	struct http_request *r = ctx;
	struct buf text = { 0 };
	if (!err) {
		buf_add(&text, answer->report, answer->report_bytes);
		http_respond_text(r, 200, "application/json", &text);
		http_unref(r);
		return;
	}
	if (err == LD_E_BAD_FILE)
		encode_problem_fields(&text, err, r->english, answer->report, answer->report_bytes);
	else
		encode_problem_detail(&text, err, r->english, &answer->detail);
	http_respond_problem(r, err, &text);
	http_unref(r);
}

/* A switch of the query. False when it is neither on nor off: who misspells `dry_run` must not have the file written. */
static bool read_switch(const struct http_request *r, const char *name, bool *on)
{
	int64_t v = query_int(r->query, name, 0);
	*on = v == 1;
	return v == 0 || v == 1;
}

static void import_file(struct http_request *r, struct project *p, enum import_kind kind, const char *launch)
{
	struct import_request in = {
		.kind = kind,
		.launch = launch,
		.account = r->identity->account,
		.role = r->identity->role,
		.path = r->upload.path,
	};
	if (!read_switch(r, "dry_run", &in.dry_run) || !read_switch(r, "withheld", &in.withheld) ||
	    !read_switch(r, "new_codes", &in.new_codes)) {
		http_respond_error(r, LD_E_BAD_REQUEST, "dry_run, withheld and new_codes are 0 or 1");
		return;
	}
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

void post_import(struct http_request *r, struct project *p) { import_file(r, p, IMPORT_LISTING, NULL); }
void post_buyers_import(struct http_request *r, struct project *p) { import_file(r, p, IMPORT_BUYERS, NULL); }

void post_launch_admit(struct http_request *r, struct project *p)
{
	char launch[LAUNCH_ID_BYTES];
	if (path_part(r->path, PART_LAUNCH, launch, sizeof launch) && launch[0] == 's' &&
	    launch[1 + strspn(launch + 1, "0123456789")] == '\0')
		import_file(r, p, IMPORT_ADMITTED, launch);
	else
		http_respond_error(r, LD_E_NO_SUCH_LAUNCH, NULL);
}
