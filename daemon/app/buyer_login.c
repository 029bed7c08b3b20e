#include "app/buyer_login.h"

#include "app/launches.h"
#include "app/throttle.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/person.h"
#include "seal/buyer_code.h"
#include "seal/link_key.h"
#include "wire/buyer.h"
#include "wire/link.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { JTI_MAX_MS = 24 * 3600 * 1000, JTI_MARGIN_MS = 60 * 1000 };

/* A number is throttled for each address, so that nobody keeps a buyer out by naming his number; and, so many times as often,
 * for all addresses together, so that many of them guess no faster. */
enum { GUESSERS = 10, FROM_BYTES = VAULT_INDEX_BYTES + 64, ATTEMPT_BYTES = 65 };

struct login {
	struct project *project;
	login_cb cb;
	void *ctx;
	const char *way; /* as ld_buyer_sign_in calls it */
	char *link;      /* still to be checked; NULL for a code */
	char phone_ix[VAULT_INDEX_BYTES], proof[VAULT_INDEX_BYTES];
	char from[FROM_BYTES]; /* number and address */
	char attempt[ATTEMPT_BYTES];
	int64_t jti_ms; /* so long is a link's id remembered */
	char token[TOKEN_TEXT_MAX], token_id[TOKEN_ID_BYTES];
	char account[96], launch[24];
};

static void finish(struct login *l, int err)
{
	struct app *a = l->project->app;
	struct login_result result = { l->account, ROLE_BUYER, 1, &l->project->name, l->token };
	if (err)
		a->metrics.buyer_logins_refused_total++;
	else
		a->metrics.buyer_logins_total++;
	launches_count(l->project->launches, *l->launch ? l->launch : NULL, NULL, err ? "signin.refused" : "signin.ok");
	l->cb(l->ctx, err, err ? NULL : &result);
	vault_wipe(l->link);
	sodium_memzero(l, sizeof *l);
	mem_free(l);
}

static void on_begun(void *ctx, int err, const struct fn_reply *reply)
{
	struct login *l = ctx;
	const char *account = err ? NULL : fn_reply_get(reply, "account");
	const char *launch = err ? NULL : fn_reply_get(reply, "launch");
	snprintf(l->account, sizeof l->account, "%s", account ? account : "");
	snprintf(l->launch, sizeof l->launch, "%s", launch ? launch : "");
	/* When it is not known whether the session was stored, the code may be used up: without an attempt to repeat, the office
	 * makes another. */
	finish(l, err && err != LD_E_BAD_CREDENTIALS ? LD_E_UNAVAILABLE : err);
}

static void begin(struct login *l)
{
	struct app *a = l->project->app;
	char ttl[24], jti[24];
	token_make(a, a->conf->session_ttl_s, l->token, l->token_id);
	snprintf(ttl, sizeof ttl, "%lld", (long long)a->conf->session_ttl_s * 1000);
	snprintf(jti, sizeof jti, "%lld", (long long)l->jti_ms);
	const char *args[] = { l->way, l->phone_ix, l->proof, l->token_id, ttl, jti, l->attempt };
	store_call(a->store, "ld_buyer_sign_in", l->project->name, args, 7, true, on_begun, l);
}

static void on_phone_throttled(void *ctx, int err)
{
	struct login *l = ctx;
	if (err)
		finish(l, err);
	else
		begin(l);
}

static void on_number_here_throttled(void *ctx, int err)
{
	struct login *l = ctx;
	struct app *a = l->project->app;
	if (err)
		finish(l, err);
	else
		throttle_try(a, "buyer", l->phone_ix, a->conf->login_per_account * GUESSERS, on_phone_throttled, l);
}

/* --- a signed link */

/* A link for P is good for its rehearsal P--x, too, and not the other way round. */
static bool is_of(const struct project *p, const char *claimed)
{
	size_t bytes = strlen(claimed);
	return strncmp(p->name, claimed, bytes) == 0 && (!p->name[bytes] || strncmp(p->name + bytes, "--", 2) == 0);
}

