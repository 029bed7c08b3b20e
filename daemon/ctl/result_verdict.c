/* verify FILE: the verdict on the result of a launch session, and how it is shown. */
#include "ctl/print.h"
#include "ctl/result_list.h"

#include "base/mem.h"
#include "wire/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct json *j, const char *name)
{
	const char *text = json_text_of(j, name);

	return text ? text : "";
}

static int64_t whole_of(const struct json *j, const char *name)
{
	int64_t n = 0;

	return json_whole(json_member(j, name), &n) ? n : 0;
}

/* --- what the first line says of the session, and what its events do */

static void compare_record(struct result_check *k)
{
	const struct launch_fold *f = &k->fold;
	const struct {
		const char *name;
		int64_t events;
	} numbers[] = {
		{ "opens_ms", f->opens_ms },        { "closes_ms", f->closes_ms },
		{ "hold_ms", f->hold_ms },          { "limit", f->limit },
		{ "window_size", f->window_size },  { "window_ms", f->window_ms },
		{ "active_max", f->active_max },    { "paused_ms", f->paused_ms },
		{ "shift_ms", f->shift_ms },        { "closed_ms", f->closed_ms },
		{ "drawn_ms", f->drawn_ms },        { "admitted", (int64_t)f->buyer_count },
		{ "entered", (int64_t)f->entered },
	};
	const struct {
		const char *name, *events;
	} texts[] = {
		{ "mode", f->mode }, { "commit", f->commit }, { "groups", f->groups }, { "rules_sha", f->rules_sha }
	};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (whole_of(k->record, numbers[i].name) != numbers[i].events)
			differences_addf(&k->found, "line 1: %s of the session is %lld, by the events %lld", numbers[i].name,
			                 (long long)whole_of(k->record, numbers[i].name), (long long)numbers[i].events);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(text_of(k->record, texts[i].name), texts[i].events) != 0)
			differences_addf(&k->found, "line 1: %s of the session is %.100s, by the events %.100s", texts[i].name,
			                 text_of(k->record, texts[i].name), texts[i].events);
	if (launch_fold_phase(f, whole_of(k->head, "made_ms")) != LAUNCH_CLOSED)
		differences_addf(&k->found, "line 1: the result was made while the session was not over");
}

static void finish(struct result_check *k)
{
	if (k->stage != CHECK_OVER || !k->is_signed)
		differences_addf(&k->found, "the file has no signed end: lines are missing, or it was changed");
	compare_record(k);
}

/* --- showing */

static void show_text(struct result_check *k)
{
	const struct json *h = k->head;
	const char *rehearsal = text_of(h, "rehearsal");
	char opened[RESULT_TIME_BYTES];

	differences_print(&k->found);
	result_time(k->fold.opens_ms + k->fold.shift_ms, k->utc_offset_min, opened);
	printf("Project %s, session %s: opened %s, %s, limit %lld.\n", text_of(h, "project"), k->fold.id, opened,
	       k->fold.mode, (long long)k->fold.limit);
	if (*rehearsal)
		printf("A REHEARSAL (公测演练) of project %s: nobody has anything by it.\n", rehearsal);
	printf("%zu admitted, %zu checked in, %zu choices; %lld presses, of which %lld were refused.\n",
	       k->fold.buyer_count, k->fold.entered, k->fold.deal_count, (long long)k->presses, (long long)k->refused);
	if (ctl_option(k->c, "list"))
		result_list(k);
	if (k->granted < (int64_t)k->fold.deal_count)
		puts("The counters are less than the choices: a daemon was killed with its last counts.");
	printf("Made %s by %s, %lld lines, last hash %s.\n", text_of(h, "made_at"), text_of(h, "made_by"),
	       (long long)k->chain.lines, k->chain.hash);
	printf("Signed with %s%s.\n", text_of(h, "public_key"),
	       k->public_key ? ", the key that was given"
	                     : ", the key that the file itself names: this proves that the file is whole, not who made it; "
	                       "compare it with --public-key");
	printf("%zu difference%s.\n", k->found.count, k->found.count == 1 ? "" : "s");
}

static void show_json(struct result_check *k)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_text(&j, "file", k->path);
	emit_bool(&j, "ok", k->found.count == 0);
	emit_text(&j, "project", text_of(k->head, "project"));
	emit_text(&j, "launch", k->fold.id);
	emit_text(&j, "rehearsal", text_of(k->head, "rehearsal"));
	emit_text(&j, "made_at", text_of(k->head, "made_at"));
	emit_int(&j, "lines", k->chain.lines);
	emit_text(&j, "hash", k->chain.hash);
	emit_text(&j, "public_key", text_of(k->head, "public_key"));
	emit_bool(&j, "key_given", k->public_key != NULL);
	emit_int(&j, "admitted", (int64_t)k->fold.buyer_count);
	emit_int(&j, "checked_in", (int64_t)k->fold.entered);
	emit_int(&j, "chosen", (int64_t)k->fold.deal_count);
	emit_int(&j, "presses", k->presses);
	emit_int(&j, "refused", k->refused);
	differences_emit(&k->found, &j);
	emit_close(&j, '}');
	emit_show(&j);
}

/* --- the verb */

/* 64 hex digits, or the file whose first word they are. */
static int read_key(struct result_check *k)
{
	const char *option = ctl_option(k->c, "public-key");
	char text[SIGN_PUBLIC_BYTES + 2] = "";

	if (!option)
		return 0;
	if (!sign_is_public(option)) {
		FILE *f = fopen(option, "re");
		if (!f || !fgets(text, sizeof text, f))
			text[0] = '\0';
		if (f)
			fclose(f);
		text[strcspn(text, " \t\r\n")] = '\0';
		option = text;
	}
	if (!sign_is_public(option))
		return ctl_fail(CTL_USAGE, "--public-key %s is no public key, and no file that holds one",
		                ctl_option(k->c, "public-key"));
	k->public_key = mem_strdup(option);
	return 0;
}

int verify_result_file(struct ctl *c, const char *path)
{
	struct result_check k = { .c = c, .path = path };
	int status = read_key(&k);
	FILE *f = NULL;

	if (status == 0 && !(f = fopen(path, "re")))
		status = ctl_fail(CTL_IO, "%s cannot be read: %s", path, strerror(errno));
	if (status == 0 && ctl_option(c, "project"))
		status = ctl_connect(c);
	if (status == 0 && (status = result_check_read(&k, f)) == 0) {
		finish(&k);
		(c->json ? show_json : show_text)(&k);
		status = k.found.count ? CTL_REFUSED : CTL_OK;
	}
	if (f)
		fclose(f);
	if (k.following)
		launch_fold_fini(&k.fold);
	result_room_fini(&k.room);
	differences_fini(&k.found);
	json_free(k.head);
	mem_free(k.public_key);
	mem_free(k.tally);
	return status;
}
