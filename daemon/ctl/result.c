/* launch result: the session as a file for the notary. Everything in it follows from the audit trail; what it says is checked
 * by result_check.c, which needs nothing but the file. */
#include "ctl/buyers.h"
#include "ctl/chain_file.h"
#include "ctl/new_file.h"
#include "ctl/print.h"
#include "ctl/result_lines.h"
#include "ctl/trail.h"

#include "base/mem.h"
#include "seal/vault.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The daemons bring their last counts a second after the end at the latest, and a moment is needed for the way. */
enum { PHONE_END = 4, LAST_COUNTS_MS = 3000 };

struct result {
	struct ctl *c;
	const char *project, *launch;
	struct sign_key *key;
	char public_key[SIGN_PUBLIC_BYTES];
	struct reply *launches, *meta, *tally;
	struct result_head head;
	struct launch_fold fold;
	char before[SHA1_HEX_BYTES]; /* hash of the event before the one at hand */
	int64_t broken;              /* the first event whose hash is not its own; 0: none */
	size_t problems;
	int64_t over_ms;   /* when the session ended */
	struct buyers all; /* with --names */
	struct chain chain;
	struct buf out;
	FILE *file;
};

/* --- reading */

/* The record and the rules' text of the session, which must be over. */
static int find_session(struct result *r)
{
	int status = 0;

	r->launches = ctl_read(r->c, "ld_launches", r->project, &status);
	for (size_t i = 7; r->launches && i + 1 < r->launches->count; i += 2) {
		struct json *j = ctl_record(reply_text(r->launches, i));
		const char *id = json_text_of(j, "id"), *phase = json_text_of(j, "phase"), *seed = json_text_of(j, "seed");

		if (id && strcmp(id, r->launch) == 0) {
			r->head.record = reply_text(r->launches, i);
			r->head.rules = reply_text(r->launches, i + 1);
			if (!phase || strcmp(phase, "closed") != 0 || !seed)
				status = ctl_fail(CTL_REFUSED, "not_available: session %s is %s; a result is made when it is over", id,
				                  phase ? phase : "unreadable");
			else
				snprintf(r->fold.seed, sizeof r->fold.seed, "%s", seed);
			if (!json_whole(json_member(j, "closed_ms"), &r->over_ms) || !r->over_ms)
				(void)json_whole(json_member(j, "closes_at"), &r->over_ms);
		}
		json_free(j);
	}
	if (status == 0 && !r->head.record)
		status = ctl_fail(CTL_REFUSED, "no_such_launch: project %s has no session %s", r->project, r->launch);
	return status;
}

/* All refused presses are in the file, also when it is made at once. */
static void await_counts(const struct result *r)
{
	int64_t left_ms = r->over_ms + LAST_COUNTS_MS - reply_get_int(r->launches, 1, "now", 0);

	if (left_ms > 0 && left_ms <= LAST_COUNTS_MS)
		nanosleep(&(struct timespec){ left_ms / 1000, left_ms % 1000 * 1000000 }, NULL);
}

static int read_meta(struct result *r)
{
	char *meta = ctl_key(r->project, ":meta"), *suffix = mem_printf(":launch:%s:tally", r->launch),
		 *tally = ctl_key(r->project, suffix);
	int status = 0;

	r->meta =
		ctl_ask(r->c, &status, "HMGET", meta, "name", "uuid", "rehearsal", "chain", "seq", "utc_offset_min", NULL);
	if (r->meta)
		r->tally = ctl_ask(r->c, &status, "HGETALL", tally, NULL);
	mem_free(meta);
	mem_free(suffix);
	mem_free(tally);
	if (status != 0)
		return status;
	const char *offset = reply_text(r->meta, 5);
	r->head.project = r->project;
	r->head.title = reply_text(r->meta, 0);
	r->head.uuid = reply_text(r->meta, 1);
	r->head.rehearsal = reply_text(r->meta, 2);
	r->head.trail = reply_text(r->meta, 3);
	r->head.seq = strtoll(reply_text(r->meta, 4), NULL, 10);
	r->head.utc_offset_min = *offset ? strtoll(offset, NULL, 10) : 480; /* as the function library has it */
	r->head.made_ms = reply_get_int(r->launches, 1, "now", 0);
	r->head.made_by = ctl_actor(r->c);
	r->head.public_key = r->public_key;
	return 0;
}

/* --- writing */

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct reply *const *)a)->text, (*(const struct reply *const *)b)->text);
}

