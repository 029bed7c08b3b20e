#include "ctl/buyer_match.h"

#include "base/map.h"
#include "base/mem.h"
#include "seal/vault.h"

#include <string.h>

/* Whose number it is already: an id, or NULL. */
static const char *owner(const struct buyers *all, const struct map *index, const char *number,
                         void (*make)(const struct vault *, const char *, char[33]))
{
	char ix[33];

	if (!number || !number[0])
		return NULL;
	make(all->vault, number, ix);
	return map_get(index, ix);
}

static char *new_id(const struct buyers *all, const struct buyer *b)
{
	const char *number = b->phone ? b->phone : b->card;
	char name[VAULT_NAME_BYTES];
	char *seed = mem_printf("%s/import/%s", all->project, number);

	vault_name(all->vault, seed, name);
	vault_wipe(seed);
	return mem_printf("b%s", name);
}

/* A row without an id is the buyer who has its numbers, or a new one. */
static void find_buyer(struct buyer_file *f, const struct buyers *all, const struct map *in_file, struct buyer_row *r)
{
	const char *by_phone = owner(all, all->by_phone, r->b.phone, buyer_phone_index);
	const char *by_card = owner(all, all->by_card, r->b.card, buyer_card_index);

	if (!r->b.id) {
		r->b.id = by_phone || by_card ? mem_strdup(by_phone ? by_phone : by_card) : new_id(all, &r->b);
		if (by_phone && map_get(in_file, by_phone))
			buyer_file_problem(f, r->number, BUYER_PHONE, "buyer %s, who has this number, stands in another row",
			                   by_phone);
	}
	/* Who has the number and stands in the file, too, may be giving it up: Redis decides that. */
	if (by_phone && strcmp(by_phone, r->b.id) != 0 && !map_get(in_file, by_phone))
		buyer_file_problem(f, r->number, BUYER_PHONE, "buyer %s of the project has this telephone number", by_phone);
	if (by_card && strcmp(by_card, r->b.id) != 0 && !map_get(in_file, by_card))
		buyer_file_problem(f, r->number, BUYER_CARD, "buyer %s of the project has this card number", by_card);
}

const char **buyers_match(struct buyer_file *f, const struct buyers *all, size_t *added)
{
	struct map *in_file = map_new(), *seen = map_new();
	const char **pairs = mem_calloc(f->count * 2, sizeof *pairs);

	for (size_t i = 0; i < f->count; i++)
		if (f->rows[i].b.id)
			map_set(in_file, f->rows[i].b.id, &f->rows[i]);
	*added = 0;
	for (size_t i = 0; i < f->count; i++) {
		struct buyer_row *r = &f->rows[i];
		char *json = NULL;

		find_buyer(f, all, in_file, r);
		const struct buyer_row *before = map_set(seen, r->b.id, r);
		if (before)
			buyer_file_problem(f, r->number, -1, "this is the buyer of row %u", before->number);
		*added += !map_get(all->by_id, r->b.id);
		const char *bad = buyers_prepare(all, &r->b, &json);
		if (bad)
			buyer_file_problem(f, r->number, -1, "%s", bad);
		pairs[i * 2] = r->b.id;
		pairs[i * 2 + 1] = json;
	}
	map_free(in_file, NULL);
	map_free(seen, NULL);
	return pairs;
}

void buyers_match_free(const char **pairs, size_t count)
{
	for (size_t i = 0; pairs && i < count; i++)
		mem_free((void *)(uintptr_t)pairs[i * 2 + 1]);
	mem_free(pairs);
}

int buyers_strangers(struct ctl *c, const struct buyer_file *f, struct buyer_strangers *out)
{
	int status = 0;
	struct reply *r = ctl_ask(c, &status, "HKEYS", "ld:accounts", NULL);
	struct map *known = map_new();

	*out = (struct buyer_strangers){ .rows = mem_calloc(f->count, sizeof(const struct buyer_row *)) };
	for (size_t i = 0; r && i < r->count; i++)
		map_set(known, reply_text(r, i), r);
	for (size_t i = 0; r && i < f->count; i++) {
		const char *consultant = f->rows[i].b.consultant;

		if (!consultant || !consultant[0] || map_get(known, consultant))
			continue;
		out->rows[out->count++] = &f->rows[i];
		map_set(known, consultant, r); /* said once */
	}
	map_free(known, NULL);
	reply_free(r);
	return status;
}
