/* Making the shadow of a project for a rehearsal, and taking it away (rehearsal.h). The project itself is only read. */
#include "ctl/rehearsal.h"

#include "base/map.h"
#include "base/mem.h"
#include "ctl/buyers.h"
#include "ctl/launch.h"
#include "ctl/launch_fold.h"
#include "ctl/snapshot.h"
#include "seal/vault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SETTINGS_MAX = 16,
	NAME_MAX_BYTES = 120,
	PAGE = 1000,
	BUYERS_AT_ONCE = 100,
	UNITS_AT_ONCE = 500,
	SEED_BYTES = 32
};

#define MARK "(公测演练)"

struct copying {
	struct ctl *c;
	const char *project, *shadow;
	const char *rules;      /* of the session; lent by `launches` */
	struct launch launch;   /* what is rehearsed */
	struct reply *launches; /* where its rules stand */
	struct buyers all;
	struct map *codes; /* buyer → hash of the one-time code */
	struct reply *codes_read;
	struct rehearsal_copy *out;
};

/* A function of the shadow; its reply is of no interest. */
static int call(struct copying *k, const char *fn, size_t argc, const char *const *argv)
{
	int status = 0;

	reply_free(ctl_write(k->c, fn, k->shadow, argc, argv, &status));
	return status;
}

/* --- the project: settings and mark */

static int make_project(struct copying *k)
{
	int status = 0;
	struct reply *settings = ctl_read(k->c, "ld_settings", k->project, &status);
	char *pairs[2 * SETTINGS_MAX], name[NAME_MAX_BYTES + 1] = "";
	size_t count = 0;

	/* Six items for each: name, value, and what it may be. */
	for (size_t i = 3; settings && i + 5 < settings->count && count + 2 <= 2 * SETTINGS_MAX; i += 6) {
		const char *value = reply_text(settings, i + 1);

		if (strcmp(reply_text(settings, i), "name") == 0) {
			bool room = strlen(value) + sizeof MARK <= sizeof name;
			snprintf(name, sizeof name, "%s%s", value, room ? MARK : "");
		} else {
			pairs[count++] = settings->items[i].text;
			pairs[count++] = settings->items[i + 1].text;
		}
	}
	struct reply *r = settings ? project_try(k->c, k->shadow, name, count, pairs, &status) : NULL;
	/* An earlier run may have been cut off behind this step; ld_rehearse takes only a project that is new. */
	if (r && !ctl_is_ok(r) && strcmp(reply_text(r, 1), "exists") != 0)
		status = ctl_refused(k->c, r);
	reply_free(r);
	reply_free(settings);
	return status;
}

static int mark(struct copying *k)
{
	int status = 0;
	struct reply *r = ctl_try(k->c, "ld_rehearse", k->shadow, 1, &k->project, &status);

	if (r && !ctl_is_ok(r))
		status =
			strcmp(reply_text(r, 1), "not_available") == 0
				? ctl_fail(CTL_REFUSED,
		                   "exists: there is a rehearsal %s already; end it with `listingctl rehearsal end`, or give "
		                   "another --name",
		                   k->shadow)
				: ctl_refused(k->c, r);
	reply_free(r);
	return status;
}

/* --- units: what is free in the session is free, everything else is kept from sale */

static int copy_units(struct copying *k)
{
	struct ctl_snapshot now;
	int status = ctl_snapshot_take(k->c, k->project, &now);
	struct reply *catalog = status == 0 ? ctl_read(k->c, "ld_catalog", k->project, &status) : NULL;
	size_t from = catalog && catalog->count > now.count ? catalog->count - now.count : 0, at = 0;

	if (catalog && from + now.count != catalog->count)
		status = ctl_fail(CTL_REFUSED, "the catalogue was changed just now; begin again");
	const char **args = mem_calloc(3 * now.count + 1, sizeof *args);
	args[at++] = "";
	for (size_t i = 0; status == 0 && i < now.count; i++) {
		args[at++] = now.units[i].id;
		args[at++] = reply_text(catalog, from + i);
		args[at++] = now.units[i].state == UNIT_AVAILABLE ? "available" : "withheld";
	}
	if (status == 0 && now.count > 0)
		status = call(k, "ld_import", at, args);
	mem_free(args);
	reply_free(catalog);
	ctl_snapshot_fini(&now);
	return status;
}

