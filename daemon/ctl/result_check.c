/* verify FILE: the result of a launch session, checked from the file alone.
 *
 * The events are followed by the rules of the session (launch_fold.h), and every line that follows from them is written
 * again and compared. With --project the events are also looked up in the trail of a running system. */
#include "ctl/result_check.h"

#include "base/mem.h"
#include "wire/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* An admission of ten thousand buyers in one event has some 300 KB. */
enum { LINE_MAX_BYTES = 16 * 1024 * 1024, FIELDS_MAX = 400, NUMBER_DIGITS = 15 };

static void on_problem(void *ctx, const char *problem)
{
	struct result_check *k = ctx;

	differences_addf(&k->found, "line %lld: %s", (long long)k->chain.lines, problem);
}

static void __attribute__((format(printf, 2, 3))) differ(struct result_check *k, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	on_problem(k, text);
}

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

/* --- the first line */

static void check_head(struct result_check *k, const struct json *j)
{
	char commit[LAUNCH_SEED_BYTES], sha[LAUNCH_SHA1_BYTES], time[RESULT_TIME_BYTES];
	const char *seed = text_of(k->record, "seed"), *rules = text_of(j, "rules");

	launch_commit(seed, commit);
	sha1_hex(rules, strlen(rules), sha);
	result_time(whole_of(j, "made_ms"), k->utc_offset_min, time);
	if (strcmp(commit, text_of(k->record, "commit")) != 0)
		differ(k, "the seed is not the one that was committed to: its SHA-256 is %s, the commitment %s", commit,
		       text_of(k->record, "commit"));
	if (strcmp(sha, text_of(k->record, "rules_sha")) != 0)
		differ(k, "the rules are not those that were accepted: their SHA-1 is %s", sha);
	if (strcmp(time, text_of(j, "made_at")) != 0)
		differ(k, "made_at and made_ms are two moments");
	if (!sign_is_public(text_of(j, "public_key")))
		differ(k, "the public key is none");
	else if (k->public_key && strcmp(text_of(j, "public_key"), k->public_key) != 0)
		differ(k, "it was signed with another key: %s", text_of(j, "public_key"));
}

/* What begins like a result is held to be one; `j` is kept. */
static bool take_head(struct result_check *k, struct json *j)
{
	const struct json *record = json_member(j, "launch");
	const char *id = json_text_of(record, "id"), *seed = json_text_of(record, "seed");
	int64_t offset = 0;

	if (strcmp(text_of(j, "format"), RESULT_FORMAT) != 0 || !id || strlen(id) >= LAUNCH_ID_BYTES || !seed ||
	    strlen(seed) >= LAUNCH_SEED_BYTES || !json_whole(json_member(j, "utc_offset_min"), &offset) || offset < -720 ||
	    offset > 840)
		return false;
	k->head = j;
	k->record = record;
	k->utc_offset_min = offset;
	launch_fold_init(&k->fold, id, seed, on_problem, k);
	k->following = true;
	check_head(k, j);
	return true;
}

/* --- lines that are compared with what they should be */

static void compare(struct result_check *k, struct emit *should)
{
	if (strcmp(buf_str(&should->b), k->line.text) != 0)
		differ(k, "it does not say what follows from the events: %.300s", buf_str(&should->b));
	buf_fini(&should->b);
}

/* Numbers of events are small enough to be counted with; anything else is no event of ours. */
static bool is_field_fine(const struct trail_field *f)
{
	static const char *const numbers[] = { "at",    "opens_ms", "closes_ms",   "hold_ms",   "limit", "dl",
		                                   "price", "count",    "window_size", "window_ms", "added", "active_max" };

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (strcmp(f->name, numbers[i]) == 0)
			return f->bytes > 0 && f->bytes <= NUMBER_DIGITS && strspn(f->value, "0123456789") == f->bytes;
	return true;
}

/* The event of a line, lent by j, its fields to be freed; false when it has not the form of one. */
static bool read_event(const struct json *j, struct trail_entry *e)
{
	const struct json *list = json_member(j, "event");
	size_t count = json_count(list);
	bool fine = count % 2 == 0 && count <= FIELDS_MAX && json_whole(json_member(j, "seq"), &e->seq);

	e->fields = mem_calloc(count / 2 + 1, sizeof *e->fields);
	for (size_t i = 0; fine && i < count; i += 2) {
		const char *name = json_string(json_item(list, i)), *value = json_string(json_item(list, i + 1));

		if ((fine = name && value)) {
			e->fields[e->count] = (struct trail_field){ name, value, strlen(value) };
			fine = is_field_fine(&e->fields[e->count++]);
		}
	}
	return fine;
}

