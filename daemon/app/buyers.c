#include "app/buyers.h"

#include "base/mem.h"
#include "core/person.h"
#include "seal/vault.h"
#include "wire/buyer.h"
#include "wire/encode.h"

#include <stdio.h>
#include <string.h>

enum { ARG_BYTES = 256 };

struct listing_of_buyers {
	struct app *app;
	struct project *project;
	struct identity *who;
	buyers_list_cb cb;
	void *ctx;
};

static void on_buyers(void *ctx, int err, size_t n, char *const *json, const size_t *json_bytes)
{
	struct listing_of_buyers *q = ctx;
	struct buf text = { 0 };
	encode_buyers_begin(&text);
	for (size_t i = 0; !err && i < n; i++) {
		struct buyer b;
		/* Opened only for who may see it: what is not shown does not get into memory either. */
		if (buyer_decode(json[i], json_bytes[i], &b) == 0 && encode_buyer_is_shown(&b, q->who->account, q->who->role)) {
			bool opened = buyer_open(&b, q->app->vault, q->project->name);
			encode_buyer(&text, &b, opened, q->who->role);
		}
		buyer_fini(&b);
	}
	encode_buyers_end(&text);
	q->cb(q->ctx, err, &text);
	buf_fini(&text);
	identity_unref(q->app, q->who);
	mem_free(q);
}

void buyers_list(struct app *a, struct project *p, struct identity *who, buyers_list_cb cb, void *ctx)
{
	struct listing_of_buyers *q = mem_alloc(sizeof *q);
	*q = (struct listing_of_buyers){ .app = a, .project = p, .who = identity_ref(who), .cb = cb, .ctx = ctx };
	store_buyers(a->store, p->name, on_buyers, q);
}

/* --- buyer.put */

struct put {
	struct app *app;
	struct project *project;
	const struct identity *who;
	const struct command *command;
	struct buyer b; /* the change: NULL for what it does not name */
	buyers_cb cb;
	void *ctx;
};

static void finish(struct put *q, int err, const struct fn_reply *reply, const char *why)
{
	q->cb(q->ctx, err, reply, why);
	buyer_fini(&q->b);
	mem_free(q);
}

static void on_put(void *ctx, int err, const struct fn_reply *reply) { finish(ctx, err, reply, NULL); }

static bool is_named(const struct buyer *b) { return b->name || b->phone || b->card || b->has_wishes; }

/* The change and the record that is there (NULL: none) as one; 0 or an error with its sentence. */
static int merge(struct put *q, struct buyer *old, const char **why)
{
	struct buyer *b = &q->b;
	if (!b->consultant && old && old->consultant)
		b->consultant = mem_strdup(old->consultant);
	if (!b->consultant)
		b->consultant = mem_strdup(q->who->role == ROLE_CONSULTANT ? q->who->account : "");
	if (old && !old->erased && !old->clear && !is_named(b))
		return 0;
	if (old && !buyer_open(old, q->app->vault, q->project->name)) {
		*why = "what is sealed in this buyer's record cannot be opened with the keys of this daemon";
		return LD_E_UNAVAILABLE;
	}
	if (old)
		buyer_keep(b, old);
	if (!b->name || !*b->name) {
		*why = "name is missing";
		return LD_E_BAD_REQUEST;
	}
	buyer_seal(b, q->app->vault, q->project->name);
	return 0;
}

static void on_old(void *ctx, int err, const char *json, size_t bytes)
{
	struct put *q = ctx;
	struct buyer old = { 0 };
	const char *why = NULL;
	if (!err && json && buyer_decode(json, bytes, &old) != 0)
		err = LD_E_UNAVAILABLE;
	if (!err)
		err = merge(q, json ? &old : NULL, &why);
	buyer_fini(&old);
	if (err) {
		finish(q, err, NULL, why);
		return;
	}
	struct buf record = { 0 };
	char not_after[24];
	snprintf(not_after, sizeof not_after, "%lld",
	         (long long)(project_now_ms(q->project) + q->app->conf->redis_timeout_ms));
	buyer_encode(&record, &q->b, NULL);
	const char *argv[] = { q->who->account, role_name(q->who->role), q->command->key, not_after,
		                   q->b.id,         buf_str(&record) };
	store_call(q->app->store, "ld_buyer_put", q->project->name, argv, sizeof argv / sizeof argv[0], true, on_put, q);
	buf_fini(&record);
}

