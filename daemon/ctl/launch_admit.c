/* launch admit: the office's list of who is admitted to a launch session. What the file says is shown first; only a file without
 * a problem goes further. The codes are on disk before anybody is admitted with them. */
#include "ctl/buyer_match.h"
#include "ctl/buyer_show.h"
#include "ctl/code_list.h"
#include "ctl/launch.h"

#include "base/map.h"
#include "base/mem.h"
#include "core/person.h"
#include "seal/buyer_code.h"
#include "seal/vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A call holds everybody else up for some ten milliseconds; on launch day buyers are choosing meanwhile. */
enum { AT_ONCE = 400, PAGE = 1000, ADMITTED_ITEMS = 5, CODE_BYTES = 17 };

struct ticket {
	char code[CODE_BYTES]; /* "": the buyer has one */
	char code_ix[VAULT_INDEX_BYTES];
};

struct admission {
	struct buyer_file file;
	struct buyers all;
	struct launch launch;
	struct reply **pages; /* of those who are admitted already; what the maps hold is lent by them */
	size_t page_count;
	struct map *draw_of;  /* buyer → draw number */
	struct map *buyer_of; /* draw number → buyer */
	int64_t last_draw;    /* the highest */
	const char **pairs;   /* for ld_buyer_put */
	struct buyer_strangers strangers;
	struct ticket *tickets;   /* one for each row */
	size_t new_buyers, known; /* known: admitted already */
	size_t codes, made;       /* codes that are given, and those of them that were made here */
	size_t admitted;          /* written */
	bool dry;
};

/* --- who is admitted already */

static int read_page(struct ctl *c, struct admission *a, size_t from)
{
	char first[24], count[24];
	const char *args[] = { a->launch.id, first, count };
	int status = 0;

	snprintf(first, sizeof first, "%zu", from);
	snprintf(count, sizeof count, "%d", PAGE);
	struct reply *r = ctl_read_with(c, "ld_launch_admitted", ctl_option(c, "project"), 3, args, &status);
	if (!r)
		return status;
	a->pages = mem_reallocarray(a->pages, a->page_count + 1, sizeof(struct reply *));
	a->pages[a->page_count++] = r;
	for (size_t i = r->count - (size_t)reply_get_int(r, 1, "items", 0) * ADMITTED_ITEMS; i + 1 < r->count;
	     i += ADMITTED_ITEMS) {
		map_set(a->draw_of, reply_text(r, i), r->items[i + 1].text);
		map_set(a->buyer_of, reply_text(r, i + 1), r->items[i].text);
		a->last_draw = strtoll(reply_text(r, i + 1), NULL, 10); /* they come in this order */
	}
	return 0;
}

static int read_admitted(struct ctl *c, struct admission *a)
{
	int status;
	size_t from = 0;

	a->draw_of = map_new();
	a->buyer_of = map_new();
	do {
		status = read_page(c, a, from);
		from += PAGE;
	} while (status == 0 && (int64_t)from < reply_get_int(a->pages[0], 1, "total", 0));
	return status;
}

/* --- what is in the way */

static bool has_group(const struct launch *l, const char *group)
{
	size_t bytes = strlen(group);

	for (const char *at = l->groups; *at;) {
		if (strncmp(at, group, bytes) == 0 && at[bytes] == '=')
			return true;
		at += strcspn(at, ",");
		at += *at == ',';
	}
	return false;
}

/* Once it was drawn or the session has opened nobody's place is shifted; Redis would refuse it in the middle of the list. */
static bool order_stands(const struct launch *l)
{
	return launch_int(l->record, "drawn_ms") > 0 ||
	       (strcmp(l->phase, "planned") != 0 && launch_int(l->record, "opens_at") <= l->now_ms);
}

/* Rows that take no place of their own, or one behind all others. */
static void check_places(struct admission *a)
{
	int64_t last = a->last_draw;

	for (size_t i = 0; order_stands(&a->launch) && i < a->file.count; i++) {
		const struct buyer_row *r = &a->file.rows[i];
		const char *own = map_get(a->draw_of, r->b.id);
		int64_t draw = r->draw ? strtoll(r->draw, NULL, 10) : last + 1;

		if (own && (!r->draw || strcmp(own, r->draw) == 0))
			continue;
		if (own || draw <= last)
			buyer_file_problem(&a->file, r->number, BUYER_DRAW,
			                   "the order stands: who is admitted keeps the place, and who comes now comes last");
		last = draw > last ? draw : last;
	}
}

