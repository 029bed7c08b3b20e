/* Another password for oneself. */
#include "app/auth.h"
#include "app/project.h"
#include "app/throttle.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sha1.h"
#include "seal/password.h"
#include "wire/account.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct change {
	struct app *app;
	struct identity *who;
	struct project *project; /* whose trail tells it */
	void (*cb)(void *ctx, int err);
	void *ctx;
	char old_password[PASSWORD_MAX_BYTES + 1], new_password[PASSWORD_MAX_BYTES + 1];
	struct account_record record;
	char was[SHA1_HEX_BYTES];
	char hash[PASSWORD_HASH_BYTES];
	bool matches;
};

static void finish(struct change *c, int err)
{
	if (err)
		log_info(c->who->account, "did not change the password: %s", err_code(err));
	else
		log_info(c->who->account, "changed the password");
	c->cb(c->ctx, err);
	account_record_fini(&c->record);
	identity_unref(c->app, c->who);
	sodium_memzero(c, sizeof *c);
	mem_free(c);
}

static void on_changed(void *ctx, int err, const struct fn_reply *reply)
{
	UNUSED(reply);
	finish(ctx, err);
}

static void hash_both(void *ctx)
{
	struct change *c = ctx;
	unsigned char salt[PASSWORD_SALT_BYTES];
	c->matches = password_matches(c->old_password, c->record.hash);
	randombytes_buf(salt, sizeof salt);
	if (c->matches)
		password_hash(c->new_password, salt, c->hash);
}

static void on_hashed(void *ctx)
{
	struct change *c = ctx;
	char key[33], not_after[24];
	unsigned char random[16];
	if (!c->matches || !c->hash[0]) {
		finish(c, c->matches ? LD_E_UNAVAILABLE : LD_E_BAD_CREDENTIALS);
		return;
	}
	/* A repetition has the wrong old password: it needs no key of the client's. */
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(key, sizeof key, random, sizeof random);
	snprintf(not_after, sizeof not_after, "%lld",
	         (long long)(project_now_ms(c->project) + c->app->conf->redis_timeout_ms));
	const char *args[] = {
		c->who->account, role_name(c->who->role), key, not_after, c->was, c->hash, c->who->token_id
	};
	store_call(c->app->store, "ld_password", c->project->name, args, 7, true, on_changed, c);
}

static void on_account(void *ctx, int err, const char *json, size_t bytes)
{
	struct change *c = ctx;
	if (err) {
		finish(c, LD_E_UNAVAILABLE);
		return;
	}
	sha1_hex(json ? json : "", bytes, c->was);
	if (!json || account_decode(json, bytes, &c->record) != 0)
		finish(c, LD_E_BAD_CREDENTIALS);
	else if (!loop_work(c->app->loop, hash_both, on_hashed, c))
		finish(c, LD_E_RATE_LIMITED);
}

static void on_account_throttled(void *ctx, int err)
{
	struct change *c = ctx;
	if (err)
		finish(c, err);
	else
		store_hget(c->app->store, "ld:accounts", c->who->account, on_account, c);
}

static void on_address_throttled(void *ctx, int err)
{
	struct change *c = ctx;
	if (err)
		finish(c, err);
	else
		throttle_try(c->app, "account", c->who->account, c->app->conf->login_per_account, on_account_throttled, c);
}

/* Of the projects that the account has and this daemon serves, the first by name. */
static void choose(const char *name, void *value, void *ctx)
{
	struct change *c = ctx;
	if (identity_has_project(c->who, name) && (!c->project || strcmp(name, c->project->name) < 0))
		c->project = value;
}

void auth_change_password(struct app *a, struct identity *who, const char *old_password, const char *new_password,
                          const char *client_address, void (*cb)(void *ctx, int err), void *ctx)
{
	struct change *c = mem_zalloc(sizeof *c);
	c->app = a;
	c->who = identity_ref(who);
	c->cb = cb;
	c->ctx = ctx;
	map_each(a->projects, choose, c);
	if (!password_is_acceptable(new_password) || strcmp(old_password, new_password) == 0) {
		finish(c, LD_E_BAD_REQUEST);
	} else if (strlen(old_password) > PASSWORD_MAX_BYTES) {
		finish(c, LD_E_BAD_CREDENTIALS);
	} else if (!c->project) {
		finish(c, LD_E_NO_SUCH_PROJECT);
	} else {
		snprintf(c->old_password, sizeof c->old_password, "%s", old_password);
		snprintf(c->new_password, sizeof c->new_password, "%s", new_password);
		throttle_try(a, "address", client_address, a->conf->login_per_address, on_address_throttled, c);
	}
}