/* The same event as it stands in Redis. */
static int compare_with_trail(struct result_check *k, int64_t seq, const char *hash)
{
	char *key = ctl_key(ctl_option(k->c, "project"), ":events"), id[40];
	int status = 0;

	snprintf(id, sizeof id, "%lld-0", (long long)seq);
	struct reply *r = ctl_ask(k->c, &status, "XRANGE", key, id, id, NULL);
	const char *theirs = NULL;
	if (r && r->count == 1 && r->items[0].count == 2)
		theirs = reply_get(&r->items[0].items[1], 0, "h");
	if (r && (!theirs || strcmp(theirs, hash) != 0))
		differ(k, "event %lld is another one in the trail of the project", (long long)seq);
	reply_free(r);
	mem_free(key);
	return status;
}

static int take_event(struct result_check *k, const struct json *j)
{
	struct trail_entry e = { 0 };
	struct emit should = { 0 };
	const char *before = text_of(j, "before"), *trail = text_of(j, "trail");
	char own[SHA1_HEX_BYTES];
	int status = 0;

	if (!read_event(j, &e)) {
		differ(k, "its event is none");
		mem_free(e.fields);
		return 0;
	}
	int64_t last = k->fold.last_seq;
	if (e.seq <= last || e.seq > whole_of(k->head, "seq"))
		differ(k, "event %lld stands behind event %lld", (long long)e.seq, (long long)last);
	else if (last && e.seq == last + 1 && strcmp(before, k->trail) != 0)
		differ(k, "event %lld does not follow the event of the line before", (long long)e.seq);
	const struct launch_kind *kind = launch_fold_event(&k->fold, &e);
	trail_hash(&e, before, own);
	if (!kind) {
		differ(k, "event %lld is not of this session", (long long)e.seq);
	} else if (strcmp(own, trail) != 0) {
		differ(k, "its event has the hash %.40s, its content makes %s", trail, own);
	} else {
		result_put_event(&should, k->chain.lines, kind, &e, before, k->utc_offset_min);
		compare(k, &should);
	}
	if (k->c->redis)
		status = compare_with_trail(k, e.seq, own);
	snprintf(k->trail, sizeof k->trail, "%s", own);
	mem_free(e.fields);
	return status;
}

static int take_buyer(struct result_check *k, const struct json *j)
{
	struct emit should = { 0 };

	if (k->at >= k->fold.buyer_count) {
		differ(k, "a buyer more than were admitted");
		return 0;
	}
	result_put_buyer(&should, k->chain.lines, &k->fold, k->at, json_text_of(j, "name"), json_text_of(j, "phone_end"));
	compare(k, &should);
	return 0;
}

static int take_room(struct result_check *k, const struct json *j)
{
	struct emit should = { 0 };

	UNUSED(j);
	if (k->at >= k->room.count) {
		differ(k, "a ticket more than buyers had checked in before the opening");
		return 0;
	}
	result_put_room(&should, k->chain.lines, &k->room, k->at);
	compare(k, &should);
	return 0;
}

static int take_outcome(struct result_check *k, const struct json *j)
{
	struct emit should = { 0 };

	UNUSED(j);
	if (k->at >= k->fold.deal_count) {
		differ(k, "an outcome more than there were choices");
		return 0;
	}
	result_put_outcome(&should, k->chain.lines, &k->fold, k->at, k->utc_offset_min);
	compare(k, &should);
	return 0;
}

/* Each press was answered in one way, and in some time. */
static void check_tally(struct result_check *k, const struct json *tally)
{
	int64_t answered = 0, timed = 0, n;
	const char *name;

	for (size_t i = 0; (name = json_name(tally, i)); i++) {
		if (!json_whole(json_member(tally, name), &n) || n < 0)
			differ(k, "the counter %.60s is no number", name);
		else if (strncmp(name, "lat.", 4) == 0)
			timed += n;
		else if (strncmp(name, "refused.", 8) == 0 || strcmp(name, "limited") == 0)
			k->refused += n;
	}
	k->presses = whole_of(tally, "presses");
	k->granted = whole_of(tally, "granted");
	answered = k->granted + k->refused;
	if (answered != k->presses || timed != k->presses)
		differ(k, "%lld presses were counted, %lld of them granted or refused, %lld timed", (long long)k->presses,
		       (long long)answered, (long long)timed);
}

static int take_counts(struct result_check *k, const struct json *j)
{
	static const char head[] = ",\"tally\":";
	struct emit should = { 0 };
	const char *tally = strstr(k->line.text, head);
	char *own = mem_strdup(tally ? tally + sizeof head - 1 : "{}}");

	own[strlen(own) - 1] = '\0'; /* the bracket of the line */
	if (k->at > 0)
		differ(k, "counted twice");
	result_put_counts(&should, k->chain.lines, &k->fold, own);
	compare(k, &should);
	check_tally(k, json_member(j, "tally"));
	mem_free(k->tally);
	k->tally = own;
	return 0;
}

static int take_end(struct result_check *k, const struct json *j)
{
	struct emit should = { 0 };

	UNUSED(j);
	result_put_end(&should, k->chain.lines);
	compare(k, &should);
	k->is_signed = chain_is_signed(&k->line, text_of(k->head, "public_key"));
	if (!k->is_signed)
		differ(k, "the signature is not of this file and the key that it names");
	k->stage = CHECK_OVER;
	return 0;
}