/* --- the session */

static int plan(struct copying *k, int64_t opens_ms, int64_t closes_ms)
{
	static const char *const numbers[] = { "hold_ms", "limit", "window_size", "window_ms", "active_max" };
	enum { COUNT = sizeof numbers / sizeof numbers[0] };
	const struct json *record = k->launch.record;
	unsigned char raw[SEED_BYTES];
	char seed[LAUNCH_SEED_BYTES], commit[LAUNCH_SEED_BYTES], value[COUNT][24], opens[24], closes[24];
	const char *args[2 * COUNT + 15];
	size_t n = 0;
	int status = 0;

	/* A draw of its own: the seed of the session itself stays secret. */
	randombytes_buf(raw, sizeof raw);
	sodium_bin2hex(seed, sizeof seed, raw, sizeof raw);
	launch_commit(seed, commit);
	if (closes_ms == 0)
		closes_ms = opens_ms + launch_int(record, "closes_ms") - launch_int(record, "opens_ms");
	snprintf(opens, sizeof opens, "%lld", (long long)opens_ms);
	snprintf(closes, sizeof closes, "%lld", (long long)closes_ms);
	const char *const texts[] = { "",
		                          seed,
		                          commit,
		                          "opens_ms",
		                          opens,
		                          "closes_ms",
		                          closes,
		                          "name",
		                          launch_text(record, "name"),
		                          "mode",
		                          k->launch.mode,
		                          "groups",
		                          k->launch.groups,
		                          "rules",
		                          k->rules };
	for (; n < sizeof texts / sizeof texts[0]; n++)
		args[n] = texts[n];
	for (size_t i = 0; i < COUNT; i++) {
		snprintf(value[i], sizeof value[i], "%lld", (long long)launch_int(record, numbers[i]));
		args[n++] = numbers[i];
		args[n++] = value[i];
	}
	struct reply *r = ctl_write(k->c, "ld_launch_put", k->shadow, n, args, &status);
	if (r)
		snprintf(k->out->launch, sizeof k->out->launch, "%s", reply_get(r, 1, "launch"));
	k->out->opens_ms = opens_ms;
	k->out->closes_ms = closes_ms;
	sodium_memzero(seed, sizeof seed);
	reply_free(r);
	return status;
}

static int offer_units(struct copying *k)
{
	int status = 0;
	struct reply *offer = ctl_read_with(k->c, "ld_launch_offer", k->project, 1, &k->launch.id, &status);

	for (size_t i = 3; offer && status == 0 && i < offer->count;) {
		struct buf ids = { 0 };

		for (size_t n = 0; n < UNITS_AT_ONCE && i < offer->count; n++, i++, k->out->units++)
			buf_addf(&ids, "%s%s", n ? " " : "", reply_text(offer, i));
		const char *args[] = { k->out->launch, "yes", buf_str(&ids), "" };
		status = call(k, "ld_launch_units", 4, args);
		buf_fini(&ids);
	}
	reply_free(offer);
	return status;
}

/* --- buyers */

/* The record sealed for the shadow, for mem_free; NULL: erased, or *status says that it cannot be opened. */
static char *seal_anew(struct copying *k, const char *id, int *status)
{
	const char *text = map_get(k->all.by_id, id);
	struct buf record = { 0 };
	struct buyer b = { 0 };

	if (!text || buyer_decode(text, strlen(text), &b) != 0) {
		*status = ctl_fail(CTL_REFUSED, "buyer %s is unreadable in Redis", id);
	} else if (!b.erased && !buyer_open(&b, k->all.vault, k->project)) {
		*status = ctl_fail(CTL_REFUSED, "buyer %s: what is sealed cannot be opened with these keys", id);
	} else if (!b.erased) {
		buyer_seal(&b, k->all.vault, k->shadow);
		if (!b.consultant)
			b.consultant = mem_strdup("");
		buyer_encode(&record, &b, "");
	}
	buyer_fini(&b);
	return record.len_bytes ? buf_take(&record) : NULL;
}