static void check_row(struct admission *a, const struct map *in_file, const struct buyer_row *r)
{
	const char *holder = r->draw ? map_get(a->buyer_of, r->draw) : NULL;

	if (!r->b.phone || !r->b.phone[0])
		buyer_file_problem(&a->file, r->number, BUYER_PHONE,
		                   "a buyer signs in by telephone number, and this one has none");
	if (holder && strcmp(holder, r->b.id) != 0 && !map_get(in_file, holder))
		buyer_file_problem(&a->file, r->number, BUYER_DRAW, "buyer %s, who is admitted already, has this draw number",
		                   holder);
	if (r->group && strcmp(a->launch.mode, "groups") == 0 && !has_group(&a->launch, r->group))
		buyer_file_problem(&a->file, r->number, BUYER_GROUP, "session %s has no round for this group", a->launch.id);
}

static void check_rows(struct admission *a)
{
	struct map *in_file = map_new();

	for (size_t i = 0; i < a->file.count; i++)
		map_set(in_file, a->file.rows[i].b.id, &a->file.rows[i]);
	for (size_t i = 0; i < a->file.count; i++)
		check_row(a, in_file, &a->file.rows[i]);
	map_free(in_file, NULL);
	check_places(a);
}

/* --- codes */

static void give_code(struct admission *a, size_t i)
{
	const struct buyer_row *r = &a->file.rows[i];
	struct ticket *t = &a->tickets[i];
	char random[33], phone_ix[VAULT_INDEX_BYTES];

	a->codes++;
	if (r->code) {
		snprintf(t->code, sizeof t->code, "%s", r->code);
	} else {
		ctl_new_key(random, sizeof random);
		buyer_code_make(a->all.vault, random, t->code);
		sodium_memzero(random, sizeof random);
		a->made++;
	}
	buyer_phone_index(a->all.vault, r->b.phone, phone_ix);
	buyer_code_index(a->all.vault, a->all.project, phone_ix, t->code, t->code_ix);
}

static void give_codes(struct admission *a, bool to_all)
{
	a->tickets = mem_calloc(a->file.count, sizeof *a->tickets);
	for (size_t i = 0; i < a->file.count; i++) {
		bool known = map_get(a->draw_of, a->file.rows[i].b.id) != NULL;

		a->known += known;
		if (!known || to_all)
			give_code(a, i);
	}
}

/* Freed with mem_free; the rows lend of a. */
static struct code_row *code_rows(const struct admission *a, size_t *count)
{
	struct code_row *rows = mem_calloc(a->file.count, sizeof *rows);

	*count = 0;
	for (size_t i = 0; i < a->file.count; i++)
		if (a->tickets[i].code[0])
			rows[(*count)++] = (struct code_row){ a->file.rows[i].b.name, a->file.rows[i].b.phone, a->tickets[i].code };
	return rows;
}

/* Where --codes wants them: in a new file, or with `-` in the answer. */
static bool in_answer(const struct ctl *c)
{
	const char *path = ctl_option(c, "codes");

	return path && strcmp(path, "-") == 0;
}

static int write_codes(const struct ctl *c, const struct admission *a)
{
	const char *path = ctl_option(c, "codes");
	size_t count;
	struct code_row *rows = code_rows(a, &count);
	int status = path && count && !in_answer(c) ? code_list_write(path, rows, count) : 0;

	mem_free(rows);
	return status;
}

static void emit_codes(struct emit *j, const struct admission *a)
{
	size_t count;
	struct code_row *rows = code_rows(a, &count);

	emit_open(j, "codes_given", '[');
	for (size_t i = 0; i < count; i++) {
		emit_open(j, NULL, '{');
		emit_text(j, "name", rows[i].name ? rows[i].name : "");
		emit_text(j, "phone", rows[i].phone);
		emit_text(j, "code", rows[i].code);
		emit_close(j, '}');
	}
	emit_close(j, ']');
	mem_free(rows);
}