/* --- line after line */

static const struct {
	const char *kind;
	enum check_stage stage;
	int (*take)(struct result_check *k, const struct json *j);
} kinds[] = {
	{ "event", CHECK_EVENTS, take_event },   { "buyer", CHECK_BUYERS, take_buyer },
	{ "room", CHECK_ROOM, take_room },       { "outcome", CHECK_OUTCOMES, take_outcome },
	{ "counts", CHECK_COUNTS, take_counts }, { "end", CHECK_END, take_end },
};

/* How many lines a stage has to have by what the events say; those of CHECK_EVENTS nobody knows. */
static void leave(struct result_check *k, enum check_stage stage)
{
	const struct {
		size_t should;
		const char *what;
	} counts[] = {
		[CHECK_BUYERS] = { k->fold.buyer_count, "buyers" },
		[CHECK_ROOM] = { k->room.count, "tickets" },
		[CHECK_OUTCOMES] = { k->fold.deal_count, "outcomes" },
		[CHECK_COUNTS] = { 1, "lines of counts" },
	};
	size_t have = k->stage == stage ? k->at : 0;

	if (stage == CHECK_EVENTS) {
		launch_fold_order(&k->fold);
		result_room_init(&k->room, &k->fold);
	} else if (stage >= CHECK_BUYERS && stage <= CHECK_COUNTS && have < counts[stage].should) {
		differ(k, "there are %zu %s of %zu", have, counts[stage].what, counts[stage].should);
	}
}

static void enter(struct result_check *k, enum check_stage stage)
{
	for (enum check_stage s = k->stage; s < stage; s++)
		leave(k, s);
	if (k->stage != stage)
		k->at = 0;
	k->stage = stage;
}

static int take_body(struct result_check *k, const struct json *j)
{
	const char *kind = text_of(j, "kind");

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		if (kinds[i].stage < k->stage) {
			differ(k, "%s stands too late in the file", kind);
			return 0;
		}
		enter(k, kinds[i].stage);
		int status = kinds[i].take(k, j);
		k->at++;
		return status;
	}
	differ(k, "there is no line of the kind \"%.40s\"", kind);
	return 0;
}

/* CTL_BAD_DATA without a word: the file is no result. */
static int take_line(struct result_check *k, char *line, size_t bytes)
{
	char why[WHY_BYTES];
	struct json *j = NULL;
	int status = 0;
	bool chained = strlen(line) == bytes && chain_take(&k->chain, line, &k->line);

	if (!chained && !k->head)
		return CTL_BAD_DATA;
	if (!chained) {
		differences_addf(&k->found, "line %lld: it has not the form of a line, or was cut off",
		                 (long long)k->chain.lines + 1);
		k->stage = CHECK_OVER;
		return 0;
	}
	if (json_parse(k->line.text, strlen(k->line.text), &j, why) != 0) {
		if (!k->head)
			return CTL_BAD_DATA;
		differ(k, "it is no JSON: %s", why);
		return 0;
	}
	if (!k->line.fits)
		differ(k, "its hash is not that of its content behind the line before: it was changed, or lines are missing");
	if (whole_of(j, "line") != k->chain.lines)
		differ(k, "it says that it is line %lld", (long long)whole_of(j, "line"));
	if (!k->head)
		return take_head(k, j) ? 0 : (json_free(j), CTL_BAD_DATA);
	status = take_body(k, j);
	json_free(j);
	return status;
}

static int no_result(const struct result_check *k, const char *line)
{
	bool is_export = strncmp(line, "{\"seq\":", 7) == 0;

	return ctl_fail(CTL_BAD_DATA,
	                is_export ? "%s is an export of the audit trail, which proves nothing by itself; `listingctl "
	                            "verify --project` follows the trail"
	                          : "%s is no result of a launch session",
	                k->path);
}

int result_check_read(struct result_check *k, FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t bytes;
	int status = 0;

	chain_begin(&k->chain);
	while (status == 0 && (bytes = getline(&line, &room, f)) > 0) {
		if (bytes > LINE_MAX_BYTES) {
			status = CTL_BAD_DATA;
		} else if (k->stage == CHECK_OVER) {
			differences_addf(&k->found, "line %lld: something stands behind the end", (long long)k->chain.lines + 1);
			break;
		} else {
			bool ends = line[bytes - 1] == '\n';
			bytes -= ends;
			line[bytes] = '\0';
			if (!ends && k->head)
				differences_addf(&k->found, "line %lld: its end was cut off", (long long)k->chain.lines + 1);
			status = take_line(k, line, (size_t)bytes);
		}
	}
	if (status == CTL_BAD_DATA || (status == 0 && !k->head))
		status = no_result(k, line ? line : "");
	else if (status == 0 && ferror(f))
		status = ctl_fail(CTL_IO, "%s cannot be read: %s", k->path, strerror(errno));
	free(line);
	return status;
}