/* One optional text into *out (NULL: not named). */
static int take_text(const struct command *c, const char *name, size_t max_bytes, char **out, char why[WHY_BYTES])
{
	const char *text = NULL;
	int err = command_arg_opt_str(c, name, max_bytes, &text, why);
	*out = !err && text ? mem_strdup(text) : NULL;
	return err;
}

static int take_number(const struct command *c, const char *name,
                       const char *(*normalise)(const char *, char[PERSON_BYTES]), char **out, char why[WHY_BYTES])
{
	char normal[PERSON_BYTES];
	int err = take_text(c, name, ARG_BYTES, out, why);
	if (err || !*out)
		return err;
	const char *bad = normalise(*out, normal);
	vault_wipe(*out);
	*out = bad ? NULL : mem_strdup(normal);
	if (bad)
		snprintf(why, WHY_BYTES, "%s: %s", name, bad);
	return bad ? LD_E_BAD_REQUEST : 0;
}

static int take_wishes(const struct command *c, struct buyer *b, char why[WHY_BYTES])
{
	const struct json *list = json_member(c->args, "wishes");
	if (!list || json_is_null(list))
		return 0;
	int err = json_is_array(list) && json_count(list) <= BUYER_WISHES ? 0 : LD_E_BAD_REQUEST;
	if (err)
		snprintf(why, WHY_BYTES, "wishes must be a list of at most %d texts", BUYER_WISHES);
	b->has_wishes = true;
	for (size_t i = 0; !err && i < json_count(list); i++) {
		const char *tag = "";
		err = command_text("wishes", json_item(list, i), BUYER_WISH_BYTES, &tag, why);
		if (!err && *tag)
			buyer_wish(b, tag);
	}
	return err;
}

/* A buyer without an id gets one made from who asks and the idempotency key: repeating the command gives the same. */
static void make_id(struct put *q)
{
	char name[VAULT_NAME_BYTES];
	char *seed = mem_printf("%s/%s/%s", q->project->name, q->command->key, q->who->account);
	vault_name(q->app->vault, seed, name);
	q->b.id = mem_printf("b%s", name);
	mem_free(seed);
}

static int take_all(struct put *q, char why[WHY_BYTES])
{
	const struct command *c = q->command;
	struct buyer *b = &q->b;
	int err = take_text(c, "buyer", ARG_BYTES, &b->id, why);
	if (!err)
		err = take_text(c, "name", BUYER_NAME_BYTES, &b->name, why);
	if (!err)
		err = take_number(c, "phone", person_phone, &b->phone, why);
	if (!err)
		err = take_number(c, "card", person_card, &b->card, why);
	if (!err)
		err = take_wishes(c, b, why);
	if (!err)
		err = take_text(c, "level", ARG_BYTES, &b->level, why);
	if (!err)
		err = take_text(c, "consultant", ARG_BYTES, &b->consultant, why);
	if (!err)
		err = take_text(c, "qualification", ARG_BYTES, &b->qualification, why);
	if (!err && !b->id)
		make_id(q);
	return err;
}

void buyers_put(struct app *a, struct project *p, const struct identity *who, const struct command *c, buyers_cb cb,
                void *ctx)
{
	struct put *q = mem_zalloc(sizeof *q);
	char why[WHY_BYTES] = "";
	*q = (struct put){ .app = a, .project = p, .who = who, .command = c, .cb = cb, .ctx = ctx };
	if (!a->vault) {
		finish(q, LD_E_UNAVAILABLE, NULL, "this daemon has no buyer_key_file, so it stores no personal data");
		return;
	}
	int err = take_all(q, why);
	if (err) {
		finish(q, err, NULL, why);
		return;
	}
	char *key = mem_printf("ld:{%s}:buyers", p->name);
	store_hget(a->store, key, q->b.id, on_old, q);
	mem_free(key);
}
