/* account add, list, disable. A password comes from a file, standard input or a prompt, never from the command line,
 * where every process of the machine could read it. */
#include "ctl/ctl.h"

#include "base/mem.h"
#include "ctl/print.h"
#include "seal/password.h"
#include "wire/account.h"
#include "wire/json.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_PASSWORD = PASSWORD_MAX_BYTES, MAX_ACCOUNT = 64 };

/* --- the password */

static int read_line(FILE *f, const char *where, char out[MAX_PASSWORD + 2])
{
	if (!fgets(out, MAX_PASSWORD + 2, f))
		return ctl_fail(CTL_IO, "no password in %s%s%s", where, ferror(f) ? ": " : "",
		                ferror(f) ? strerror(errno) : "");
	out[strcspn(out, "\r\n")] = '\0';
	if (!password_is_acceptable(out))
		return ctl_fail(CTL_BAD_DATA, "a password has at least %d characters and at most %d bytes", PASSWORD_MIN_CHARS,
		                PASSWORD_MAX_BYTES);
	return 0;
}

static int prompt(const char *question, char out[MAX_PASSWORD + 2])
{
	struct termios before, silent;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return ctl_fail(CTL_IO, "the terminal: %s", strerror(errno));
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fputs(question, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	int status = read_line(stdin, "the answer", out);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return status;
}

static int ask_twice(char out[MAX_PASSWORD + 2])
{
	char again[MAX_PASSWORD + 2];
	int status = prompt("password: ", out);

	if (status == 0 && (status = prompt("again: ", again)) == 0 && strcmp(out, again) != 0)
		status = ctl_fail(CTL_BAD_DATA, "the two passwords differ");
	sodium_memzero(again, sizeof again);
	return status;
}

static int get_password(const struct ctl *c, char out[MAX_PASSWORD + 2])
{
	const char *path = ctl_option(c, "password-file");
	FILE *f;

	if (!path)
		return isatty(STDIN_FILENO) ? ask_twice(out) : read_line(stdin, "standard input", out);
	if (!(f = fopen(path, "re")))
		return ctl_fail(CTL_IO, "%s: %s", path, strerror(errno));
	int status = read_line(f, path, out);
	fclose(f);
	return status;
}

static int hash_password(const char *password, char out[PASSWORD_HASH_BYTES])
{
	unsigned char salt[PASSWORD_SALT_BYTES];

	randombytes_buf(salt, sizeof salt);
	return password_hash(password, salt, out) ? 0 : ctl_fail(CTL_INTERNAL, "the password cannot be hashed");
}

/* --- the record */

static void read_projects(const char *list, struct account_record *out)
{
	while (*list) {
		size_t bytes = strcspn(list, ",");

		if (bytes > 0) {
			out->projects = mem_reallocarray(out->projects, out->project_count + 1, sizeof *out->projects);
			out->projects[out->project_count++] = mem_strndup(list, bytes);
		}
		list += bytes + (list[bytes] == ',');
	}
}

static int read_record(const char *account, const char *role, const char *projects, struct account_record *out)
{
	size_t bytes = strlen(account);

	*out = (struct account_record){ 0 };
	if (bytes == 0 || bytes > MAX_ACCOUNT ||
	    account[strspn(account, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                            "0123456789_.@-")])
		return ctl_fail(CTL_USAGE, "account %s: 1 to %d of A-Z a-z 0-9 _ . @ -", account, MAX_ACCOUNT);
	if (!role_from_name(role, &out->role))
		return ctl_fail(CTL_USAGE, "account add needs --role");
	out->account = mem_strdup(account);
	read_projects(projects, out);
	return out->project_count > 0 ? 0 : ctl_fail(CTL_USAGE, "--project names no project");
}

static int check_projects(struct ctl *c, const struct account_record *record)
{
	int status = 0;

	for (size_t i = 0; i < record->project_count && status == 0; i++) {
		struct reply *r = ctl_ask(c, &status, "SISMEMBER", "ld:projects", record->projects[i], NULL);

		if (r && r->integer != 1)
			status = ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s", record->projects[i]);
		reply_free(r);
	}
	return status;
}

static int store(struct ctl *c, const struct account_record *record, bool replace)
{
	struct buf json = { 0 };
	int status = 0;

	account_encode(&json, record);
	struct reply *r =
		ctl_ask(c, &status, replace ? "HSET" : "HSETNX", "ld:accounts", record->account, buf_str(&json), NULL);
	if (r && !replace && r->integer == 0)
		status = ctl_fail(CTL_REFUSED, "exists: there is an account %s already; --replace gives it a new password",
		                  record->account);
	reply_free(r);
	buf_fini(&json);
	return status;
}

static void show(const struct ctl *c, const char *account, const char *what)
{
	struct emit j = { 0 };

	if (!c->json) {
		printf("Account %s is %s.\n", account, what);
		return;
	}
	emit_open(&j, NULL, '{');
	emit_text(&j, "account", account);
	emit_text(&j, "is", what);
	emit_close(&j, '}');
	emit_show(&j);
}

/* A session outlives neither a new password nor the end of its account. */
static int end_sessions(struct ctl *c, const char *account)
{
	char cursor[32] = "0";
	int status = 0;

	do {
		struct reply *page = ctl_ask(c, &status, "SCAN", cursor, "MATCH", "ld:session:*", "COUNT", "1000", NULL);

		for (size_t i = 0; page && page->count == 2 && i < page->items[1].count && status == 0; i++) {
			const char *key = reply_text(&page->items[1], i);
			struct reply *session = ctl_ask(c, &status, "GET", key, NULL);
			struct json *record = session && session->text ? ctl_record(session->text) : NULL;
			const char *of = json_text_of(record, "account");

			if (of && strcmp(of, account) == 0)
				reply_free(ctl_ask(c, &status, "DEL", key, NULL));
			json_free(record);
			reply_free(session);
		}
		snprintf(cursor, sizeof cursor, "%s", page ? reply_text(page, 0) : "0");
		reply_free(page);
	} while (strcmp(cursor, "0") != 0 && status == 0);
	return status;
}

static int add(struct ctl *c, struct account_record *record, bool replace)
{
	char password[MAX_PASSWORD + 2], hash[PASSWORD_HASH_BYTES];
	int status = get_password(c, password);

	if (status == 0)
		status = hash_password(password, hash);
	sodium_memzero(password, sizeof password);
	if (status != 0)
		return status;
	record->hash = mem_strdup(hash);
	status = store(c, record, replace);
	if (status == 0 && replace)
		status = end_sessions(c, record->account);
	if (status == 0)
		show(c, record->account, replace ? "replaced" : "created");
	return status;
}

int verb_account_add(struct ctl *c)
{
	struct account_record record;
	int status = read_record(c->arguments[0], ctl_option(c, "role"), ctl_option(c, "project"), &record);

	if (status == 0 && (status = ctl_connect(c)) == 0 && (status = check_projects(c, &record)) == 0)
		status = add(c, &record, ctl_option(c, "replace") != NULL);
	account_record_fini(&record);
	return status;
}

static void list_one(struct print_table *t, struct emit *j, const char *account, const struct account_record *r)
{
	struct buf projects = { 0 };

	emit_open(j, NULL, '{');
	emit_text(j, "account", account);
	emit_text(j, "role", r->account ? role_name(r->role) : "");
	emit_open(j, "projects", '[');
	for (size_t i = 0; i < r->project_count; i++) {
		emit_text(j, NULL, r->projects[i]);
		buf_addf(&projects, "%s%s", i > 0 ? ", " : "", r->projects[i]);
	}
	emit_close(j, ']');
	emit_bool(j, "disabled", r->disabled);
	emit_close(j, '}');
	print_cell(t, account);
	print_cell(t, r->account ? role_name(r->role) : "");
	print_cell(t, buf_str(&projects));
	print_cell(t, !r->account ? "unreadable; replace it" : r->disabled ? "disabled" : "");
	buf_fini(&projects);
}

int verb_account_list(struct ctl *c)
{
	struct print_table t;
	struct emit j = { 0 };
	int status = ctl_connect(c);
	struct reply *all = status == 0 ? ctl_ask(c, &status, "HGETALL", "ld:accounts", NULL) : NULL;

	if (!all)
		return status;
	print_table_init(&t, "account|role|projects|");
	emit_open(&j, NULL, '[');
	for (size_t i = 0; i + 1 < all->count; i += 2) {
		struct account_record record;

		if (account_decode(reply_text(all, i + 1), strlen(reply_text(all, i + 1)), &record) != 0)
			record = (struct account_record){ 0 };
		list_one(&t, &j, reply_text(all, i), &record);
		account_record_fini(&record);
	}
	emit_close(&j, ']');
	if (c->json)
		emit_show(&j);
	buf_fini(&j.b);
	print_table_end(&t, !c->json);
	reply_free(all);
	return 0;
}

int verb_account_disable(struct ctl *c)
{
	const char *account = c->arguments[0];
	struct account_record record;
	int status = ctl_connect(c);
	struct reply *old = status == 0 ? ctl_ask(c, &status, "HGET", "ld:accounts", account, NULL) : NULL;

	if (!old)
		return status;
	if (old->kind != REPLY_TEXT) {
		status = ctl_fail(CTL_REFUSED, "not_found: there is no account %s", account);
	} else if (account_decode(old->text, old->bytes, &record) != 0) {
		status = ctl_fail(CTL_INTERNAL, "the record of account %s is unreadable; account add --replace makes a new one",
		                  account);
	} else {
		record.disabled = true;
		if ((status = store(c, &record, true)) == 0 && (status = end_sessions(c, account)) == 0)
			show(c, account, "disabled");
		account_record_fini(&record);
	}
	reply_free(old);
	return status;
}
