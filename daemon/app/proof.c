#include "app/proof.h"

#include "base/mem.h"
#include "wire/buyer.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAC_BYTES = 32, FIELDS = 7, BODY_BYTES = 400 };
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
_Static_assert(sodium_base64_ENCODED_LEN(BODY_BYTES, 7) + sodium_base64_ENCODED_LEN(MAC_BYTES, 7) + 2 <= PROOF_TEXT_MAX,
               "a proof fits");

static void mac(const struct app *a, const char *body, size_t bytes, unsigned char out[MAC_BYTES])
{
	static const unsigned char salt[crypto_generichash_blake2b_SALTBYTES] = { 0 };
	static const unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = "listingd proof";
	crypto_generichash_blake2b_salt_personal(out, MAC_BYTES, (const unsigned char *)body, bytes, a->token_secret,
	                                         sizeof a->token_secret, salt, personal);
}

static void write_text(const struct app *a, const struct proof *f, char out[PROOF_TEXT_MAX])
{
	char body[BODY_BYTES];
	unsigned char sum[MAC_BYTES];
	int n = snprintf(body, sizeof body, "%s\n%s\n%s\n%s\n%s\n%lld\n%s", f->project, f->launch, f->deal, f->unit,
	                 f->buyer, (long long)f->at_ms, f->buyer_id);
	size_t bytes = (size_t)n;
	mac(a, body, bytes, sum);
	sodium_bin2base64(out, PROOF_TEXT_MAX, (const unsigned char *)body, bytes, VARIANT);
	size_t used = strlen(out);
	out[used++] = '.';
	sodium_bin2base64(out + used, PROOF_TEXT_MAX - used, sum, sizeof sum, VARIANT);
}

/* --- making one */

struct making {
	struct project *project;
	struct identity *who;
	struct proof proof;
	proof_made_cb cb;
	void *ctx;
};

static void finish(struct making *q, int err)
{
	char text[PROOF_TEXT_MAX] = "";
	if (!err)
		write_text(q->project->app, &q->proof, text);
	q->cb(q->ctx, err, err ? NULL : &q->proof, err ? NULL : text);
	identity_unref(q->project->app, q->who);
	mem_free(q);
}

/* The first letter of a name and a star: enough to compare with the person who shows it. */
static void mask_name(const char *name, char out[33])
{
	size_t n = 1;
	while (((unsigned char)name[n] & 0xc0) == 0x80)
		n++;
	snprintf(out, 33, "%.*s*", (int)n, name);
}

static void on_buyer(void *ctx, int err, const char *json, size_t bytes)
{
	struct making *q = ctx;
	struct buyer b = { 0 };
	if (!err && json && buyer_decode(json, bytes, &b) == 0 &&
	    buyer_open(&b, q->project->app->vault, q->project->name) && b.name && *b.name)
		mask_name(b.name, q->proof.buyer);
	buyer_fini(&b);
	finish(q, err);
}

static bool copy(char *out, size_t cap, const char *text)
{
	bool fits = text && *text && strlen(text) < cap && !strchr(text, '\n');
	snprintf(out, cap, "%s", fits ? text : "");
	return fits;
}

static void on_deal(void *ctx, int err, const char *record, size_t bytes)
{
	struct making *q = ctx;
	struct json *d = NULL;
	char why[WHY_BYTES];
	const char *own = strchr(q->who->account, ':');
	bool fine = !err && record && json_parse(record, bytes, &d, why) == 0;
	const char *launch = fine ? json_text_of(d, "launch") : NULL, *buyer = fine ? json_text_of(d, "buyer") : NULL;
	fine = launch && buyer && own && strcmp(buyer, own + 1) == 0 && strcmp(launch, q->proof.launch) == 0 &&
	       copy(q->proof.unit, sizeof q->proof.unit, json_text_of(d, "unit")) &&
	       json_whole(json_member(d, "created_ms"), &q->proof.at_ms) &&
	       copy(q->proof.buyer_id, sizeof q->proof.buyer_id, buyer);
	json_free(d);
	if (err || !fine) {
		finish(q, err ? LD_E_UNAVAILABLE : LD_E_NO_SUCH_DEAL);
		return;
	}
	char *key = mem_printf("ld:{%s}:buyers", q->project->name);
	store_hget(q->project->app->store, key, q->proof.buyer_id, on_buyer, q);
	mem_free(key);
}

void proof_make(struct project *p, struct identity *who, const char *launch, const char *deal, proof_made_cb cb,
                void *ctx)
{
	struct making *q = mem_zalloc(sizeof *q);
	*q = (struct making){ .project = p, .who = identity_ref(who), .cb = cb, .ctx = ctx };
	if (!copy(q->proof.project, sizeof q->proof.project, p->name) ||
	    !copy(q->proof.launch, sizeof q->proof.launch, launch) || !copy(q->proof.deal, sizeof q->proof.deal, deal)) {
		finish(q, LD_E_NO_SUCH_DEAL);
		return;
	}
	char *key = mem_printf("ld:{%s}:deals", p->name);
	store_hget(p->app->store, key, q->proof.deal, on_deal, q);
	mem_free(key);
}

/* --- reading one */

static bool split(char *body, struct proof *out)
{
	char *field[FIELDS];
	char *at = body;
	for (int i = 0; i < FIELDS; i++) {
		field[i] = at;
		at = at ? strchr(at, '\n') : NULL;
		if (at)
			*at++ = '\0';
		else if (i < FIELDS - 1)
			return false;
	}
	out->at_ms = strtoll(field[5], NULL, 10);
	snprintf(out->buyer, sizeof out->buyer, "%s", field[4]);
	return copy(out->project, sizeof out->project, field[0]) && copy(out->launch, sizeof out->launch, field[1]) &&
	       copy(out->deal, sizeof out->deal, field[2]) && copy(out->unit, sizeof out->unit, field[3]) &&
	       copy(out->buyer_id, sizeof out->buyer_id, field[6]);
}

bool proof_read(const struct app *a, const char *text, struct proof *out)
{
	char body[BODY_BYTES + 1];
	unsigned char sum[MAC_BYTES], good[MAC_BYTES];
	size_t body_bytes = 0, sum_bytes = 0;
	const char *dot = strchr(text, '.');
	if (!a->has_secret || !dot || strlen(text) >= PROOF_TEXT_MAX ||
	    sodium_base642bin((unsigned char *)body, BODY_BYTES, text, (size_t)(dot - text), NULL, &body_bytes, NULL,
	                      VARIANT) != 0 ||
	    sodium_base642bin(sum, sizeof sum, dot + 1, strlen(dot + 1), NULL, &sum_bytes, NULL, VARIANT) != 0 ||
	    sum_bytes != sizeof sum)
		return false;
	mac(a, body, body_bytes, good);
	body[body_bytes] = '\0';
	return sodium_memcmp(good, sum, sizeof sum) == 0 && strlen(body) == body_bytes && split(body, out);
}

static bool is(const struct json *deal, const char *name, const char *value)
{
	const char *text = json_text_of(deal, name);
	return text && strcmp(text, value) == 0;
}

const char *proof_standing(const struct proof *f, const struct json *deal)
{
	static const char *const over[] = { "released", "expired", "withdrawn" };
	const char *status = json_text_of(deal, "status");
	for (size_t i = 0; status && i < sizeof over / sizeof over[0]; i++)
		if (strcmp(over[i], status) == 0)
			return status;
	bool same = is(deal, "unit", f->unit) && is(deal, "buyer", f->buyer_id);
	return status && !same ? "moved" : status;
}
