/* buyer import: a file of buyers into a project. What the file says is shown first; only a file without a problem goes
 * further, and then all of it or nothing. */
#include "ctl/buyer_match.h"
#include "ctl/buyer_show.h"

#include "base/mem.h"
#include "core/person.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct outcome {
	bool dry, written;
	size_t added, changed;
	const char **pairs; /* id (lent) and record */
	struct buyer_strangers strangers;
};

/* --- showing */

static const char *text_or(const char *text) { return text ? text : ""; }

static void show_first(const struct buyer_file *f)
{
	struct print_table t;

	puts("\nthe first buyers, as they are understood (numbers masked):");
	print_table_init(&t, "  >row|id|name|phone|card|level|consultant|qualification|>tags");
	for (size_t i = 0; i < f->count && i < BUYER_FIRST_ROWS; i++) {
		const struct buyer *b = &f->rows[i].b;
		char phone[PERSON_BYTES], card[PERSON_BYTES];

		person_mask_phone(text_or(b->phone), phone);
		person_mask_card(text_or(b->card), card);
		print_cellf(&t, "%u", f->rows[i].number);
		print_cell(&t, text_or(b->id)), print_cell(&t, text_or(b->name));
		print_cell(&t, phone), print_cell(&t, card), print_cell(&t, text_or(b->level));
		print_cell(&t, text_or(b->consultant)), print_cell(&t, text_or(b->qualification));
		print_cellf(&t, "%zu", b->wish_count);
	}
	print_table_show(&t);
}

static void show(const struct ctl *c, const struct buyer_file *f, const struct outcome *o)
{
	buyer_show_file(f, c->arguments[0]);
	if (f->count)
		show_first(f);
	printf("\nbuyers: %zu\n", f->count);
	buyer_show_strangers(&o->strangers);
	buyer_show_problems(f);
	if (f->problem_count)
		ctl_fail(CTL_BAD_DATA, "%s: %zu problem%s; nothing was changed", c->arguments[0], f->problem_count,
		         f->problem_count == 1 ? "" : "s");
	else if (o->written)
		printf("Imported into project %s: %zu new, %zu changed, %zu unchanged.\n", ctl_option(c, "project"), o->added,
		       o->changed, f->count - o->added - o->changed);
	else if (o->dry)
		printf("Dry run, nothing was written; project %s: %zu new, %zu known.\n", ctl_option(c, "project"), o->added,
		       f->count - o->added);
}

static void show_json(const struct ctl *c, const struct buyer_file *f, const struct outcome *o)
{
	struct emit j = { 0 };

	emit_open(&j, NULL, '{');
	emit_text(&j, "project", ctl_option(c, "project"));
	buyer_emit_file(&j, f, ctl_option(c, "nameless") ? NULL : c->arguments[0]);
	buyer_emit_first(&j, f);
	buyer_emit_strangers(&j, &o->strangers);
	emit_bool(&j, "dry_run", o->dry);
	emit_bool(&j, "written", o->written);
	if (!f->problem_count) {
		emit_int(&j, "added", (int64_t)o->added);
		if (o->written)
			emit_int(&j, "changed", (int64_t)o->changed);
	}
	emit_close(&j, '}');
	emit_show(&j);
}

/* --- the verb */

static int write_all(struct ctl *c, const struct buyer_file *f, struct outcome *o)
{
	int status = 0;
	struct reply *r = ctl_write(c, "ld_buyer_put", ctl_option(c, "project"), f->count * 2, o->pairs, &status);

	if (r) {
		o->written = true;
		o->added = (size_t)reply_get_int(r, 1, "added", 0);
		o->changed = (size_t)reply_get_int(r, 1, "changed", 0);
	}
	reply_free(r);
	return status;
}

static int import(struct ctl *c, struct buyer_file *f, struct outcome *o)
{
	struct buyers all = { 0 };
	int status = ctl_connect(c);

	if (status == 0)
		status = buyers_read(c, &all);
	if (status == 0) {
		o->pairs = buyers_match(f, &all, &o->added);
		if (f->problem_count)
			status = CTL_BAD_DATA;
		else
			status = buyers_strangers(c, f, &o->strangers);
		if (status == 0 && !o->dry)
			status = write_all(c, f, o);
	}
	buyers_fini(&all);
	return status;
}

int verb_buyer_import(struct ctl *c)
{
	struct outcome o = { .dry = ctl_option(c, "dry-run") != NULL };
	struct buyer_file f;

	if (access(c->arguments[0], R_OK) != 0)
		return ctl_fail(CTL_IO, "%s: %s", c->arguments[0], strerror(errno));
	int status = buyer_file_read(c->arguments[0], BUYER_FIELDS, &f) == 0 ? 0 : CTL_BAD_DATA;
	if (status == 0)
		status = import(c, &f, &o);
	if (status == 0 || status == CTL_BAD_DATA)
		(c->json ? show_json : show)(c, &f, &o);
	buyers_match_free(o.pairs, f.count);
	mem_free(o.strangers.rows);
	buyer_file_fini(&f);
	return status;
}