/* --- showing */

static const char *text_or(const char *text) { return text ? text : ""; }

static void show_first(const struct buyer_file *f)
{
	struct print_table t;

	puts("\nthe first buyers, as they are understood (numbers masked):");
	print_table_init(&t, "  >row|id|name|phone|card|group|>draw|consultant|code");
	for (size_t i = 0; i < f->count && i < BUYER_FIRST_ROWS; i++) {
		const struct buyer_row *r = &f->rows[i];
		char phone[PERSON_BYTES], card[PERSON_BYTES];

		person_mask_phone(text_or(r->b.phone), phone);
		person_mask_card(text_or(r->b.card), card);
		print_cellf(&t, "%u", r->number);
		print_cell(&t, text_or(r->b.id)), print_cell(&t, text_or(r->b.name));
		print_cell(&t, phone), print_cell(&t, card), print_cell(&t, text_or(r->group));
		print_cell(&t, text_or(r->draw)), print_cell(&t, text_or(r->b.consultant));
		print_cell(&t, r->code ? "of the file" : "");
	}
	print_table_show(&t);
}

static void show(const struct ctl *c, const struct admission *a)
{
	const struct buyer_file *f = &a->file;
	const char *path = c->arguments[0], *codes = ctl_option(c, "codes");

	buyer_show_file(f, path);
	if (f->count)
		show_first(f);
	printf("\nbuyers: %zu\n", f->count);
	buyer_show_strangers(&a->strangers);
	buyer_show_problems(f);
	if (f->problem_count) {
		ctl_fail(CTL_BAD_DATA, "%s: %zu problem%s; nothing was changed", path, f->problem_count,
		         f->problem_count == 1 ? "" : "s");
		return;
	}
	printf("%s session %s: %zu new, %zu admitted already; buyers new to the project: %zu; codes: %zu, of which %zu "
	       "made here.\n",
	       a->dry ? "Dry run, nothing was written;" : "Admitted to", a->launch.id, f->count - a->known, a->known,
	       a->new_buyers, a->codes, a->made);
	if (!a->dry && codes && a->codes)
		printf("The codes are in %s.\n", codes);
}

static void show_json(const struct ctl *c, const struct admission *a)
{
	const struct buyer_file *f = &a->file;
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_text(&j, "project", ctl_option(c, "project"));
	emit_text(&j, "launch", text_or(a->launch.id));
	buyer_emit_file(&j, f, ctl_option(c, "nameless") ? NULL : c->arguments[0]);
	buyer_emit_first(&j, f);
	buyer_emit_strangers(&j, &a->strangers);
	emit_bool(&j, "dry_run", a->dry);
	emit_bool(&j, "written", !a->dry && !f->problem_count);
	if (!f->problem_count) {
		emit_int(&j, "added", (int64_t)(f->count - a->known));
		emit_int(&j, "known", (int64_t)a->known);
		emit_int(&j, "new_buyers", (int64_t)a->new_buyers);
		emit_int(&j, "codes", (int64_t)a->codes);
		emit_int(&j, "made", (int64_t)a->made);
		if (!a->dry && in_answer(c))
			emit_codes(&j, a);
	}
	emit_close(&j, '}');
	emit_show(&j);
}

/* --- writing */

/* Those of whom the list says something new. */
static int put_buyers(struct ctl *c, struct admission *a)
{
	const char *args[2 * AT_ONCE];
	size_t n = 0;
	int status = 0;

	for (size_t i = 0; status == 0 && i < a->file.count; i++) {
		if (!buyers_is_known(&a->all, &a->file.rows[i].b)) {
			args[n++] = a->pairs[i * 2];
			args[n++] = a->pairs[i * 2 + 1];
		}
		if (n == 2 * AT_ONCE || (n > 0 && i + 1 == a->file.count)) {
			reply_free(ctl_write(c, "ld_buyer_put", ctl_option(c, "project"), n, args, &status));
			n = 0;
		}
	}
	return status;
}

