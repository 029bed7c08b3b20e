/* import: a listing file into a project. What the file says is shown first; only a file without errors goes further. */
#include "ctl/ctl.h"

#include "base/map.h"
#include "base/mem.h"
#include "ctl/import.h"
#include "ctl/print.h"
#include "wire/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void add_name(struct import_diff *d, const char *id)
{
	d->vanished = mem_reallocarray(d->vanished, d->vanished_count + 1, sizeof *d->vanished);
	d->vanished[d->vanished_count++] = mem_strdup(id);
}

static bool keep(struct listing_unit *u, const char *entry)
{
	struct json *j = ctl_record(entry);
	const char *type = json_text_of(j, "type"), *gross = json_text_of(j, "gross_area"),
			   *inside = json_text_of(j, "inside_area");
	bool own_type = type && !json_true(json_member(j, "type_derived"));
	bool kept = listing_keep(u, own_type ? type : "", gross ? gross : "", inside ? inside : "");

	json_free(j);
	return kept;
}

/* A price list without types must not wipe the types that an earlier file brought. */
static void keep_all(struct import_diff *d, struct listing *l, const struct reply *catalog)
{
	struct map *entries = map_new();

	for (size_t i = 0; i + 1 < catalog->count; i += 2)
		map_set(entries, reply_text(catalog, i), catalog->items[i + 1].text);
	for (size_t i = 0; i < l->count; i++) {
		const char *entry = map_get(entries, l->units[i].at.id);

		d->kept += entry && keep(&l->units[i], entry);
	}
	map_free(entries, NULL);
}

static void encode(struct import_diff *d, const struct listing *l)
{
	for (size_t i = 0; i < l->count; i++) {
		mem_free(d->json[i]);
		d->json[i] = listing_unit_json(&l->units[i]);
	}
}

/* Compares with the catalogue in Redis, entry by entry, byte by byte. */
static void compare(struct import_diff *d, const struct listing *l, const struct reply *catalog)
{
	struct map *ours = map_new();

	for (size_t i = 0; i < l->count; i++)
		map_set(ours, l->units[i].at.id, d->json[i]);
	for (size_t i = 0; i + 1 < catalog->count; i += 2) {
		const char *of = map_get(ours, reply_text(catalog, i));

		if (!of)
			add_name(d, reply_text(catalog, i));
		else if (strcmp(of, reply_text(catalog, i + 1)) == 0)
			d->unchanged++;
		else
			d->changed++;
	}
	d->added = l->count - d->changed - d->unchanged;
	map_free(ours, NULL);
}

/* What an import would do. Left unknown, without a word, when a dry run does not reach Redis. */
static int look(struct ctl *c, struct listing *l, struct import_diff *d)
{
	char *meta = ctl_key(ctl_option(c, "project"), ":meta"), *key = ctl_key(ctl_option(c, "project"), ":catalog");
	int status = 0;
	struct reply *version = ctl_ask(c, &status, "HGET", meta, "catalog_version", NULL);
	struct reply *catalog = version ? ctl_ask(c, &status, "HGETALL", key, NULL) : NULL;

	if (catalog) {
		d->known = true;
		d->exists = version->kind == REPLY_TEXT;
		snprintf(d->version, sizeof d->version, "%s", d->exists ? version->text : "");
		keep_all(d, l, catalog);
		encode(d, l);
		compare(d, l, catalog);
	}
	reply_free(version);
	reply_free(catalog);
	mem_free(meta);
	mem_free(key);
	return status;
}

static struct reply *send(struct ctl *c, const struct listing *l, const struct import_diff *d, const char *version,
                          int *status)
{
	const char **args = mem_calloc(1 + l->count * 3, sizeof *args);
	bool withheld = ctl_option(c, "withheld") != NULL;
	size_t at = 0;

	/* The version that was compared with: what was shown is what happens, also when two import at once. */
	args[at++] = version;
	for (size_t i = 0; i < l->count; i++) {
		args[at++] = l->units[i].at.id;
		args[at++] = d->json[i];
		args[at++] = withheld || l->units[i].withheld ? "withheld" : "";
	}
	struct reply *r = ctl_write(c, "ld_import", ctl_option(c, "project"), at, args, status);
	mem_free(args);
	return r;
}

static int write_units(struct ctl *c, struct listing *l, struct import_diff *d)
{
	const char *project = ctl_option(c, "project"), *name = ctl_option(c, "create");
	int status = ctl_connect(c);

	if (status != 0 || (status = look(c, l, d)) != 0)
		return status;
	if (!d->exists && !name)
		return ctl_fail(CTL_REFUSED, "no_such_project: there is no project %s; create it with --create NAME", project);
	if (!d->exists && (status = project_create(c, project, name, 0, NULL)) != 0)
		return status;
	struct reply *r = send(c, l, d, d->exists ? d->version : "0", &status);
	if (r) {
		d->written = true;
		d->added = (size_t)reply_get_int(r, 1, "added", 0);
		d->changed = (size_t)reply_get_int(r, 1, "changed", 0);
		d->unchanged = (size_t)reply_get_int(r, 1, "unchanged", 0);
		snprintf(d->version, sizeof d->version, "%lld", (long long)reply_get_int(r, 1, "catalog_version", 0));
	}
	reply_free(r);
	return status;
}

static void diff_fini(struct import_diff *d, size_t units)
{
	for (size_t i = 0; i < d->vanished_count; i++)
		mem_free(d->vanished[i]);
	mem_free(d->vanished);
	for (size_t i = 0; i < units; i++)
		mem_free(d->json[i]);
	mem_free(d->json);
}

int verb_import(struct ctl *c)
{
	bool dry = ctl_option(c, "dry-run") != NULL;
	struct import_diff diff = { .dry = dry };
	struct listing l;
	int status;

	if (access(c->arguments[0], R_OK) != 0)
		return ctl_fail(CTL_IO, "%s: %s", c->arguments[0], strerror(errno));
	status = listing_read(c->arguments[0], &l) == 0 ? 0 : CTL_BAD_DATA;
	diff.json = mem_calloc(l.count + 1, sizeof *diff.json);
	encode(&diff, &l);
	if (!c->json)
		import_show_file(c, &l);
	if (status == 0 && dry && ctl_connect_quietly(c) == 0)
		status = look(c, &l, &diff);
	else if (status == 0 && !dry)
		status = write_units(c, &l, &diff);
	if (c->json && (status == 0 || status == CTL_BAD_DATA))
		import_show_json(c, &l, &diff);
	else if (!c->json)
		import_show_end(c, &l, &diff, status);
	diff_fini(&diff, l.count);
	listing_fini(&l);
	return status;
}
