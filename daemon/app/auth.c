#include "app/auth.h"

#include "app/session.h"
#include "app/throttle.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sha1.h"
#include "seal/password.h"
#include "wire/account.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 72 };

struct login {
	struct app *app;
	login_cb cb;
	void *ctx;
	char account[NAME_MAX_BYTES + 1];
	char password[PASSWORD_MAX_BYTES + 1];
	char address[64];
	struct account_record record;
	char was[SHA1_HEX_BYTES]; /* of the record that the password is compared with */
	bool found, matches;
	char token[TOKEN_TEXT_MAX], token_id[TOKEN_ID_BYTES];
};

static void finish(struct login *l, int err)
{
	struct login_result result = { l->account, l->record.role, l->record.project_count, l->record.projects, l->token };
	if (err) {
		l->app->metrics.logins_refused_total++;
		log_info("login", "refused for account %s from %s: %s", l->account, l->address, err_code(err));
	} else {
		l->app->metrics.logins_total++;
	}
	l->cb(l->ctx, err, err ? NULL : &result);
	account_record_fini(&l->record);
	sodium_memzero(l, sizeof *l);
	mem_free(l);
}

static void on_begun(void *ctx, int err, const struct fn_reply *reply)
{
	UNUSED(reply);
	/* When it is not known whether the session was stored, the client signs in again; a stray record expires. */
	finish(ctx, err && err != LD_E_BAD_CREDENTIALS ? LD_E_UNAVAILABLE : err);
}

static void compare(void *ctx)
{
	struct login *l = ctx;
	l->matches = password_matches(l->password, l->found ? l->record.hash : NULL);
}

static void on_compared(void *ctx)
{
	struct login *l = ctx;
	sodium_memzero(l->password, sizeof l->password);
	if (!l->matches || l->record.disabled) {
		finish(l, LD_E_BAD_CREDENTIALS);
		return;
	}
	char ttl[24];
	token_make(l->app, l->app->conf->session_ttl_s, l->token, l->token_id);
	snprintf(ttl, sizeof ttl, "%lld", (long long)l->app->conf->session_ttl_s * 1000);
	const char *args[] = { l->account, l->was, l->token_id, ttl };
	store_call_key(l->app->store, "ld_sign_in", "ld:accounts", args, 4, true, on_begun, l);
}

static void on_account(void *ctx, int err, const char *json, size_t bytes)
{
	struct login *l = ctx;
	if (err) {
		finish(l, LD_E_UNAVAILABLE);
		return;
	}
	sha1_hex(json ? json : "", bytes, l->was);
	l->found = json && account_decode(json, bytes, &l->record) == 0 && l->record.hash;
	if (!loop_work(l->app->loop, compare, on_compared, l))
		finish(l, LD_E_RATE_LIMITED);
}

static void on_account_throttled(void *ctx, int err)
{
	struct login *l = ctx;
	if (err)
		finish(l, err);
	else
		store_hget(l->app->store, "ld:accounts", l->account, on_account, l);
}

static void on_address_throttled(void *ctx, int err)
{
	struct login *l = ctx;
	if (err)
		finish(l, err);
	else
		throttle_try(l->app, "account", l->account, l->app->conf->login_per_account, on_account_throttled, l);
}

void auth_login(struct app *a, const char *account, const char *password, const char *client_address, login_cb cb,
                void *ctx)
{
	struct login *l = mem_zalloc(sizeof *l);
	l->app = a;
	l->cb = cb;
	l->ctx = ctx;
	snprintf(l->account, sizeof l->account, "%s", account);
	snprintf(l->password, sizeof l->password, "%s", password);
	snprintf(l->address, sizeof l->address, "%s", client_address);
	if (!a->has_secret || strlen(account) > NAME_MAX_BYTES || strlen(password) > PASSWORD_MAX_BYTES) {
		finish(l, a->has_secret ? LD_E_BAD_CREDENTIALS : LD_E_UNAVAILABLE);
		return;
	}
	throttle_try(a, "address", l->address, a->conf->login_per_address, on_address_throttled, l);
}

struct logout {
	struct app *app;
	char token_id[TOKEN_ID_BYTES];
	void (*cb)(void *ctx, int err);
	void *ctx;
};

static void on_deleted(void *ctx, int err)
{
	struct logout *l = ctx;
	if (!err)
		identity_revoke(l->app, l->token_id);
	l->cb(l->ctx, err);
	mem_free(l);
}

void auth_logout(struct app *a, const char *token_id, void (*cb)(void *ctx, int err), void *ctx)
{
	struct logout *l = mem_zalloc(sizeof *l);
	*l = (struct logout){ .app = a, .cb = cb, .ctx = ctx };
	memcpy(l->token_id, token_id, TOKEN_ID_BYTES);
	char key[16 + TOKEN_ID_BYTES] = "ld:session:";
	strcat(key, token_id);
	store_del(a->store, key, on_deleted, l);
}
