/* buyer add, buyer list, buyer erase. */
#include "ctl/buyer_file.h"
#include "ctl/buyers.h"
#include "ctl/print.h"

#include "base/mem.h"
#include "core/person.h"
#include "listing/normalise.h"
#include "seal/vault.h"

#include <stdio.h>
#include <string.h>

static const char *text_or(const char *text) { return text ? text : ""; }

/* --- add */

static const struct {
	enum buyer_field field;
	const char *option;
} given[] = {
	{ BUYER_NAME, "name" },
	{ BUYER_PHONE, "phone" },
	{ BUYER_CARD, "card" },
	{ BUYER_LEVEL, "level" },
	{ BUYER_WISHES_FIELD, "wishes" },
	{ BUYER_CONSULTANT, "consultant" },
	{ BUYER_QUALIFICATION, "qualification" },
};

/* An option's text; `-` takes the next line of standard input, which no list of processes shows. */
static char *read_option(const char *text)
{
	char line[512];

	if (strcmp(text, "-") != 0)
		return normalise_text(text);
	if (!fgets(line, sizeof line, stdin))
		line[0] = '\0';
	char *clean = normalise_text(line);
	explicit_bzero(line, sizeof line);
	return clean;
}

static int read_options(struct ctl *c, struct buyer *b)
{
	const char *bad = buyer_field_read(BUYER_ID, c->arguments[0], b);

	if (bad || !b->id)
		return ctl_fail(CTL_USAGE, "id: %s", bad ? bad : "it is blank");
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		const char *text = ctl_option(c, given[i].option);

		if (!text)
			continue;
		char *clean = read_option(text);
		bad = buyer_field_read(given[i].field, clean, b);
		vault_wipe(clean);
		if (bad)
			return ctl_fail(CTL_USAGE, "--%s: %s", given[i].option, bad);
	}
	return 0;
}

static int put(struct ctl *c, struct buyer *b)
{
	struct buyers all = { 0 };
	char *json = NULL;
	int status = ctl_connect(c);

	if (status == 0)
		status = buyers_read(c, &all);
	const char *bad = status == 0 ? buyers_prepare(&all, b, &json) : NULL;
	if (bad)
		status = ctl_fail(CTL_REFUSED, "buyer %s: %s", b->id, bad);
	if (status == 0) {
		const char *args[] = { b->id, json };
		struct reply *r = ctl_write(c, "ld_buyer_put", all.project, 2, args, &status);

		if (r && c->json)
			printf("{\"count\":1,\"buyer\":\"%s\"}\n", b->id);
		else if (r)
			printf("Buyer %s stored.\n", b->id);
		reply_free(r);
	}
	mem_free(json);
	buyers_fini(&all);
	return status;
}

int verb_buyer_add(struct ctl *c)
{
	struct buyer b = { 0 };
	int status = read_options(c, &b);

	if (status == 0)
		status = put(c, &b);
	buyer_fini(&b);
	return status;
}

/* --- list */

static void number_text(const char *number, bool reveal, void (*mask)(const char *, char[PERSON_BYTES]),
                        char out[PERSON_BYTES])
{
	if (reveal)
		snprintf(out, PERSON_BYTES, "%s", number);
	else
		mask(number, out);
}

static void list_wishes(const struct buyer *b, struct buf *out)
{
	for (size_t i = 0; i < b->wish_count; i++)
		buf_addf(out, "%s%s", i ? "," : "", b->wishes[i]);
}

static void show_row(struct print_table *t, const struct buyer *b, bool opened, bool reveal)
{
	char phone[PERSON_BYTES], card[PERSON_BYTES];
	struct buf wishes = { 0 };

	number_text(text_or(b->phone), reveal, person_mask_phone, phone);
	number_text(text_or(b->card), reveal, person_mask_card, card);
	list_wishes(b, &wishes);
	print_cell(t, b->id);
	print_cell(t, opened ? text_or(b->name) : "(sealed)");
	print_cell(t, phone), print_cell(t, card), print_cell(t, text_or(b->level));
	print_cell(t, text_or(b->consultant)), print_cell(t, text_or(b->qualification));
	print_cell(t, buf_str(&wishes));
	vault_wipe(buf_take(&wishes));
}

static void emit_row(struct emit *j, const struct buyer *b, bool opened, bool reveal)
{
	char phone[PERSON_BYTES], card[PERSON_BYTES];

	number_text(text_or(b->phone), reveal, person_mask_phone, phone);
	number_text(text_or(b->card), reveal, person_mask_card, card);
	emit_open(j, NULL, '{');
	emit_text(j, "id", b->id);
	if (opened) {
		emit_text(j, "name", text_or(b->name));
		emit_text(j, "phone", phone);
		emit_text(j, "card", card);
		emit_open(j, "wishes", '[');
		for (size_t i = 0; i < b->wish_count; i++)
			emit_text(j, NULL, b->wishes[i]);
		emit_close(j, ']');
	} else {
		emit_bool(j, "sealed", true);
	}
	emit_text(j, "level", text_or(b->level));
	emit_text(j, "consultant", text_or(b->consultant));
	emit_text(j, "qualification", b->qualification ? b->qualification : "unknown");
	emit_close(j, '}');
}

static void show_all(struct ctl *c, const struct buyers *all, bool reveal)
{
	struct print_table t;
	struct emit j = { 0 };

	print_table_init(&t, "id|name|phone|card|level|consultant|qualification|wishes");
	emit_open(&j, NULL, '{');
	emit_open(&j, "buyers", '[');
	for (size_t i = 0; i + 1 < all->records->count; i += 2) {
		const char *text = reply_text(all->records, i + 1);
		struct buyer b;

		if (buyer_decode(text, strlen(text), &b) == 0 && !b.erased) {
			bool opened = buyer_open(&b, all->vault, all->project);

			if (c->json)
				emit_row(&j, &b, opened, reveal);
			else
				show_row(&t, &b, opened, reveal);
		}
		buyer_fini(&b);
	}
	emit_close(&j, ']');
	emit_close(&j, '}');
	print_table_end(&t, !c->json);
	if (c->json)
		emit_show(&j);
	buf_fini(&j.b);
}

int verb_buyer_list(struct ctl *c)
{
	bool reveal = ctl_option(c, "reveal") != NULL;
	struct buyers all = { 0 };
	int status = ctl_connect(c);

	if (status == 0 && reveal && !ctl_option(c, "reason"))
		status = ctl_fail(CTL_USAGE, "buyer list --reveal needs --reason; both are recorded");
	if (status == 0)
		status = buyers_read(c, &all);
	if (status == 0 && reveal) { /* first it is in the trail, then on the screen */
		const char *args[] = { ctl_option(c, "reason") };

		reply_free(ctl_write(c, "ld_buyer_reveal", all.project, 1, args, &status));
	}
	if (status == 0)
		show_all(c, &all, reveal);
	buyers_fini(&all);
	return status;
}

/* --- erase */

int verb_buyer_erase(struct ctl *c)
{
	const char *args[] = { c->arguments[0], ctl_option(c, "reason") };
	int status = ctl_connect(c);
	struct reply *r = status == 0 ? ctl_write(c, "ld_buyer_erase", ctl_option(c, "project"), 2, args, &status) : NULL;

	if (r && c->json)
		printf("{\"erased\":true}\n");
	else if (r)
		puts("Erased. What the append-only file and backups still hold is sealed; a rewrite (BGREWRITEAOF) drops it.");
	reply_free(r);
	return status;
}
