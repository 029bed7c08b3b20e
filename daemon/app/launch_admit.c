#include "app/launch_admit.h"

#include "base/mem.h"
#include "seal/buyer_code.h"
#include "wire/buyer.h"

#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 72, NUMBER_BYTES = 24, PAIRS_MAX = 24 };

struct admission {
	struct project *project;
	const struct identity *who;
	const struct command *command;
	launch_admit_cb cb;
	void *ctx;
	bool admits; /* else it is a code only */
	const char *launch, *buyer, *group;
	char draw[NUMBER_BYTES];
	char code[BUYER_CODE_BYTES], code_ix[VAULT_INDEX_BYTES];
};

static void finish(struct admission *q, int err, const struct fn_reply *reply, const char *why)
{
	q->cb(q->ctx, err, reply, why);
	mem_free(q);
}

/* The library's answer, and the code behind it. */
static void on_done(void *ctx, int err, const struct fn_reply *reply)
{
	struct admission *q = ctx;
	const char *keys[PAIRS_MAX], *values[PAIRS_MAX];
	size_t lens[PAIRS_MAX], n = 0;
	for (; !err && n < reply->count && n < PAIRS_MAX - 1; n++) {
		keys[n] = reply->keys[n];
		values[n] = reply->values[n];
		lens[n] = reply->value_lens[n];
	}
	keys[n] = "code";
	values[n] = q->code;
	lens[n] = strlen(q->code);
	finish(q, err, err ? reply : &(struct fn_reply){ n + 1, keys, values, lens }, NULL);
}

static void call(struct admission *q)
{
	char not_after[NUMBER_BYTES];
	struct app *a = q->project->app;
	snprintf(not_after, sizeof not_after, "%lld", (long long)(project_now_ms(q->project) + a->conf->redis_timeout_ms));
	const char *argv[] = { q->who->account, role_name(q->who->role),           q->command->key, not_after, q->launch,
		                   q->buyer,        q->admits ? q->group : q->code_ix, q->draw,         q->code_ix };
	store_call(a->store, q->admits ? "ld_launch_admit" : "ld_launch_code", q->project->name, argv, q->admits ? 9 : 7,
	           true, on_done, q);
}

static void on_buyer(void *ctx, int err, const char *json, size_t bytes)
{
	struct admission *q = ctx;
	struct app *a = q->project->app;
	struct buyer b = { 0 };
	const char *why = NULL;
	if (!err && (!json || buyer_decode(json, bytes, &b) != 0 || b.erased))
		err = LD_E_NO_SUCH_BUYER;
	if (!err && !b.phone_ix[0]) {
		err = LD_E_NOT_READY;
		why = "the buyer has no telephone number, by which one signs in";
	}
	if (!err) {
		char *seed = mem_printf("%s/%s/%s/%s", q->project->name, q->who->account, q->command->key, q->buyer);
		buyer_code_make(a->vault, seed, q->code);
		buyer_code_index(a->vault, q->project->name, b.phone_ix, q->code, q->code_ix);
		mem_free(seed);
	}
	buyer_fini(&b);
	if (err)
		finish(q, err, NULL, why);
	else
		call(q);
}

static void begin(struct project *p, const struct identity *who, const struct command *c, bool admits,
                  launch_admit_cb cb, void *ctx)
{
	struct admission *q = mem_zalloc(sizeof *q);
	char why[WHY_BYTES] = "";
	int64_t draw = -1;
	*q = (struct admission){
		.project = p, .who = who, .command = c, .cb = cb, .ctx = ctx, .admits = admits, .group = ""
	};
	int err = command_arg_str(c, "launch", NAME_BYTES, &q->launch, why);
	if (!err)
		err = command_arg_str(c, "buyer", NAME_BYTES, &q->buyer, why);
	if (!err && admits)
		err = command_arg_opt_str(c, "group", NAME_BYTES, &q->group, why);
	if (!err && admits)
		err = command_arg_opt_int(c, "draw", &draw, why);
	if (draw >= 0)
		snprintf(q->draw, sizeof q->draw, "%lld", (long long)draw);
	if (!err && !p->app->vault) {
		err = LD_E_UNAVAILABLE;
		snprintf(why, sizeof why, "this daemon has no buyer_key_file, so it makes no codes");
	}
	if (err) {
		finish(q, err, NULL, why);
		return;
	}
	char *key = mem_printf("ld:{%s}:buyers", p->name);
	store_hget(p->app->store, key, q->buyer, on_buyer, q);
	mem_free(key);
}

void launch_admit_one(struct project *p, const struct identity *who, const struct command *c, launch_admit_cb cb,
                      void *ctx)
{
	begin(p, who, c, true, cb, ctx);
}

void launch_code_anew(struct project *p, const struct identity *who, const struct command *c, launch_admit_cb cb,
                      void *ctx)
{
	begin(p, who, c, false, cb, ctx);
}