static int admit_batch(struct ctl *c, struct admission *a)
{
	const char *args[1 + 4 * AT_ONCE];
	size_t n = 0, rows = a->file.count - a->admitted;
	int status = 0;

	rows = rows > AT_ONCE ? AT_ONCE : rows;
	args[n++] = a->launch.id;
	for (size_t i = a->admitted; i < a->admitted + rows; i++) {
		args[n++] = a->file.rows[i].b.id;
		args[n++] = text_or(a->file.rows[i].group);
		args[n++] = text_or(a->file.rows[i].draw);
		args[n++] = a->tickets[i].code_ix;
	}
	struct reply *r = ctl_write(c, "ld_launch_admit", ctl_option(c, "project"), n, args, &status);
	if (r)
		a->admitted += rows;
	reply_free(r);
	return status;
}

/* First the codes, so that none is given that nobody knows; then the buyers; then they are admitted. */
static int write_all(struct ctl *c, struct admission *a)
{
	const char *codes = ctl_option(c, "codes");
	int status = write_codes(c, a);

	if (status != 0)
		return status;
	status = put_buyers(c, a);
	while (status == 0 && a->admitted < a->file.count)
		status = admit_batch(c, a);
	if (status == CTL_REFUSED && a->admitted == 0 && codes && a->codes && !in_answer(c))
		unlink(codes);
	else if (status != 0 && a->admitted > 0)
		ctl_fail(status, "%zu of %zu buyers are admitted; import the file again for the others, with another --codes",
		         a->admitted, a->file.count);
	return status;
}

static int look(struct ctl *c, struct admission *a)
{
	int status = ctl_connect(c);

	if (status == 0)
		status = launch_find(c, &a->launch);
	if (status == 0 && strcmp(a->launch.phase, "closed") == 0)
		status = ctl_refuse(c, "not_available", "session %s is closed", a->launch.id);
	if (status == 0)
		status = buyers_read(c, &a->all);
	if (status == 0)
		status = read_admitted(c, a);
	if (status != 0)
		return status;
	a->pairs = buyers_match(&a->file, &a->all, &a->new_buyers);
	check_rows(a);
	return a->file.problem_count ? CTL_BAD_DATA : buyers_strangers(c, &a->file, &a->strangers);
}

static int admit(struct ctl *c, struct admission *a)
{
	int status = look(c, a);

	if (status != 0)
		return status;
	give_codes(a, ctl_option(c, "new-codes") != NULL);
	if (a->dry)
		return 0;
	if (a->made && !ctl_option(c, "codes"))
		return ctl_fail(CTL_USAGE, "%zu codes are made that nothing else keeps: name a new file for them with --codes",
		                a->made);
	return write_all(c, a);
}

static void admission_fini(struct admission *a)
{
	buyers_match_free(a->pairs, a->file.count);
	mem_free(a->strangers.rows);
	for (size_t i = 0; i < a->page_count; i++)
		reply_free(a->pages[i]);
	mem_free(a->pages);
	if (a->draw_of)
		map_free(a->draw_of, NULL);
	if (a->buyer_of)
		map_free(a->buyer_of, NULL);
	if (a->tickets)
		sodium_memzero(a->tickets, a->file.count * sizeof *a->tickets);
	mem_free(a->tickets);
	launch_fini(&a->launch);
	buyers_fini(&a->all);
	buyer_file_fini(&a->file);
}

int verb_launch_admit(struct ctl *c)
{
	struct admission a = { .dry = ctl_option(c, "dry-run") != NULL };

	if (in_answer(c) && !c->json)
		return ctl_fail(CTL_USAGE, "--codes -: only with --json; else name a new file");
	if (access(c->arguments[0], R_OK) != 0)
		return ctl_fail(CTL_IO, "%s: %s", c->arguments[0], strerror(errno));
	int status = buyer_file_read(c->arguments[0], BUYER_FIELDS_ADMITTED, &a.file) == 0 ? admit(c, &a) : CTL_BAD_DATA;
	if (status == 0 || status == CTL_BAD_DATA)
		(c->json ? show_json : show)(c, &a);
	admission_fini(&a);
	return status;
}