/* The counters in the order of their names. */
static void tally_json(const struct reply *flat, struct emit *j)
{
	size_t count = flat->count / 2;
	const struct reply **names = mem_calloc(count + 1, sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = &flat->items[2 * i];
	qsort(names, count, sizeof *names, by_name);
	emit_open(j, NULL, '{');
	for (size_t i = 0; i < count; i++)
		emit_int(j, names[i]->text, strtoll(names[i][1].text, NULL, 10));
	emit_close(j, '}');
	mem_free(names);
}

static void put(struct result *r, struct emit *j, const struct sign_key *key)
{
	chain_put(&r->chain, &r->out, buf_str(&j->b), key);
	fwrite(r->out.data, 1, r->out.len_bytes, r->file);
	buf_clear(&r->out);
	buf_clear(&j->b);
	j->behind = false;
}

static int64_t next(const struct result *r) { return r->chain.lines + 1; }

static void on_event(void *ctx, const struct trail_entry *e)
{
	struct result *r = ctx;
	char own[SHA1_HEX_BYTES];
	const struct launch_kind *kind = launch_fold_event(&r->fold, e);

	trail_hash(e, r->before, own);
	if (strcmp(own, trail_get(e, "h")) != 0 && !r->broken)
		r->broken = e->seq;
	if (kind) {
		struct emit j = { 0 };

		result_put_event(&j, next(r), kind, e, r->before, r->head.utc_offset_min);
		put(r, &j, NULL);
		buf_fini(&j.b);
	}
	snprintf(r->before, sizeof r->before, "%s", own);
}

/* The buyer opened, or without a name when there is none any more. */
static void put_named(struct result *r, struct emit *j, size_t i)
{
	const char *text = map_get(r->all.by_id, r->fold.order[i]->id), *name = "", *end = "";
	struct buyer b = { 0 };

	if (text && buyer_decode(text, strlen(text), &b) == 0 && buyer_open(&b, r->all.vault, r->project)) {
		size_t bytes = b.phone ? strlen(b.phone) : 0;

		name = b.name ? b.name : "";
		end = bytes > PHONE_END ? b.phone + bytes - PHONE_END : "";
	}
	result_put_buyer(j, next(r), &r->fold, i, name, end);
	buyer_fini(&b);
}

static void put_people(struct result *r, struct emit *j)
{
	struct result_room room;

	launch_fold_order(&r->fold);
	for (size_t i = 0; i < r->fold.buyer_count; i++) {
		if (r->all.vault)
			put_named(r, j, i);
		else
			result_put_buyer(j, next(r), &r->fold, i, NULL, NULL);
		put(r, j, NULL);
	}
	result_room_init(&room, &r->fold);
	for (size_t i = 0; i < room.count; i++) {
		result_put_room(j, next(r), &room, i);
		put(r, j, NULL);
	}
	result_room_fini(&room);
}

static int write_all(struct result *r)
{
	struct emit j = { 0 }, tally = { 0 };
	int status;

	chain_begin(&r->chain);
	result_put_head(&j, next(r), &r->head);
	put(r, &j, NULL);
	if ((status = ctl_trail_read(r->c, r->project, 1, r->head.seq, on_event, r)) == 0 && r->broken)
		status = ctl_fail(CTL_REFUSED, "event %lld of the audit trail was changed: run listingctl verify --project %s",
		                  (long long)r->broken, r->project);
	if (status == 0) {
		put_people(r, &j);
		for (size_t i = 0; i < r->fold.deal_count; i++) {
			result_put_outcome(&j, next(r), &r->fold, i, r->head.utc_offset_min);
			put(r, &j, NULL);
		}
		tally_json(r->tally, &tally);
		result_put_counts(&j, next(r), &r->fold, buf_str(&tally.b));
		put(r, &j, NULL);
		result_put_end(&j, next(r));
		put(r, &j, r->key);
	}
	vault_wipe(buf_take(&j.b));
	buf_fini(&tally.b);
	return status;
}

static int write_file(struct result *r, const char *path)
{
	struct new_file f;
	int status = new_file_begin_once(&f, path);

	if (status != 0)
		return status;
	if (!(r->file = fopen(f.temporary, "we")))
		return new_file_end(&f, ctl_fail(CTL_IO, "%s cannot be written", path));
	status = write_all(r);
	bool failed = ferror(r->file) != 0;
	if ((fclose(r->file) != 0 || failed) && status == 0)
		status = ctl_fail(CTL_IO, "%s cannot be written", path);
	return new_file_end(&f, status);
}

/* --- the verb */

static void on_problem(void *ctx, const char *problem)
{
	struct result *r = ctx;

	r->problems++;
	fprintf(stderr, "listingctl: session %s: %s\n", r->launch, problem);
}

static int show(const struct result *r)
{
	struct emit j = { 0 };

	if (r->c->json) {
		emit_open(&j, NULL, '{');
		emit_text(&j, "file", r->c->arguments[0]);
		emit_int(&j, "lines", r->chain.lines);
		emit_text(&j, "hash", r->chain.hash);
		emit_text(&j, "public_key", r->public_key);
		emit_int(&j, "chosen", (int64_t)r->fold.deal_count);
		emit_int(&j, "problems", (int64_t)r->problems);
		emit_close(&j, '}');
		emit_show(&j);
	} else {
		printf("%s: %lld lines, %zu choices of session %s.\nHash        %s\nPublic key  %s\n", r->c->arguments[0],
		       (long long)r->chain.lines, r->fold.deal_count, r->launch, r->chain.hash, r->public_key);
	}
	return r->problems ? CTL_REFUSED : CTL_OK;
}

static int make(struct result *r)
{
	int status = ctl_connect(r->c);

	if (status == 0)
		status = find_session(r);
	if (status == 0) {
		await_counts(r);
		status = read_meta(r);
	}
	if (status == 0 && ctl_option(r->c, "names"))
		status = buyers_read(r->c, &r->all);
	if (status == 0)
		status = write_file(r, r->c->arguments[0]);
	return status == 0 ? show(r) : status;
}

int verb_launch_result(struct ctl *c)
{
	struct result r = { .c = c, .project = ctl_option(c, "project"), .launch = ctl_option(c, "launch") };
	struct buf why = { 0 };
	int status;

	if (strlen(r.launch) >= LAUNCH_ID_BYTES)
		return ctl_fail(CTL_USAGE, "--launch %s is no session", r.launch);
	if ((r.key = sign_key_load(ctl_option(c, "key"), &why))) {
		sign_key_public(r.key, r.public_key);
		launch_fold_init(&r.fold, r.launch, "", on_problem, &r);
		status = make(&r);
		launch_fold_fini(&r.fold);
	} else {
		status = ctl_fail(CTL_IO, "%s", buf_str(&why));
	}
	buyers_fini(&r.all);
	reply_free(r.launches);
	reply_free(r.meta);
	reply_free(r.tally);
	sign_key_free(r.key);
	vault_wipe(buf_take(&r.out));
	buf_fini(&why);
	return status;
}
