/* launch code, and the hand on the switch: pause, resume, extend, close, draw, say, checkin. */
#include "ctl/duration.h"
#include "ctl/launch.h"

#include "base/mem.h"
#include "seal/buyer_code.h"
#include "wire/buyer.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* --- code */

/* The look-up value of the buyer's telephone number; NULL after the problem was printed. For mem_free. */
static char *phone_index(struct ctl *c, const char *id, int *status)
{
	char *key = ctl_key(ctl_option(c, "project"), ":buyers"), *ix = NULL;
	struct reply *r = ctl_ask(c, status, "HGET", key, id, NULL);
	struct buyer b = { 0 };

	if (r && (r->kind != REPLY_TEXT || buyer_decode(r->text, r->bytes, &b) != 0 || b.erased))
		*status = ctl_fail(CTL_REFUSED, "no_such_buyer: there is no buyer %s", id);
	else if (r && !b.phone_ix[0])
		*status = ctl_fail(CTL_REFUSED, "not_ready: buyer %s has no telephone number, by which one signs in", id);
	else if (r)
		ix = mem_strdup(b.phone_ix);
	buyer_fini(&b);
	reply_free(r);
	mem_free(key);
	return ix;
}

int verb_launch_code(struct ctl *c)
{
	struct launch l = { 0 };
	char code[BUYER_CODE_BYTES], code_ix[VAULT_INDEX_BYTES], random[33];
	const char *project = ctl_option(c, "project"), *buyer = c->arguments[0];
	int status = ctl_connect(c);
	const struct vault *v = status == 0 ? ctl_vault(c, &status) : NULL;

	if (v)
		status = launch_find(c, &l);
	char *phone_ix = status == 0 ? phone_index(c, buyer, &status) : NULL;
	if (phone_ix) {
		ctl_new_key(random, sizeof random);
		buyer_code_make(v, random, code);
		buyer_code_index(v, project, phone_ix, code, code_ix);
		const char *args[] = { l.id, buyer, code_ix };
		struct reply *r = ctl_write(c, "ld_launch_code", project, 3, args, &status);
		if (r && c->json)
			printf("{\"launch\":\"%s\",\"buyer\":\"%s\",\"code\":\"%s\"}\n", l.id, buyer, code);
		else if (r)
			printf("%s\n", code);
		reply_free(r);
	}
	sodium_memzero(code, sizeof code);
	mem_free(phone_ix);
	launch_fini(&l);
	return status;
}

/* --- the hand on the switch */

/* One function of the library each: the session, an argument where there is one, a reason where one is asked for. */
static const struct turn {
	const char *verb, *fn;
	bool argument, by, reason;
	const char *done;
} turns[] = {
	{ "launch draw", "ld_launch_draw", false, false, true, "has its order drawn" },
	{ "launch pause", "ld_launch_pause", false, false, true, "stands still" },
	{ "launch resume", "ld_launch_resume", false, false, true, "goes on" },
	{ "launch extend", "ld_launch_extend", false, true, true, "stays open longer" },
	{ "launch close", "ld_launch_close", false, false, true, "is closed" },
	{ "launch say", "ld_launch_say", true, false, false, "shows it on its screens" },
	{ "launch checkin", "ld_launch_checkin", true, false, false, "has the buyer checked in" },
};

static const struct turn *find_turn(const char *verb)
{
	const struct turn *t = turns;

	while (strcmp(t->verb, verb) != 0)
		t++;
	return t;
}

int verb_launch_switch(struct ctl *c)
{
	const struct turn *t = find_turn(c->verb->name);
	struct launch l = { 0 };
	char by_ms[24];
	int64_t by = t->by ? duration_read_all(ctl_option(c, "by")) : 0;
	const char *args[3];
	size_t n = 1;
	int status =
		by < 0 ? ctl_fail(CTL_USAGE, "--by %s: a duration is a number and s, m, h or d", ctl_option(c, "by")) : 0;

	if (status == 0 && (status = ctl_connect(c)) == 0)
		status = launch_find(c, &l);
	args[0] = l.id;
	snprintf(by_ms, sizeof by_ms, "%lld", (long long)by);
	if (t->by)
		args[n++] = by_ms;
	if (t->argument)
		args[n++] = c->arguments[0];
	if (t->reason)
		args[n++] = ctl_option(c, "reason");
	struct reply *r = status == 0 ? ctl_write(c, t->fn, ctl_option(c, "project"), n, args, &status) : NULL;
	if (r && c->json)
		ctl_show_reply(r);
	else if (r)
		printf("Session %s %s.\n", l.id, t->done);
	reply_free(r);
	launch_fini(&l);
	return status;
}
