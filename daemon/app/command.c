#include "app/command.h"

#include "app/accounts.h"
#include "app/buyers.h"
#include "app/demand.h"
#include "app/launch_admit.h"
#include "app/launch_plan.h"
#include "app/launches.h"
#include "app/presses.h"
#include "app/private_push.h"
#include "app/project.h"
#include "app/publish.h"
#include "app/queue.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/command_table.h"
#include "wire/encode.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_ARG_MAX_BYTES = 256 };

/* A command under way: who asked, and where the answer goes. */
struct call {
	struct app *app;
	struct session *session; /* or: */
	command_http_cb http;
	void *http_ctx;
	struct identity *who;
	char *address; /* the client's; may be "" */
	bool english;
	struct command command;
	const struct command_row *row;
	struct project *project; /* set for commands that name one; projects live as long as the daemon */
	int64_t began_us;
};

static void run_watch(struct call *c);
static void run_ping(struct call *c);
static void run_buyer_put(struct call *c);
static void run_account_put(struct call *c);
static void run_configure(struct call *c);
static void run_account_disable(struct call *c);
static void run_launch_put(struct call *c);
static void run_launch_admit(struct call *c);
static void run_launch_code(struct call *c);

/* The commands that are more than a call of a function with its arguments. */
static const struct {
	const char *cmd;
	void (*run)(struct call *c);
} runs[] = {
	{ "board.watch", run_watch },           { "ping", run_ping },
	{ "buyer.put", run_buyer_put },         { "account.put", run_account_put },
	{ "project.configure", run_configure }, { "account.disable", run_account_disable },
	{ "launch.put", run_launch_put },       { "launch.admit", run_launch_admit },
	{ "launch.code", run_launch_code },
};

static void call_free(struct call *c)
{
	command_fini(&c->command);
	identity_unref(c->app, c->who);
	mem_free(c->address);
	if (c->session)
		session_unref(c->session);
	mem_free(c);
}

static void deliver(struct call *c, int http_status, struct buf *text)
{
	if (c->session) {
		struct frame *f = frame_new(text->data, text->len_bytes);
		session_send(c->session, f);
		frame_unref(f);
	} else {
		c->http(c->http_ctx, http_status, text);
	}
	buf_fini(text);
	call_free(c);
}

/* Answers and ends the call. */
static void refuse(struct call *c, int err, const struct reply_pairs *detail)
{
	struct buf text = { 0 };
	c->app->metrics.commands_refused_total++;
	if (err == LD_E_UNIT_TAKEN)
		c->app->metrics.locks_taken_total++;
	if (c->session)
		encode_reply_error(&text, c->command.id, err, c->english, detail);
	else
		encode_problem_detail(&text, err, c->english, detail);
	deliver(c, err_http_status(err), &text);
}

static void refuse_because(struct call *c, int err, const char *why)
{
	const char *const key = "why";
	const size_t bytes = strlen(why);
	struct reply_pairs detail = { 1, &key, &why, &bytes };
	refuse(c, err, &detail);
}

static void accept(struct call *c, const struct reply_pairs *pairs)
{
	struct buf text = { 0 };
	encode_reply_ok(&text, c->command.id, pairs);
	deliver(c, 200, &text);
}

/* A buyer chooses a unit. */
static bool is_press(const struct call *c) { return c->row->right == RIGHT_UNIT_LOCK && c->who->role == ROLE_BUYER; }

/* What is counted of a lock, a press or another step of a launch session, by how it went. */
static void note_outcome(struct call *c, int err, const struct fn_reply *reply)
{
	const char *unit = NULL, *not_open = fn_reply_get(reply, "why");
	char why[WHY_BYTES];
	if (command_arg_str(&c->command, "unit", TEXT_ARG_MAX_BYTES, &unit, why) != 0)
		unit = NULL;
	if (c->row->right == RIGHT_UNIT_LOCK && err && unit)
		demand_lock_refused(c->project->demand, unit, err);
	if (is_press(c) && unit)
		launches_pressed(c->project->launches, unit, err, err == LD_E_NOT_OPEN && not_open ? not_open : "",
		                 clock_mono_us() - c->began_us);
	else if (!err && c->who->role == ROLE_BUYER && c->row->right == RIGHT_UNIT_RELEASE)
		launches_count(c->project->launches, NULL, unit, "released");
	else if (!err && strcmp(c->row->cmd, "launch.complete") == 0)
		launches_count(c->project->launches, NULL, fn_reply_get(reply, "unit"), "completed");
	else if (!err && strcmp(c->row->cmd, "launch.enter") == 0)
		launches_entered(c->project->launches, c->who->account);
}