/* `count` of the five items each of ld_launch_admitted. */
static int copy_some(struct copying *k, const struct reply *page, size_t from, size_t count)
{
	const char *put[2 * BUYERS_AT_ONCE], *admit[1 + 4 * BUYERS_AT_ONCE] = { k->out->launch };
	char *records[BUYERS_AT_ONCE];
	size_t n = 0;
	int status = 0;

	for (size_t i = from; i < from + 5 * count && status == 0; i += 5) {
		const char *id = reply_text(page, i), *code = map_get(k->codes, id);

		records[n] = seal_anew(k, id, &status);
		if (!records[n]) {
			k->out->erased += status == 0;
			continue;
		}
		put[2 * n] = id;
		put[2 * n + 1] = records[n];
		admit[1 + 4 * n] = id;
		admit[2 + 4 * n] = reply_text(page, i + 2);
		admit[3 + 4 * n] = reply_text(page, i + 1);
		admit[4 + 4 * n] = code ? code : "";
		k->out->codes += code != NULL;
		n++;
	}
	if (status == 0 && n > 0)
		status = call(k, "ld_buyer_put", 2 * n, put);
	if (status == 0 && n > 0)
		status = call(k, "ld_launch_admit", 1 + 4 * n, admit);
	k->out->buyers += n;
	for (size_t i = 0; i < n; i++)
		mem_free(records[i]);
	return status;
}

static int copy_buyers(struct copying *k)
{
	char from[24], limit[24];
	size_t total = 1;
	int status = 0;

	snprintf(limit, sizeof limit, "%d", PAGE);
	for (size_t at = 0; status == 0 && at < total; at += PAGE) {
		snprintf(from, sizeof from, "%zu", at);
		const char *args[] = { k->launch.id, from, limit };
		struct reply *page = ctl_read_with(k->c, "ld_launch_admitted", k->project, 3, args, &status);

		if (!page)
			return status;
		total = (size_t)reply_get_int(page, 1, "total", 0);
		for (size_t i = 5; i < page->count && status == 0; i += 5 * BUYERS_AT_ONCE) {
			size_t left = (page->count - i) / 5;
			status = copy_some(k, page, i, left < BUYERS_AT_ONCE ? left : BUYERS_AT_ONCE);
		}
		reply_free(page);
	}
	return status;
}

/* --- all of it */

static int read_session(struct copying *k)
{
	char *suffix, *key;
	int status = launch_find(k->c, &k->launch);

	if (status == 0)
		k->launches = launches_read(k->c, &status);
	for (size_t i = LAUNCHES_FIRST; k->launches && i + 1 < k->launches->count; i += 2) {
		struct json *j = ctl_record(reply_text(k->launches, i));

		if (strcmp(launch_text(j, "id"), k->launch.id) == 0)
			k->rules = reply_text(k->launches, i + 1);
		json_free(j);
	}
	if (status != 0 || (status = buyers_read(k->c, &k->all)) != 0)
		return status;
	suffix = mem_printf(":launch:%s:codes", k->launch.id);
	key = ctl_key(k->project, suffix);
	k->codes_read = ctl_ask(k->c, &status, "HGETALL", key, NULL);
	for (size_t i = 0; k->codes_read && i + 1 < k->codes_read->count; i += 2)
		map_set(k->codes, reply_text(k->codes_read, i), k->codes_read->items[i + 1].text);
	mem_free(suffix);
	mem_free(key);
	return status;
}

static int copy_all(struct copying *k, int64_t opens_ms, int64_t closes_ms)
{
	int status = copy_units(k);

	if (status == 0)
		status = plan(k, opens_ms, closes_ms);
	if (status == 0)
		status = offer_units(k);
	if (status == 0)
		status = copy_buyers(k);
	return status;
}

int rehearsal_copy(struct ctl *c, const char *shadow, int64_t opens_ms, int64_t closes_ms, struct rehearsal_copy *out)
{
	struct copying k = { .c = c, .project = ctl_option(c, "project"), .shadow = shadow, .rules = "", .out = out };
	int status;

	k.codes = map_new();
	if ((status = read_session(&k)) == 0 && (status = make_project(&k)) == 0 && (status = mark(&k)) == 0 &&
	    (status = copy_all(&k, opens_ms, closes_ms)) != 0 && rehearsal_remove(c, shadow) != 0)
		ctl_fail(status, "what was begun of %s is left; take it away with `listingctl rehearsal end`", shadow);
	map_free(k.codes, NULL);
	reply_free(k.codes_read);
	reply_free(k.launches);
	launch_fini(&k.launch);
	buyers_fini(&k.all);
	return status;
}

