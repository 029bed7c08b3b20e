/* Buyers of a launch session come in, and show what they chose. */
#include "app/buyer_login.h"
#include "app/proof.h"
#include "app/throttle.h"
#include "base/mem.h"
#include "net/http_routes.h"
#include "wire/emit.h"
#include "wire/encode.h"
#include "wire/request.h"

#include <string.h>

/* wrong: what to say when the buyer was not recognised */
static void respond_login(struct http_request *r, int err, const char *wrong, const struct login_result *result)
{
	if (err) {
		http_respond_error(r, err, err == LD_E_BAD_CREDENTIALS ? wrong : NULL);
	} else {
		struct buf text = { 0 };
		encode_login(&text, result->account, role_name(result->role), result->projects, result->project_count,
		             result->token);
		http_set_session(r, result->token, r->server->conf->session_ttl_s);
		http_respond_text(r, 200, "application/json", &text);
	}
	http_unref(r);
}

static void on_login_by_code(void *ctx, int err, const struct login_result *result)
{
	respond_login(ctx, err, "The telephone number or the one-time code is wrong, or the code was used already.",
	              result);
}

static void on_login_by_link(void *ctx, int err, const struct login_result *result)
{
	respond_login(ctx, err, "The link is not valid, has expired, or was used already.", result);
}

void post_buyer_login(struct http_request *r, struct project *p)
{
	struct buyer_request in;
	char why[WHY_BYTES] = "";
	UNUSED(p);
	if (!http_allow_origin(r))
		return;
	int err = request_decode_buyer(r->body ? r->body : "", r->body_bytes, &in, why);
	if (err) {
		http_respond_error(r, err, why);
		return;
	}
	struct project *named = project_find(r->app, in.project);
	/* A project that does not exist refuses like one that does. */
	if (!named)
		http_respond_error(r, LD_E_BAD_CREDENTIALS, NULL);
	else if (in.link)
		buyer_login_by_link(named, in.link, in.attempt, r->client, on_login_by_link, http_ref(r));
	else
		buyer_login_by_code(named, in.phone, in.code, in.attempt, r->client, on_login_by_code, http_ref(r));
	buyer_request_fini(&in);
}

/* --- the proof of a choice */

enum { PART_LAUNCH = 5 };

static void put_proof(struct emit *j, const struct project *p, const struct proof *f)
{
	emit_text(j, "project", f->project);
	emit_text(j, "title", p->title ? p->title : p->name);
	emit_text(j, "unit", f->unit);
	emit_text(j, "deal", f->deal);
	emit_text(j, "buyer", f->buyer);
	emit_int(j, "at", f->at_ms);
	emit_int(j, "utc_offset_min", p->reports.utc_offset_min);
}

static void on_proof(void *ctx, int err, const struct proof *f, const char *text)
{
	struct http_request *r = ctx;
	/* A rehearsal may have ended since the request came. */
	struct project *p = err ? NULL : project_find(r->app, f->project);
	if (!p) {
		http_respond_error(r, err ? err : LD_E_NO_SUCH_PROJECT, NULL);
	} else {
		struct emit j = { 0 };
		emit_open(&j, NULL, '{');
		emit_text(&j, "proof", text);
		put_proof(&j, p, f);
		emit_close(&j, '}');
		http_respond_text(r, 200, "application/json", &j.b);
	}
	http_unref(r);
}

void post_proof(struct http_request *r, struct project *p)
{
	char launch[25], why[WHY_BYTES] = "";
	struct text_request in;
	int err = request_decode_texts(r->body ? r->body : "", r->body_bytes, "deal", NULL, &in, why);
	if (err) {
		http_respond_error(r, err, why);
		return;
	}
	if (path_part(r->path, PART_LAUNCH, launch, sizeof launch))
		proof_make(p, r->identity, launch, in.value[0], on_proof, http_ref(r));
	else
		http_respond_error(r, LD_E_NO_SUCH_LAUNCH, NULL);
	text_request_fini(&in);
}

static void on_checked_deal(void *ctx, int err, const char *record, size_t bytes)
{
	struct http_request *r = ctx;
	const struct proof *f = r->scratch;
	struct project *p = project_find(r->app, f->project);
	struct json *d = NULL;
	char why[WHY_BYTES];
	const char *status = p && !err && record && json_parse(record, bytes, &d, why) == 0 ? proof_standing(f, d) : NULL;
	if (!status) {
		http_respond_error(r, err ? LD_E_UNAVAILABLE : LD_E_BAD_CREDENTIALS, NULL);
	} else {
		struct emit j = { 0 };
		emit_open(&j, NULL, '{');
		emit_bool(&j, "valid", true);
		put_proof(&j, p, f);
		emit_text(&j, "status", status);
		emit_close(&j, '}');
		http_respond_text(r, 200, "application/json", &j.b);
	}
	json_free(d);
	http_unref(r);
}

static void on_check_throttled(void *ctx, int err)
{
	struct http_request *r = ctx;
	const struct proof *f = r->scratch;
	if (err) {
		http_respond_error(r, err, NULL);
		http_unref(r);
		return;
	}
	char *key = mem_printf("ld:{%s}:deals", f->project);
	store_hget(r->app->store, key, f->deal, on_checked_deal, r);
	mem_free(key);
}

void post_check(struct http_request *r, struct project *p)
{
	char why[WHY_BYTES] = "";
	struct text_request in;
	UNUSED(p);
	int err = request_decode_texts(r->body ? r->body : "", r->body_bytes, "proof", NULL, &in, why);
	if (err) {
		http_respond_error(r, err, why);
		return;
	}
	struct proof *f = mem_zalloc(sizeof *f);
	r->scratch = f;
	if (!proof_read(r->app, in.value[0], f) || !project_find(r->app, f->project))
		http_respond_error(r, LD_E_BAD_CREDENTIALS, "This is no proof that was made here.");
	else
		throttle_try(r->app, "check", r->client, r->app->conf->buyer_login_per_address, on_check_throttled,
		             http_ref(r));
	text_request_fini(&in);
}
