#include "app/auth.h"

#include "app/session.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/account.h"

#include <crypt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 72, PASSWORD_MAX_BYTES = 512 };

/* A hash of nothing anybody knows: what an unknown account is compared with, so that it costs the same time
 * (yescrypt of cost 6, as listingctl makes them). */
static const char nobody[] =
	"$y$jAT$kDLAa.yz5TvfywYLSoUp71uEW6.OSR0JrtXy6T9N177$mqprtg6Yq4tk8lMnLwXcBQuqmiblZxhC3L01KLqukFA";

struct login {
	struct app *app;
	login_cb cb;
	void *ctx;
	char account[NAME_MAX_BYTES + 1];
	char password[PASSWORD_MAX_BYTES + 1];
	char address[64];
	struct account_record record;
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

static void on_stored(void *ctx, int err)
{
	/* When it is not known whether the session was stored, the client signs in again; a stray record expires. */
	finish(ctx, err ? LD_E_UNAVAILABLE : 0);
}

static void hash_password(void *ctx)
{
	struct login *l = ctx;
	struct crypt_data *data = mem_zalloc(sizeof *data);
	const char *expected = l->found ? l->record.hash : nobody;
	const char *got = crypt_rn(l->password, expected, data, sizeof *data);
	l->matches = got && l->found && strlen(got) == strlen(expected) && sodium_memcmp(got, expected, strlen(got)) == 0;
	sodium_memzero(data, sizeof *data);
	mem_free(data);
}

static void on_hashed(void *ctx)
{
	struct login *l = ctx;
	sodium_memzero(l->password, sizeof l->password);
	if (!l->matches || l->record.disabled) {
		finish(l, LD_E_BAD_CREDENTIALS);
		return;
	}
	token_make(l->app, l->token, l->token_id);
	struct buf json = { 0 };
	account_encode_session(&json, &l->record);
	char key[16 + TOKEN_ID_BYTES] = "ld:session:";
	strcat(key, l->token_id);
	store_set_px(l->app->store, key, json.data, json.len_bytes, l->app->conf->session_ttl_s * 1000, on_stored, l);
	buf_fini(&json);
}

static void on_account(void *ctx, int err, const char *json, size_t bytes)
{
	struct login *l = ctx;
	if (err) {
		finish(l, LD_E_UNAVAILABLE);
		return;
	}
	l->found = json && account_decode(json, bytes, &l->record) == 0 && l->record.hash;
	if (!loop_work(l->app->loop, hash_password, on_hashed, l))
		finish(l, LD_E_RATE_LIMITED);
}

static void throttle(struct login *l, const char *kind, const char *what, int64_t limit, store_fn_cb next)
{
	if (!limit) {
		static const char *const keys[] = { "allowed" }, *const values[] = { "1" };
		static const size_t lens[] = { 1 };
		const struct fn_reply yes = { 1, keys, values, lens };
		next(l, 0, &yes);
		return;
	}
	char key[160], limit_text[24], window[24];
	snprintf(key, sizeof key, "ld:login:%s:%s", kind, what);
	snprintf(limit_text, sizeof limit_text, "%lld", (long long)limit);
	snprintf(window, sizeof window, "%lld", (long long)l->app->conf->login_window_s * 1000);
	const char *args[] = { limit_text, window };
	store_call_key(l->app->store, "ld_throttle", key, args, 2, true, next, l);
}

static bool throttled(struct login *l, int err, const struct fn_reply *reply)
{
	const char *allowed = err ? NULL : fn_reply_get(reply, "allowed");
	if (allowed && strcmp(allowed, "1") == 0)
		return false;
	finish(l, err ? LD_E_UNAVAILABLE : LD_E_RATE_LIMITED);
	return true;
}

static void on_account_throttled(void *ctx, int err, const struct fn_reply *reply)
{
	struct login *l = ctx;
	if (!throttled(l, err, reply))
		store_hget(l->app->store, "ld:accounts", l->account, on_account, l);
}

static void on_address_throttled(void *ctx, int err, const struct fn_reply *reply)
{
	struct login *l = ctx;
	if (!throttled(l, err, reply))
		throttle(l, "account", l->account, l->app->conf->login_per_account, on_account_throttled);
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
	throttle(l, "address", l->address, a->conf->login_per_address, on_address_throttled);
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