static const char *claims_problem(struct login *l, const struct link_claims *claims)
{
	struct app *a = l->project->app;
	char phone[PERSON_BYTES];
	if (!is_of(l->project, claims->project))
		return "another project";
	if (person_phone(claims->phone, phone) || !*phone)
		return "its phone is no telephone number";
	buyer_phone_index(a->vault, phone, l->phone_ix);
	sodium_memzero(phone, sizeof phone);
	char *id = mem_printf("%s/%s", l->project->name, claims->jti);
	vault_index(a->vault, "link", id, l->proof);
	mem_free(id);
	/* Longer than it is good, for the daemons' clocks differ by some milliseconds; as long as Redis remembers at most. */
	l->jti_ms = claims->expires_ms - project_now_ms(l->project) + JTI_MARGIN_MS;
	l->jti_ms = l->jti_ms > JTI_MAX_MS ? JTI_MAX_MS : l->jti_ms;
	return NULL;
}

/* NULL, and what the sign-in needs to know is in l; or what is wrong with the link. */
static const char *link_problem(struct login *l)
{
	struct app *a = l->project->app;
	struct link_claims claims;
	const char *why = NULL;
	char *payload = link_key_open(a->link_key, l->link, &why);
	if (payload && link_claims_decode(payload, strlen(payload), a->conf->buyer_link_audience,
	                                  project_now_ms(l->project), &claims, &why) == 0)
		why = claims_problem(l, &claims);
	vault_wipe(payload);
	sodium_memzero(&claims, sizeof claims);
	return why;
}

static void begin_by_link(struct login *l)
{
	const char *why = link_problem(l);
	if (why) {
		log_debug("buyers", "a signed link is refused: %s", why);
		finish(l, LD_E_BAD_CREDENTIALS);
	} else {
		begin(l);
	}
}

/* --- both */

/* A number that somebody else names is throttled, too; a link that we know to be genuine names its own. */
static void on_address_throttled(void *ctx, int err)
{
	struct login *l = ctx;
	struct app *a = l->project->app;
	if (err)
		finish(l, err);
	else if (l->link)
		begin_by_link(l);
	else
		throttle_try(a, "buyer", l->from, a->conf->login_per_account, on_number_here_throttled, l);
}

void buyer_login_by_code(struct project *p, const char *phone, const char *code, const char *attempt,
                         const char *client_address, login_cb cb, void *ctx)
{
	struct app *a = p->app;
	struct login *l = mem_zalloc(sizeof *l);
	char normal_phone[PERSON_BYTES], normal_code[PERSON_BYTES];
	*l = (struct login){ .project = p, .cb = cb, .ctx = ctx, .way = "code" };
	snprintf(l->attempt, sizeof l->attempt, "%s", attempt);
	if (!a->vault || !a->has_secret) {
		finish(l, LD_E_UNAVAILABLE);
		return;
	}
	/* What is no number or no code at all is asked about like any other: it becomes one that nobody has. */
	(void)person_phone(phone, normal_phone);
	(void)person_code(code, normal_code);
	buyer_phone_index(a->vault, *normal_phone ? normal_phone : "none", l->phone_ix);
	buyer_code_index(a->vault, p->name, l->phone_ix, normal_code, l->proof);
	snprintf(l->from, sizeof l->from, "%s@%s", l->phone_ix, client_address);
	sodium_memzero(normal_phone, sizeof normal_phone);
	sodium_memzero(normal_code, sizeof normal_code);
	throttle_try(a, "buyer-address", client_address, a->conf->buyer_login_per_address, on_address_throttled, l);
}

void buyer_login_by_link(struct project *p, const char *link, const char *attempt, const char *client_address,
                         login_cb cb, void *ctx)
{
	struct app *a = p->app;
	struct login *l = mem_zalloc(sizeof *l);
	*l = (struct login){ .project = p, .cb = cb, .ctx = ctx, .way = "link" };
	snprintf(l->attempt, sizeof l->attempt, "%s", attempt);
	if (!a->vault || !a->has_secret) {
		finish(l, LD_E_UNAVAILABLE);
		return;
	}
	if (!a->link_key) {
		finish(l, LD_E_BAD_CREDENTIALS);
		return;
	}
	l->link = mem_strdup(link);
	throttle_try(a, "buyer-address", client_address, a->conf->buyer_login_per_address, on_address_throttled, l);
}
