#include "app/launch_plan.h"

#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 400, RULES_BYTES = 6000, NUMBER_BYTES = 24, SEED_BYTES = 32, HEX_BYTES = 2 * SEED_BYTES + 1 };

/* What a plan may say; the library says what each may be. */
static const struct plan_field {
	const char *name;
	bool number;
	size_t max_bytes;
} fields[] = {
	{ "name", false, TEXT_BYTES }, { "mode", false, TEXT_BYTES },   { "opens_ms", true, 0 },
	{ "closes_ms", true, 0 },      { "hold_ms", true, 0 },          { "limit", true, 0 },
	{ "window_size", true, 0 },    { "window_ms", true, 0 },        { "groups", false, TEXT_BYTES },
	{ "active_max", true, 0 },     { "rules", false, RULES_BYTES },
};
enum { FIELDS = sizeof fields / sizeof fields[0], ARGS = 7 + 2 * FIELDS };

struct put {
	launch_plan_cb cb;
	void *ctx;
};

static void on_put(void *ctx, int err, const struct fn_reply *reply)
{
	struct put *q = ctx;
	q->cb(q->ctx, err, reply, NULL);
	mem_free(q);
}

static void make_seed(const struct project *p, const struct identity *who, const struct command *c,
                      char seed[HEX_BYTES], char commitment[HEX_BYTES])
{
	const char *const parts[] = { "launch seed", p->name, who->account, c->key };
	const struct app *a = p->app;
	unsigned char raw[SEED_BYTES], digest[crypto_hash_sha256_BYTES];
	crypto_generichash_state state;
	crypto_generichash_init(&state, a->token_secret, sizeof a->token_secret, sizeof raw);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
	crypto_generichash_final(&state, raw, sizeof raw);
	sodium_bin2hex(seed, HEX_BYTES, raw, sizeof raw);
	crypto_hash_sha256(digest, (const unsigned char *)seed, strlen(seed));
	sodium_bin2hex(commitment, HEX_BYTES, digest, sizeof digest);
}

/* A text without control characters, save that rules have lines. */
static int take_text(const struct plan_field *f, const struct json *v, const char **out, char why[WHY_BYTES])
{
	if (strcmp(f->name, "rules") != 0)
		return command_text(f->name, v, f->max_bytes, out, why);
	*out = json_string(v);
	if (*out && strlen(*out) <= f->max_bytes)
		return 0;
	snprintf(why, WHY_BYTES, "rules must be a text of at most %zu bytes", f->max_bytes);
	return LD_E_BAD_REQUEST;
}

static int take_field(const struct command *c, const struct plan_field *f, const char **out, char room[NUMBER_BYTES],
                      char why[WHY_BYTES])
{
	const struct json *v = json_member(c->args, f->name);
	int64_t number = -1;
	*out = NULL;
	if (!v || json_is_null(v))
		return 0;
	if (!f->number)
		return take_text(f, v, out, why);
	int err = command_arg_int(c, f->name, &number, why);
	snprintf(room, NUMBER_BYTES, "%lld", (long long)number);
	*out = room;
	return err;
}

void launch_plan_put(struct project *p, const struct identity *who, const struct command *c, launch_plan_cb cb,
                     void *ctx)
{
	char numbers[FIELDS][NUMBER_BYTES], not_after[NUMBER_BYTES], seed[HEX_BYTES] = "", commitment[HEX_BYTES] = "",
																 why[WHY_BYTES] = "";
	const char *launch = NULL, *argv[ARGS] = { who->account, role_name(who->role), c->key, not_after };
	size_t n = 7;
	int err = command_arg_opt_str(c, "launch", 64, &launch, why);
	snprintf(not_after, sizeof not_after, "%lld", (long long)(project_now_ms(p) + p->app->conf->redis_timeout_ms));
	if (!launch || !*launch)
		make_seed(p, who, c, seed, commitment);
	argv[4] = launch ? launch : "";
	argv[5] = seed;
	argv[6] = commitment;
	for (size_t i = 0; !err && i < FIELDS; i++) {
		err = take_field(c, &fields[i], &argv[n + 1], numbers[i], why);
		if (!err && argv[n + 1]) {
			argv[n] = fields[i].name;
			n += 2;
		}
	}
	if (err || !p->app->has_secret) {
		cb(ctx, err ? err : LD_E_UNAVAILABLE, NULL, err ? why : NULL);
		return;
	}
	struct put *q = mem_alloc(sizeof *q);
	*q = (struct put){ cb, ctx };
	store_call(p->app->store, "ld_launch_put", p->name, argv, n, true, on_put, q);
	sodium_memzero(seed, sizeof seed);
}
