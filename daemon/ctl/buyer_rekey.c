/* buyer rekey: everything sealed anew with the first key, and what older versions left in clear sealed at last.
 *
 * Each record is bound to what was read (`was`), so a change made meanwhile is never undone: it is looked at again in
 * the next pass. What is done already is passed over, so the verb may be interrupted and repeated. */
#include "ctl/buyers.h"
#include "ctl/print.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/sha1.h"
#include "core/person.h"
#include "seal/vault.h"

#include <stdio.h>
#include <string.h>

/* As many as go into one call; small, so that locks are not kept waiting. */
enum { BATCH = 100, PASSES = 10 };

struct rekey {
	struct ctl *c;
	struct buyers all;
	bool last; /* the pass that names what is left */
	size_t sealed, kept, left;
	size_t count;
	const char *pairs[2 * BATCH];
};

/* What an older version called a level may be any word: then it becomes a tag. */
static void move_level(struct buyer *b)
{
	if (b->level && (strlen(b->level) > 1 || !strchr("ABC", b->level[0]))) {
		char tag[BUYER_WISH_BYTES + 1];

		snprintf(tag, sizeof tag, "%s", b->level);
		buyer_wish(b, tag);
		b->level[0] = '\0';
	}
}

/* A number that is none by today's rules is kept as it was written. */
static void bring_into_form(char **number, const char *(*normal_form)(const char *, char[PERSON_BYTES]))
{
	char normal[PERSON_BYTES];

	if (*number && !normal_form(*number, normal)) {
		vault_wipe(*number);
		*number = mem_strdup(normal);
	}
}

/* The pair of a record that is to be sealed anew, or NULL: it is in order, or erased, or cannot be opened. */
static char *anew(struct rekey *k, const char *text)
{
	char was[SHA1_HEX_BYTES], key[VAULT_KEY_ID_BYTES];
	struct buf record = { 0 };
	struct buyer b;
	int err = buyer_decode(text, strlen(text), &b);

	vault_key_of(!err && b.sealed ? b.sealed : "", key);
	if (err || b.erased || (!b.sealed && !b.clear) || strcmp(key, vault_first_key(k->all.vault)) == 0) {
		k->kept++;
	} else if (!buyer_open(&b, k->all.vault, k->all.project)) {
		k->left++;
		if (k->last)
			ctl_fail(CTL_REFUSED, "buyer %s: key %s is not in the file, or the record was tampered with", b.id, key);
	} else {
		sha1_hex(text, strlen(text), was);
		move_level(&b);
		if (b.clear)
			bring_into_form(&b.phone, person_phone);
		buyer_seal(&b, k->all.vault, k->all.project);
		if (!b.consultant)
			b.consultant = mem_strdup("");
		buyer_encode(&record, &b, was);
	}
	buyer_fini(&b);
	return record.len_bytes ? buf_take(&record) : NULL;
}

static int send(struct rekey *k, size_t first, size_t count)
{
	int status = 0;
	struct reply *r = ctl_try(k->c, "ld_buyer_put", k->all.project, count * 2, k->pairs + first * 2, &status);

	if (!r)
		return status;
	if (ctl_is_ok(r)) {
		k->sealed += count;
	} else if (count > 1) {
		for (size_t i = 0; i < count && status == 0; i++) /* one of them is in the way: the others go alone */
			status = send(k, first + i, 1);
	} else if (strcmp(reply_text(r, 1), "stale_rev") == 0 || strcmp(reply_text(r, 1), "duplicate") == 0) {
		k->left++;
		if (k->last) {
			fprintf(stderr, "listingctl: buyer %s: ", k->pairs[first * 2]);
			ctl_refused(k->c, r);
		}
	} else {
		status = ctl_refused(k->c, r);
	}
	reply_free(r);
	return status;
}

static int flush(struct rekey *k)
{
	int status = k->count ? send(k, 0, k->count) : 0;

	for (size_t i = 0; i < k->count; i++)
		mem_free((void *)(uintptr_t)k->pairs[i * 2 + 1]);
	k->count = 0;
	return status;
}

/* Reads all and seals what needs it. */
static int pass(struct rekey *k)
{
	int status = buyers_read(k->c, &k->all);

	k->left = k->kept = 0;
	for (size_t i = 0; status == 0 && i + 1 < k->all.records->count; i += 2) {
		char *json = anew(k, reply_text(k->all.records, i + 1));

		if (!json)
			continue;
		k->pairs[k->count * 2] = reply_text(k->all.records, i);
		k->pairs[k->count++ * 2 + 1] = json;
		if (k->count == BATCH)
			status = flush(k);
	}
	int flushed = flush(k);
	buyers_fini(&k->all);
	return status ? status : flushed;
}

int verb_buyer_rekey(struct ctl *c)
{
	struct rekey k = { .c = c };
	size_t before = 1;
	int status = ctl_connect(c);

	for (int i = 0; status == 0 && i < PASSES && !k.last && before > 0; i++) {
		size_t sealed = k.sealed;

		status = pass(&k);
		before = k.left;
		/* Nothing moved and something is left: the last look tells what. */
		if (k.left && (k.sealed == sealed || i == PASSES - 2)) {
			k.last = true;
			status = status ? status : pass(&k);
		}
	}
	if (status != 0)
		return status;
	if (c->json) {
		struct emit j = { 0 };

		emit_open(&j, NULL, '{');
		emit_int(&j, "sealed", (int64_t)k.sealed);
		emit_int(&j, "kept", (int64_t)k.kept);
		emit_int(&j, "left", (int64_t)k.left);
		emit_close(&j, '}');
		emit_show(&j);
	} else {
		printf("%zu buyers sealed anew, %zu were in order, %zu could not be sealed.\n", k.sealed, k.kept, k.left);
	}
	return k.left ? CTL_REFUSED : CTL_OK;
}