/* --- taking it away */

/* Calls `each` for every page of keys that begin with `prefix`. */
static int scan(struct ctl *c, const char *prefix,
                int (*each)(struct ctl *c, const struct reply *keys, const char *shadow), const char *shadow,
                size_t *found)
{
	char *pattern = mem_printf("%s*", prefix), cursor[32] = "0";
	int status = 0;

	do {
		struct reply *r = ctl_ask(c, &status, "SCAN", cursor, "MATCH", pattern, "COUNT", "1000", NULL);

		if (!r)
			break;
		snprintf(cursor, sizeof cursor, "%s", reply_text(r, 0));
		if (r->count == 2 && r->items[1].count > 0) {
			*found += r->items[1].count;
			status = each(c, &r->items[1], shadow);
		}
		reply_free(r);
	} while (status == 0 && strcmp(cursor, "0") != 0);
	mem_free(pattern);
	return status;
}

/* Whoever may use the shadow and nothing else is signed out. */
static int end_sign_ins(struct ctl *c, const struct reply *keys, const char *shadow)
{
	static const char head[] = "ld:session:";
	int status = 0;

	for (size_t i = 0; i < keys->count && status == 0; i++) {
		struct reply *r = ctl_ask(c, &status, "GET", reply_text(keys, i), NULL);
		struct json *j = r && r->kind == REPLY_TEXT ? ctl_record(r->text) : NULL;
		const struct json *projects = json_member(j, "projects");
		const char *account = json_text_of(j, "account"), *only = json_string(json_item(projects, 0));

		if (account && only && json_count(projects) == 1 && strcmp(only, shadow) == 0) {
			char *index = mem_printf("ld:sessions:%s", account);

			reply_free(ctl_ask(c, &status, "DEL", reply_text(keys, i), NULL));
			if (status == 0)
				reply_free(ctl_ask(c, &status, "ZREM", index, reply_text(keys, i) + sizeof head - 1, NULL));
			mem_free(index);
		}
		json_free(j);
		reply_free(r);
	}
	return status;
}

/* Everything but the meta record, which says until the end that this is a rehearsal. */
static int remove_keys(struct ctl *c, const struct reply *keys, const char *shadow)
{
	char *prefix = ctl_key(shadow, ""), *meta = ctl_key(shadow, ":meta");
	const char **words = mem_calloc(keys->count + 1, sizeof *words);
	size_t n = 0;
	int status = 0;

	words[n++] = "UNLINK";
	for (size_t i = 0; i < keys->count; i++) {
		const char *key = reply_text(keys, i);

		if (strncmp(key, prefix, strlen(prefix)) == 0 && strcmp(key, meta) != 0)
			words[n++] = key;
	}
	if (n > 1)
		reply_free(ctl_checked(c, sync_command(c->redis, n, words, NULL), &status));
	mem_free(words);
	mem_free(prefix);
	mem_free(meta);
	return status;
}

int rehearsal_remove(struct ctl *c, const char *shadow)
{
	char *prefix = ctl_key(shadow, ""), *meta = ctl_key(shadow, ":meta");
	size_t found = 0;
	int status = rehearsal_expect(c, shadow);

	/* First nobody begins anything any more. */
	if (status == 0)
		reply_free(ctl_ask(c, &status, "HSET", meta, "frozen", "the rehearsal is over", NULL));
	if (status == 0)
		reply_free(ctl_ask(c, &status, "SREM", "ld:projects", shadow, NULL));
	if (status == 0)
		status = scan(c, "ld:session:", end_sign_ins, shadow, &found);
	if (status == 0)
		status = scan(c, prefix, remove_keys, shadow, &found);
	if (status == 0)
		reply_free(ctl_ask(c, &status, "DEL", meta, NULL));
	/* What a daemon wrote between the two steps, such as a heartbeat. */
	if (status == 0)
		status = scan(c, prefix, remove_keys, shadow, &found);
	mem_free(prefix);
	mem_free(meta);
	return status;
}
