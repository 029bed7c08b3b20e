/* listingctl, the operator's command line: what all verbs share.
 *
 * A verb is one row of the table in verbs.c and one function. It gets options and arguments checked against the row, and
 * returns the exit status. It speaks to Redis through the same functions as the daemon does, never around them, so that
 * every change is in the audit trail under the operator's name. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include "store/sync.h"

#include <stdbool.h>
#include <stddef.h>

/* The numbers of sysexits.h, where one fits. */
enum ctl_exit {
	CTL_OK = 0,
	CTL_REFUSED = 1, /* a function refused, or `verify` found a difference */
	CTL_USAGE = 64,
	CTL_BAD_DATA = 65,    /* the file is wrong; nothing was changed */
	CTL_UNREACHABLE = 69, /* Redis */
	CTL_INTERNAL = 70,
	CTL_IO = 74,
};

struct ctl;
struct vault;

struct verb {
	const char *name;      /* "import", "account add" */
	const char *options;   /* words; "project=" takes a value, "project=!" must be given */
	const char *arguments; /* for people: "FILE" */
	size_t least, most;    /* arguments */
	int (*run)(struct ctl *c);
	const char *summary;
	const char *help; /* more, or NULL */
};

extern const struct verb verbs[]; /* ends with a row without a name */

enum { CTL_OPTIONS = 24 };

struct ctl {
	const struct verb *verb;
	size_t count; /* arguments */
	char **arguments;
	size_t option_count;
	struct ctl_option {
		const char *name, *value; /* value "" for a switch */
	} options[CTL_OPTIONS];
	bool json;
	struct sync_config config;
	struct sync *redis;  /* NULL until ctl_connect */
	struct vault *vault; /* NULL until ctl_vault */
};

/* An option's value, NULL when it was not given. */
const char *ctl_option(const struct ctl *c, const char *name);

/* One line on standard error, behind the program's name; returns `status`. */
int ctl_fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- Redis. 0, or an exit status after the problem was printed. */
MUST_CHECK int ctl_connect(struct ctl *c);         /* and makes sure that the function library is there */
MUST_CHECK int ctl_connect_quietly(struct ctl *c); /* without a word and without touching anything */

/* A plain command; NULL after the problem was printed, *status then says how to leave. Errors of Redis are problems. */
struct reply *ctl_ask(struct ctl *c, int *status, ...) __attribute__((sentinel));
struct reply *ctl_checked(struct ctl *c, struct reply *r, int *status);

/* A function of the library; a refusal is printed and is CTL_REFUSED. ctl_write puts actor, role, key and not_after in
 * front and repeats the call once, with the same key, when the connection breaks. */
struct reply *ctl_read(struct ctl *c, const char *fn, const char *project, int *status);
struct reply *ctl_read_with(struct ctl *c, const char *fn, const char *project, size_t argc, const char *const *argv,
                            int *status);
struct reply *ctl_write(struct ctl *c, const char *fn, const char *project, size_t argc, const char *const *argv,
                        int *status);
/* Like ctl_write, but a refusal comes back as it is. */
struct reply *ctl_try(struct ctl *c, const char *fn, const char *project, size_t argc, const char *const *argv,
                      int *status);
bool ctl_is_ok(const struct reply *r);
int ctl_refused(struct ctl *c, const struct reply *r); /* prints a refusal */
/* The same for one that is listingctl's own: a code of the contract and a sentence. */
int ctl_refuse(struct ctl *c, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ctl_show_reply(const struct reply *r); /* the pairs of what was done as JSON, numbers as numbers */

/* "ld:{P}" and a suffix such as ":units"; freed with mem_free. */
char *ctl_key(const char *project, const char *suffix);
/* Who the audit trail will name: --as, or ctl: and the Unix account. */
const char *ctl_actor(const struct ctl *c);
void ctl_new_key(char *out, size_t out_bytes);

/* The keys of the buyers' personal data (--buyer-key-file); NULL after the problem was printed. Lent by c. */
const struct vault *ctl_vault(struct ctl *c, int *status);

/* A record that the product wrote itself into Redis; NULL when it is no JSON object. For json_free. */
struct json;
struct json *ctl_record(const char *text);

/* --- verbs */
int verb_import(struct ctl *c);
int verb_status(struct ctl *c);
int verb_units(struct ctl *c);
int verb_lock(struct ctl *c);
int verb_release(struct ctl *c);
int verb_withhold(struct ctl *c);
int verb_offer(struct ctl *c);
int verb_tail(struct ctl *c);
int verb_verify(struct ctl *c);
int verb_account_add(struct ctl *c);
int verb_account_list(struct ctl *c);
int verb_account_disable(struct ctl *c);
int verb_display_list(struct ctl *c);
int verb_display_revoke(struct ctl *c);
int verb_project_create(struct ctl *c);
int verb_project_set(struct ctl *c);
int verb_buyer_add(struct ctl *c);
int verb_buyer_import(struct ctl *c);
int verb_buyer_list(struct ctl *c);
int verb_buyer_erase(struct ctl *c);
int verb_buyer_rekey(struct ctl *c);
int verb_key_new(struct ctl *c);
int verb_key_rotate(struct ctl *c);
int verb_clock_confirm(struct ctl *c);
int verb_report_make(struct ctl *c);
int verb_report_trend(struct ctl *c);
int verb_export(struct ctl *c);
int verb_do(struct ctl *c);
int verb_deals(struct ctl *c);
int verb_queue(struct ctl *c);
int verb_thaw(struct ctl *c);
int verb_launch_result(struct ctl *c);
int verb_key_public(struct ctl *c);
int verb_rehearsal_begin(struct ctl *c);
int verb_rehearsal_report(struct ctl *c);
int verb_rehearsal_end(struct ctl *c);
int verb_hook_list(struct ctl *c);
int verb_hook_dead(struct ctl *c);
int verb_hook_retry(struct ctl *c);
int verb_hook_skip(struct ctl *c);
int verb_launch_plan(struct ctl *c);
int verb_launch_list(struct ctl *c);
int verb_launch_units(struct ctl *c);
int verb_launch_admit(struct ctl *c);
int verb_launch_code(struct ctl *c);
int verb_launch_switch(struct ctl *c);
int verb_launch_show(struct ctl *c);

/* Creates a project and makes it known to the daemons; also used by `import --create`. */
int project_create(struct ctl *c, const char *project, const char *name, size_t settings, char **pairs);
/* The two steps of that; a refusal comes back as it is (ctl_try). */
struct reply *project_try(struct ctl *c, const char *project, const char *name, size_t settings, char **pairs,
                          int *status);
int project_register(struct ctl *c, const char *project);

#endif
