#include "app/accounts.h"

#include "base/mem.h"
#include "seal/password.h"
#include "wire/account.h"
#include "wire/emit.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ARG_MAX_BYTES = 256 };

/* --- the list */

struct reading {
	struct project *project;
	struct identity *who;
	accounts_list_cb cb;
	void *ctx;
};

static void put_account(struct emit *j, const struct account_record *a, const struct identity *reader)
{
	bool foreign = false;
	emit_open(j, NULL, '{');
	emit_text(j, "account", a->account);
	emit_text(j, "role", role_name(a->role));
	emit_open(j, "projects", '[');
	for (size_t i = 0; i < a->project_count; i++) {
		if (identity_has_project(reader, a->projects[i]))
			emit_text(j, NULL, a->projects[i]);
		else
			foreign = true;
	}
	emit_close(j, ']');
	emit_bool(j, "disabled", a->disabled);
	if (foreign)
		emit_bool(j, "foreign", true);
	emit_close(j, '}');
}

static void on_accounts(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *json,
                        const size_t *bytes)
{
	struct reading *q = ctx;
	struct emit j = { 0 };
	UNUSED(reply);
	emit_open(&j, NULL, '{');
	emit_open(&j, "accounts", '[');
	for (size_t i = 0; !err && i < n; i++) {
		struct account_record a;
		if (account_decode(json[i], bytes[i], &a) == 0)
			put_account(&j, &a, q->who);
		account_record_fini(&a);
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	q->cb(q->ctx, err, &j.b);
	buf_fini(&j.b);
	identity_unref(q->project->app, q->who);
	mem_free(q);
}

void accounts_list(struct project *p, struct identity *who, accounts_list_cb cb, void *ctx)
{
	struct reading *q = mem_alloc(sizeof *q);
	*q = (struct reading){ p, identity_ref(who), cb, ctx };
	store_list(p->app->store, "ld_accounts", p->name, NULL, 0, on_accounts, q);
}

/* --- changes */

struct change {
	struct project *project;
	const struct identity *who;
	const struct command *command;
	accounts_cb cb;
	void *ctx;
	const char *account, *role, *password, *reason; /* lent by the command */
	char hash[PASSWORD_HASH_BYTES];
};

static void finish(struct change *c, int err, const struct fn_reply *reply, const char *why)
{
	c->cb(c->ctx, err, reply, why);
	sodium_memzero(c, sizeof *c);
	mem_free(c);
}

static void on_done(void *ctx, int err, const struct fn_reply *reply) { finish(ctx, err, reply, NULL); }

/* The projects of the actor, as the function library wants them. */
static void write_scope(struct buf *out, const struct identity *who)
{
	for (size_t i = 0; i < who->project_count; i++)
		buf_addf(out, "%s%s", i ? " " : "", who->projects[i]);
	buf_addc(out, '\0');
}

/* `args` stand between the common four and the scope. */
static void call(struct change *c, const char *function, const char *const *args, size_t count)
{
	const char *argv[8] = { c->who->account, role_name(c->who->role), c->command->key };
	char not_after[24];
	struct buf scope = { 0 };
	snprintf(not_after, sizeof not_after, "%lld",
	         (long long)(project_now_ms(c->project) + c->project->app->conf->redis_timeout_ms));
	write_scope(&scope, c->who);
	argv[3] = not_after;
	for (size_t i = 0; i < count; i++)
		argv[4 + i] = args[i];
	argv[4 + count] = scope.data;
	store_call(c->project->app->store, function, c->project->name, argv, 5 + count, true, on_done, c);
	buf_fini(&scope);
}

/* The salt follows from who asks with which key: so a repetition of the request is the same call, and gets the first outcome,
 * though the password itself is kept nowhere. Nobody without the secret can know it beforehand. */
static void make_salt(const struct change *c, unsigned char salt[PASSWORD_SALT_BYTES])
{
	const char *const parts[] = { c->project->name, c->who->account, c->command->key, c->account };
	const struct app *a = c->project->app;
	crypto_generichash_state state;
	crypto_generichash_init(&state, a->token_secret, sizeof a->token_secret, PASSWORD_SALT_BYTES);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
	crypto_generichash_final(&state, salt, PASSWORD_SALT_BYTES);
}

static void hash(void *ctx)
{
	struct change *c = ctx;
	unsigned char salt[PASSWORD_SALT_BYTES];
	make_salt(c, salt);
	password_hash(c->password, salt, c->hash);
	sodium_memzero((char *)(uintptr_t)c->password, strlen(c->password));
}

static void put(struct change *c)
{
	const char *args[] = { c->account, c->role, c->hash };
	call(c, "ld_account_put", args, 3);
}

static void on_hashed(void *ctx)
{
	struct change *c = ctx;
	if (c->hash[0])
		put(c);
	else
		finish(c, LD_E_UNAVAILABLE, NULL, "the password cannot be hashed");
}

static struct change *change_new(struct project *p, const struct identity *who, const struct command *c, accounts_cb cb,
                                 void *ctx)
{
	struct change *q = mem_zalloc(sizeof *q);
	q->project = p;
	q->who = who;
	q->command = c;
	q->cb = cb;
	q->ctx = ctx;
	return q;
}

void accounts_put(struct project *p, const struct identity *who, const struct command *c, accounts_cb cb, void *ctx)
{
	struct change *q = change_new(p, who, c, cb, ctx);
	char why[WHY_BYTES] = "";
	int err = command_arg_str(c, "account", ARG_MAX_BYTES, &q->account, why);
	if (!err)
		err = command_arg_str(c, "role", ARG_MAX_BYTES, &q->role, why);
	if (!err)
		err = command_arg_opt_str(c, "password", PASSWORD_MAX_BYTES, &q->password, why);
	if (!err && q->password && !password_is_acceptable(q->password)) {
		err = LD_E_BAD_REQUEST;
		snprintf(why, sizeof why, "password has less than %d characters", PASSWORD_MIN_CHARS);
	}
	if (err)
		finish(q, err, NULL, why);
	else if (!q->password)
		put(q);
	else if (!p->app->has_secret)
		finish(q, LD_E_UNAVAILABLE, NULL, NULL);
	else if (!loop_work(p->app->loop, hash, on_hashed, q))
		finish(q, LD_E_RATE_LIMITED, NULL, NULL);
}

void accounts_disable(struct project *p, const struct identity *who, const struct command *c, accounts_cb cb, void *ctx)
{
	struct change *q = change_new(p, who, c, cb, ctx);
	char why[WHY_BYTES] = "";
	int err = command_arg_str(c, "account", ARG_MAX_BYTES, &q->account, why);
	if (!err)
		err = command_arg_str(c, "reason", ARG_MAX_BYTES, &q->reason, why);
	if (err) {
		finish(q, err, NULL, why);
		return;
	}
	const char *args[] = { q->account, q->reason };
	call(q, "ld_account_disable", args, 2);
}
