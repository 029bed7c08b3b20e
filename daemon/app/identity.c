#include "app/identity.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/account.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum { ID_BYTES = 16, EXPIRY_BYTES = 8, MAC_BYTES = 16, BODY_BYTES = ID_BYTES + EXPIRY_BYTES };
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
_Static_assert(sodium_base64_ENCODED_LEN(BODY_BYTES + MAC_BYTES, 7) <= TOKEN_TEXT_MAX, "token text fits");

struct identity *identity_ref(struct identity *i)
{
	i->refs++;
	return i;
}

void identity_unref(struct app *a, struct identity *i)
{
	if (!i || --i->refs > 0)
		return;
	if (map_get(a->identities, i->token_id) == i)
		map_remove(a->identities, i->token_id);
	for (size_t k = 0; k < i->project_count; k++)
		mem_free(i->projects[k]);
	mem_free(i->projects);
	mem_free(i->account);
	mem_free(i);
}

bool identity_has_project(const struct identity *i, const char *project)
{
	const char *shadow = strstr(project, "--");
	size_t of_bytes = shadow ? (size_t)(shadow - project) : 0;
	for (size_t k = 0; k < i->project_count; k++) {
		const char *own = i->projects[k];
		if (strcmp(own, project) == 0 || strcmp(own, "*") == 0 ||
		    (of_bytes && strlen(own) == of_bytes && memcmp(own, project, of_bytes) == 0))
			return true;
	}
	return false;
}

bool identity_is_signed_out(const struct app *a, const char *token_id)
{
	return map_get(a->signed_out, token_id) || map_get(a->signed_out_before, token_id);
}

void identity_remember_signed_out(struct app *a, const char *token_id)
{
	int64_t now_ms = clock_mono_ms();
	/* Two generations: after one lifetime of a token the older one holds only tokens that have ended anyway. */
	if (now_ms - a->signed_out_since_ms > a->conf->session_ttl_s * 1000) {
		map_free(a->signed_out_before, NULL);
		a->signed_out_before = a->signed_out;
		a->signed_out = map_new();
		a->signed_out_since_ms = now_ms;
	}
	map_set(a->signed_out, token_id, a);
}

struct identity *identity_known(struct app *a, const char *token_id) { return map_get(a->identities, token_id); }

static void token_id_of(const char *token, char id[TOKEN_ID_BYTES])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
	sodium_bin2hex(id, TOKEN_ID_BYTES, digest, sizeof digest);
}

static void mac(const struct app *a, const unsigned char *body, unsigned char out[MAC_BYTES])
{
	crypto_generichash(out, MAC_BYTES, body, BODY_BYTES, a->token_secret, sizeof a->token_secret);
}

void token_make(const struct app *a, int64_t ttl_s, char out[TOKEN_TEXT_MAX], char id[TOKEN_ID_BYTES])
{
	unsigned char raw[BODY_BYTES + MAC_BYTES];
	randombytes_buf(raw, ID_BYTES);
	uint64_t expiry = (uint64_t)time(NULL) + (uint64_t)ttl_s;
	for (int i = 0; i < EXPIRY_BYTES; i++)
		raw[ID_BYTES + i] = (unsigned char)(expiry >> (56 - 8 * i));
	mac(a, raw, raw + BODY_BYTES);
	sodium_bin2base64(out, TOKEN_TEXT_MAX, raw, sizeof raw, VARIANT);
	token_id_of(out, id);
}

bool token_check(const struct app *a, const char *token, char id[TOKEN_ID_BYTES])
{
	unsigned char raw[BODY_BYTES + MAC_BYTES], good[MAC_BYTES];
	size_t n = 0;
	if (!a->has_secret || sodium_base642bin(raw, sizeof raw, token, strlen(token), NULL, &n, NULL, VARIANT) != 0 ||
	    n != sizeof raw)
		return false;
	mac(a, raw, good);
	if (sodium_memcmp(good, raw + BODY_BYTES, MAC_BYTES) != 0)
		return false;
	uint64_t expiry = 0;
	for (int i = 0; i < EXPIRY_BYTES; i++)
		expiry = expiry << 8 | raw[ID_BYTES + i];
	token_id_of(token, id);
	return expiry > (uint64_t)time(NULL);
}

struct lookup {
	struct app *app;
	char token_id[TOKEN_ID_BYTES];
	identity_cb cb;
	void *ctx;
};

static struct identity *identity_from(const char *token_id, const char *json, size_t bytes)
{
	struct account_record rec;
	if (account_decode(json, bytes, &rec) != 0) {
		log_warnx("session", "a session record in Redis is malformed; it is treated as signed out");
		return NULL;
	}
	struct identity *i = mem_zalloc(sizeof *i);
	memcpy(i->token_id, token_id, TOKEN_ID_BYTES);
	i->role = rec.role;
	i->account = mem_strdup(rec.account);
	i->project_count = rec.project_count;
	i->projects = mem_calloc(rec.project_count, sizeof *i->projects);
	for (size_t k = 0; k < rec.project_count; k++)
		i->projects[k] = mem_strdup(rec.projects[k]);
	account_record_fini(&rec);
	return i;
}

static void on_found(void *ctx, int err, const char *value, size_t bytes)
{
	struct lookup *q = ctx;
	struct identity *i = NULL;
	if (err) {
		err = LD_E_UNAVAILABLE;
	} else if (!value) {
		identity_remember_signed_out(q->app, q->token_id);
		err = LD_E_UNAUTHENTICATED;
	} else {
		i = identity_known(q->app, q->token_id);
		if (identity_is_signed_out(q->app, q->token_id))
			i = NULL;
		else if (!i && (i = identity_from(q->token_id, value, bytes)))
			map_set(q->app->identities, q->token_id, i);
		if (i)
			identity_ref(i);
		else
			err = LD_E_UNAUTHENTICATED;
	}
	q->cb(q->ctx, err, i);
	identity_unref(q->app, i);
	mem_free(q);
}

void identity_find(struct app *a, const char *token_id, identity_cb cb, void *ctx)
{
	struct lookup *q = mem_alloc(sizeof *q);
	*q = (struct lookup){ .app = a, .cb = cb, .ctx = ctx };
	memcpy(q->token_id, token_id, TOKEN_ID_BYTES);
	char key[16 + TOKEN_ID_BYTES] = "ld:session:";
	strcat(key, token_id);
	store_get(a->store, key, on_found, q);
}
