#include "app/pairings.h"

#include "app/throttle.h"
#include "base/log.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { HEX_BYTES = 2 * crypto_hash_sha256_BYTES + 1, SECRET_RANDOM_BYTES = 32, PROJECT_MAX_BYTES = 64 };

/* Without what looks alike on a wall: no 0 and O, no 1, I and L. */
static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static void hash_secret(const char *secret, char out[HEX_BYTES])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(digest, (const unsigned char *)secret, strlen(secret));
	sodium_bin2hex(out, HEX_BYTES, digest, sizeof digest);
}

/* --- a code */

struct offer {
	struct app *app;
	struct pairing pairing;
	char project[PROJECT_MAX_BYTES + 1];
	pairing_offer_cb cb;
	void *ctx;
};

static void finish_offer(struct offer *o, int err)
{
	o->cb(o->ctx, err, err ? NULL : &o->pairing);
	sodium_memzero(o, sizeof *o);
	mem_free(o);
}

static void on_offered(void *ctx, int err, const struct fn_reply *reply)
{
	struct offer *o = ctx;
	o->pairing.expires_ms = fn_reply_int(reply, "expires_at", 0);
	/* Too many codes are out, or by chance this one is: the display asks again a little later. */
	if (err == LD_E_LIMIT_REACHED)
		err = LD_E_RATE_LIMITED;
	else if (err && err != LD_E_BAD_REQUEST)
		err = LD_E_UNAVAILABLE;
	finish_offer(o, err);
}

static void on_offer_allowed(void *ctx, int err)
{
	struct offer *o = ctx;
	unsigned char random[SECRET_RANDOM_BYTES];
	char hash[HEX_BYTES];
	if (err) {
		finish_offer(o, err);
		return;
	}
	for (size_t i = 0; i + 1 < sizeof o->pairing.code; i++)
		o->pairing.code[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
	randombytes_buf(random, sizeof random);
	sodium_bin2base64(o->pairing.secret, sizeof o->pairing.secret, random, sizeof random,
	                  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	hash_secret(o->pairing.secret, hash);
	const char *args[] = { o->pairing.code, hash, o->project };
	store_call_key(o->app->store, "ld_pairing", "ld:pairings", args, 3, true, on_offered, o);
}

void pairings_offer(struct app *a, const char *project, const char *client_address, pairing_offer_cb cb, void *ctx)
{
	struct offer *o = mem_zalloc(sizeof *o);
	o->app = a;
	o->cb = cb;
	o->ctx = ctx;
	if (strlen(project) > PROJECT_MAX_BYTES) {
		finish_offer(o, LD_E_BAD_REQUEST);
		return;
	}
	snprintf(o->project, sizeof o->project, "%s", project);
	throttle_try(a, "pairing", client_address, a->conf->login_per_address, on_offer_allowed, o);
}

/* --- its session */

struct claim {
	struct app *app;
	char token[TOKEN_TEXT_MAX], token_id[TOKEN_ID_BYTES];
	login_cb cb;
	void *ctx;
};

static void on_claimed(void *ctx, int err, const struct fn_reply *reply)
{
	struct claim *c = ctx;
	const char *status = err ? NULL : fn_reply_get(reply, "status");
	const char *account = fn_reply_get(reply, "account"), *project = fn_reply_get(reply, "project");
	if (!status) {
		c->cb(c->ctx, LD_E_UNAVAILABLE, NULL);
	} else if (strcmp(status, "waiting") == 0) {
		c->cb(c->ctx, 0, NULL);
	} else if (strcmp(status, "paired") == 0 && account && project) {
		char *projects[] = { mem_strdup(project) };
		const struct login_result result = { account, ROLE_DISPLAY, 1, projects, c->token };
		log_info(account, "signed in");
		c->cb(c->ctx, 0, &result);
		mem_free(projects[0]);
	} else {
		c->cb(c->ctx, strcmp(status, "throttled") == 0 ? LD_E_RATE_LIMITED : LD_E_NO_SUCH_CODE, NULL);
	}
	sodium_memzero(c, sizeof *c);
	mem_free(c);
}

void pairings_claim(struct app *a, const char *code, const char *secret, const char *client_address, login_cb cb,
                    void *ctx)
{
	char hash[HEX_BYTES], ttl[24], limit[24], window[24], counter[THROTTLE_KEY_BYTES];
	if (!a->has_secret) {
		cb(ctx, LD_E_UNAVAILABLE, NULL);
		return;
	}
	struct claim *c = mem_zalloc(sizeof *c);
	c->app = a;
	c->cb = cb;
	c->ctx = ctx;
	token_make(a, a->conf->display_ttl_s, c->token, c->token_id);
	hash_secret(secret, hash);
	throttle_key(counter, "claim", client_address);
	snprintf(ttl, sizeof ttl, "%lld", (long long)a->conf->display_ttl_s * 1000);
	snprintf(limit, sizeof limit, "%lld", (long long)a->conf->login_per_address);
	snprintf(window, sizeof window, "%lld", (long long)a->conf->login_window_s * 1000);
	const char *args[] = { code, hash, c->token_id, ttl, limit, window };
	store_call_key(a->store, "ld_claim", counter, args, 6, true, on_claimed, c);
}
