/* lock, release, withhold, offer, clock-confirm: one function of the library each. */
#include "ctl/ctl.h"

#include "ctl/print.h"

#include <stdio.h>
#include <string.h>

static const char *or_empty(const char *text) { return text ? text : ""; }

static void show_unit(const struct ctl *c, const struct reply *r)
{
	int64_t deadline = reply_get_int(r, 1, "deadline", 0);
	char until[40];

	if (c->json) {
		ctl_show_reply(r);
		return;
	}
	print_time(deadline, until, sizeof until);
	printf("%s is %s (revision %s, event %s)", or_empty(reply_get(r, 1, "unit")), or_empty(reply_get(r, 1, "status")),
	       or_empty(reply_get(r, 1, "rev")), or_empty(reply_get(r, 1, "seq")));
	if (deadline > 0)
		printf(", deal %s, until %s", or_empty(reply_get(r, 1, "deal")), until);
	putchar('\n');
}

static int on_unit(struct ctl *c, const char *fn, size_t argc, const char *const *argv)
{
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_write(c, fn, ctl_option(c, "project"), argc, argv, &status);
	if (r)
		show_unit(c, r);
	reply_free(r);
	return status;
}

int verb_lock(struct ctl *c)
{
	const char *args[] = { c->arguments[0], ctl_option(c, "buyer"), or_empty(ctl_option(c, "rev")) };
	return on_unit(c, "ld_lock", 3, args);
}

int verb_release(struct ctl *c)
{
	const char *args[] = { c->arguments[0], or_empty(ctl_option(c, "reason")), or_empty(ctl_option(c, "to")),
		                   or_empty(ctl_option(c, "rev")) };
	return on_unit(c, "ld_release", 4, args);
}

int verb_withhold(struct ctl *c)
{
	const char *args[] = { c->arguments[0], ctl_option(c, "reason"), or_empty(ctl_option(c, "rev")) };
	return on_unit(c, "ld_withhold", 3, args);
}

int verb_offer(struct ctl *c)
{
	const char *args[] = { c->arguments[0], or_empty(ctl_option(c, "rev")) };
	return on_unit(c, "ld_offer", 2, args);
}

int verb_clock_confirm(struct ctl *c)
{
	const char *args[] = { ctl_option(c, "reason") };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_write(c, "ld_clock_confirm", ctl_option(c, "project"), 1, args, &status);
	if (r && c->json)
		ctl_show_reply(r);
	else if (r)
		printf("The clock is confirmed; releases go on (event %s).\n", or_empty(reply_get(r, 1, "seq")));
	reply_free(r);
	return status;
}