static void on_reply(void *ctx, int err, const struct fn_reply *reply)
{
	struct call *c = ctx;
	struct reply_pairs pairs = { 0 };
	if (reply)
		pairs = (struct reply_pairs){ reply->count, reply->keys, reply->values, reply->value_lens };
	if (err) {
		note_outcome(c, err, reply);
		refuse(c, err, &pairs);
		return;
	}
	note_outcome(c, 0, reply);
	if (c->row->right == RIGHT_UNIT_LOCK)
		c->app->metrics.locks_granted_total++;
	accept(c, &pairs);
}

/* One argument as the function takes it: a text lent by the command, or written into `room` or `names`. */
static int take_arg(const struct command *c, const struct command_arg *a, const char **out, char room[24],
                    struct buf *names, char why[WHY_BYTES])
{
	int64_t number = -1;
	bool yes;
	int err = 0;
	*out = "";
	switch (a->kind) {
	case ARG_NONE: break;
	case ARG_TEXT: err = command_arg_str(c, a->name, TEXT_ARG_MAX_BYTES, out, why); break;
	case ARG_OPTIONAL_TEXT: err = command_arg_opt_str(c, a->name, TEXT_ARG_MAX_BYTES, out, why); break;
	case ARG_INT: err = command_arg_int(c, a->name, &number, why); break;
	case ARG_OPTIONAL_INT: err = command_arg_opt_int(c, a->name, &number, why); break;
	case ARG_NAMES:
		err = command_arg_names(c, a->name, names, why);
		*out = err ? "" : names->data;
		break;
	case ARG_DECISION:
		err = command_arg_bool(c, a->name, &yes, why);
		if (!err)
			*out = yes ? "yes" : "no";
		break;
	}
	if (!err && number >= 0) {
		snprintf(room, 24, "%lld", (long long)number);
		*out = room;
	}
	return err;
}

static void run_function(struct call *c)
{
	const char *argv[4 + COMMAND_ARGS_MAX];
	char not_after[24], numbers[COMMAND_ARGS_MAX][24], why[WHY_BYTES] = "";
	struct buf names = { 0 }; /* no command has two lists */
	size_t n = 0;
	snprintf(not_after, sizeof not_after, "%lld",
	         (long long)(project_now_ms(c->project) + c->app->conf->redis_timeout_ms));
	argv[n++] = c->who->account;
	argv[n++] = role_name(c->who->role);
	argv[n++] = c->command.key;
	argv[n++] = not_after;
	for (int i = 0; i < COMMAND_ARGS_MAX && c->row->args[i].name; i++) {
		int err = take_arg(&c->command, &c->row->args[i], &argv[n], numbers[i], &names, why);
		if (err) {
			buf_fini(&names);
			refuse_because(c, err, why);
			return;
		}
		n++;
	}
	store_call(c->app->store, c->row->function, c->project->name, argv, n, true, on_reply, c);
	buf_fini(&names);
}

static void run_watch(struct call *c)
{
	const char *epoch = NULL;
	int64_t seq = 0;
	char why[128] = "";
	if (!c->session) {
		refuse_because(c, LD_E_BAD_REQUEST, "board.watch needs a WebSocket; GET …/board gives the board by HTTP");
		return;
	}
	bool as_public = false;
	int err = command_resume(&c->command, &epoch, &seq, why);
	if (!err)
		err = command_view(&c->command, &as_public, why);
	if (err) {
		refuse_because(c, err, why);
		return;
	}
	struct session *s = c->session;
	struct project *p = c->project;
	const char *key = "project", *value = p->name;
	size_t bytes = strlen(value);
	char *resume = epoch ? mem_strdup(epoch) : NULL;
	struct reply_pairs pairs = { 1, &key, &value, &bytes };
	accept(c, &pairs);
	if (!s->closing) {
		publish_watch(p, s, as_public, resume, seq);
		private_push_if_frozen(p, s);
		private_push_own_deals(p, s);
		queue_push_to(p, s);
		launches_push_to(p->launches, s);
	}
	mem_free(resume);
}

/* Of a module that makes the function's arguments; `why` when it refused by itself. */
static void on_module_reply(void *ctx, int err, const struct fn_reply *reply, const char *why)
{
	if (why)
		refuse_because(ctx, err, why);
	else
		on_reply(ctx, err, reply);
}

static void run_buyer_put(struct call *c) { buyers_put(c->app, c->project, c->who, &c->command, on_module_reply, c); }

static void run_account_put(struct call *c) { accounts_put(c->project, c->who, &c->command, on_module_reply, c); }

static void run_account_disable(struct call *c)
{
	accounts_disable(c->project, c->who, &c->command, on_module_reply, c);
}

static void run_launch_put(struct call *c) { launch_plan_put(c->project, c->who, &c->command, on_module_reply, c); }

static void run_launch_admit(struct call *c) { launch_admit_one(c->project, c->who, &c->command, on_module_reply, c); }

static void run_launch_code(struct call *c) { launch_code_anew(c->project, c->who, &c->command, on_module_reply, c); }

