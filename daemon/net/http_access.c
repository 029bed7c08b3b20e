/* Who gets in: displays by a code, people by their passwords; and the lists of both. */
#include "app/accounts.h"
#include "app/displays.h"
#include "app/pairings.h"
#include "net/http_routes.h"
#include "wire/emit.h"
#include "wire/encode.h"
#include "wire/request.h"

#include <stdio.h>
#include <string.h>

void http_set_session(struct http_request *r, const char *token, int64_t max_age_s)
{
	http_header(r, "set-cookie:", "listing_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", token,
	            (long long)max_age_s, r->secure ? "; Secure" : "");
}

/* The texts of the body; false after the request was refused. */
static bool take_texts(struct http_request *r, const char *first, const char *second, struct text_request *out)
{
	char why[WHY_BYTES] = "";
	if (!http_allow_origin(r))
		return false;
	int err = request_decode_texts(r->body ? r->body : "", r->body_bytes, first, second, out, why);
	if (err)
		http_respond_error(r, err, why);
	return !err;
}

/* --- displays */

static void on_pairing(void *ctx, int err, const struct pairing *p)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		struct emit j = { 0 };
		emit_open(&j, NULL, '{');
		emit_text(&j, "code", p->code);
		emit_text(&j, "secret", p->secret);
		emit_int(&j, "expires_at", p->expires_ms);
		emit_close(&j, '}');
		http_respond_text(r, 201, "application/json", &j.b);
	}
	http_unref(r);
}

void post_pairing(struct http_request *r, struct project *p)
{
	struct text_request in;
	UNUSED(p);
	if (!take_texts(r, "project", NULL, &in))
		return;
	pairings_offer(r->app, in.value[0], r->client, on_pairing, http_ref(r));
	text_request_fini(&in);
}

static void on_claim(void *ctx, int err, const struct login_result *result)
{
	struct http_request *r = ctx;
	struct buf text = { 0 };
	if (err) {
		http_respond_error(r, err, NULL);
	} else if (!result) {
		buf_adds(&text, "{\"status\":\"waiting\"}");
		http_respond_text(r, 202, "application/json", &text);
	} else {
		encode_login(&text, result->account, role_name(result->role), result->projects, result->project_count, NULL);
		http_set_session(r, result->token, r->app->conf->display_ttl_s);
		http_respond_text(r, 200, "application/json", &text);
	}
	http_unref(r);
}

void post_claim(struct http_request *r, struct project *p)
{
	struct text_request in;
	UNUSED(p);
	if (!take_texts(r, "code", "secret", &in))
		return;
	pairings_claim(r->app, in.value[0], in.value[1], r->client, on_claim, http_ref(r));
	text_request_fini(&in);
}

void get_displays(struct http_request *r, struct project *p) { displays_list(p, http_respond_when_read, http_ref(r)); }

/* --- accounts */

void get_accounts(struct http_request *r, struct project *p)
{
	accounts_list(p, r->identity, http_respond_when_read, http_ref(r));
}

static void on_password(void *ctx, int err)
{
	struct http_request *r = ctx;
	if (err)
		http_respond_error(
			r, err, err == LD_E_BAD_REQUEST ? "new must have 8 characters at least and not be the old one" : NULL);
	else
		http_respond(r, 204, NULL, NULL);
	http_unref(r);
}

void post_password(struct http_request *r, struct project *p)
{
	struct text_request in;
	UNUSED(p);
	if (!take_texts(r, "old", "new", &in))
		return;
	auth_change_password(r->app, r->identity, in.value[0], in.value[1], r->client, on_password, http_ref(r));
	text_request_fini(&in);
}