static void run_configure(struct call *c) { settings_put(c->project, c->who, &c->command, on_module_reply, c); }

static void run_ping(struct call *c)
{
	char now[24];
	snprintf(now, sizeof now, "%lld", (long long)app_now_ms(c->app));
	const char *key = "now", *value = now;
	size_t bytes = strlen(now);
	struct reply_pairs pairs = { 1, &key, &value, &bytes };
	accept(c, &pairs);
}

/* Charges a press before anything is queued; false after it was refused. */
static bool press_is_within_rate(struct call *c)
{
	/* Another project's buyer of the same id is somebody else. */
	char *buyer = mem_printf("%s/%s", c->project->name, c->who->account), text[24];
	int64_t wait_ms = presses_take(c->app->presses, buyer, c->address, clock_mono_ms());
	mem_free(buyer);
	if (!wait_ms)
		return true;
	note_outcome(c, LD_E_RATE_LIMITED, NULL);
	snprintf(text, sizeof text, "%lld", (long long)wait_ms);
	const char *key = "retry_ms", *value = text;
	size_t bytes = strlen(text);
	struct reply_pairs detail = { 1, &key, &value, &bytes };
	refuse(c, LD_E_RATE_LIMITED, &detail);
	return false;
}

static void run_row(struct call *c)
{
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
		if (strcmp(runs[i].cmd, c->row->cmd) == 0) {
			runs[i].run(c);
			return;
		}
	run_function(c);
}

/* The checks that every command shares, then its row. Takes the call. */
static void run(struct call *c)
{
	char why[128] = "";
	const char *project = NULL;
	c->row = command_find(c->command.cmd);
	if (!c->row) {
		refuse_because(c, LD_E_BAD_REQUEST, "there is no such command");
		return;
	}
	bool is_ping = strcmp(c->row->cmd, "ping") == 0;
	if (!is_ping) {
		int err = command_arg_str(&c->command, "project", 64, &project, why);
		if (err) {
			refuse_because(c, err, why);
			return;
		}
		/* A foreign project and one that does not exist look alike to those without the right. */
		if (!identity_has_project(c->who, project)) {
			refuse(c, LD_E_FORBIDDEN, NULL);
			return;
		}
		c->project = project_find(c->app, project);
		if (!c->project) {
			refuse(c, LD_E_NO_SUCH_PROJECT, NULL);
			return;
		}
	}
	if (role_grant(c->who->role, c->row->right) == GRANT_NO)
		refuse(c, LD_E_FORBIDDEN, NULL);
	else if (c->row->function && !c->command.key[0])
		refuse_because(c, LD_E_BAD_REQUEST, "key is required: 1 to 64 of A-Z a-z 0-9 _ -");
	else if (!is_press(c) || press_is_within_rate(c))
		run_row(c);
}

static struct call *call_new(struct app *a, struct identity *who, const char *address, bool english)
{
	struct call *c = mem_zalloc(sizeof *c);
	c->app = a;
	c->who = identity_ref(who);
	c->address = mem_strdup(address ? address : "");
	c->english = english;
	c->began_us = clock_mono_us();
	a->metrics.commands_total++;
	return c;
}

void command_receive(struct session *s, const char *text, size_t bytes, bool within_rate)
{
	struct call *c = call_new(s->app, s->identity, s->address, s->english);
	char why[128] = "";
	c->session = session_ref(s);
	int err = wire_decode_command(text, bytes, &c->command, why);
	if (err)
		refuse_because(c, err, why);
	else if (!within_rate)
		refuse(c, LD_E_RATE_LIMITED, NULL);
	else
		run(c);
}

void command_post(struct app *a, struct identity *who, const char *address, bool english, const char *project,
                  const char *key, const char *text, size_t bytes, command_http_cb cb, void *ctx)
{
	struct call *c = call_new(a, who, address, english);
	char why[128] = "";
	const char *named = NULL;
	c->http = cb;
	c->http_ctx = ctx;
	int err = wire_decode_command(text, bytes, &c->command, why);
	if (err) {
		refuse_because(c, err, why);
		return;
	}
	if (!wire_key_is_valid(key)) {
		refuse_because(c, LD_E_BAD_REQUEST, "send an Idempotency-Key header: 1 to 64 of A-Z a-z 0-9 _ -");
		return;
	}
	if (c->command.key[0] && strcmp(c->command.key, key) != 0) {
		refuse_because(c, LD_E_BAD_REQUEST, "key and Idempotency-Key differ");
		return;
	}
	snprintf(c->command.key, sizeof c->command.key, "%s", key);
	if (command_arg_str(&c->command, "project", 64, &named, why) != 0 || strcmp(named, project) != 0) {
		refuse_because(c, LD_E_BAD_REQUEST, "args.project must be the project of the address");
		return;
	}
	run(c);
}
