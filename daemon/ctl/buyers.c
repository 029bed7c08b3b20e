#include "ctl/buyers.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/sha1.h"
#include "seal/vault.h"

#include <string.h>

static struct map *map_of(const struct reply *flat)
{
	struct map *m = map_new();

	for (size_t i = 0; i + 1 < flat->count; i += 2)
		map_set(m, reply_text(flat, i), flat->items[i + 1].text);
	return m;
}

static struct reply *hash(struct ctl *c, const char *suffix, struct map **m, int *status)
{
	char *key = ctl_key(ctl_option(c, "project"), suffix);
	struct reply *r = *status == 0 ? ctl_ask(c, status, "HGETALL", key, NULL) : NULL;

	if (r)
		*m = map_of(r);
	mem_free(key);
	return r;
}

int buyers_read(struct ctl *c, struct buyers *out)
{
	int status = 0;

	*out = (struct buyers){ .project = ctl_option(c, "project"), .vault = ctl_vault(c, &status) };
	if (!out->vault)
		return status;
	out->records = hash(c, ":buyers", &out->by_id, &status);
	out->phones = hash(c, ":buyers:phone", &out->by_phone, &status);
	out->cards = hash(c, ":buyers:card", &out->by_card, &status);
	return status;
}

void buyers_fini(struct buyers *all)
{
	struct map *maps[] = { all->by_id, all->by_phone, all->by_card };

	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
		if (maps[i])
			map_free(maps[i], NULL);
	reply_free(all->records);
	reply_free(all->phones);
	reply_free(all->cards);
}

static const char *merge(const struct buyers *all, struct buyer *change, struct buyer *old)
{
	if (old->erased)
		return "this buyer was erased; the id is not given again";
	if (!buyer_open(old, all->vault, all->project))
		return "what is sealed in this buyer's record cannot be opened with these keys";
	buyer_keep(change, old);
	if (!change->consultant && old->consultant)
		change->consultant = mem_strdup(old->consultant);
	/* Sealing again what is the same would only be a change without a reason. */
	if (!old->sealed || !buyer_is_equal(change, old))
		buyer_seal(change, all->vault, all->project);
	return NULL;
}

const char *buyers_prepare(const struct buyers *all, struct buyer *change, char **json)
{
	const char *text = map_get(all->by_id, change->id), *bad = NULL;
	struct buyer old = { 0 };
	struct buf record = { 0 };
	char was[SHA1_HEX_BYTES] = "";

	if (text) {
		sha1_hex(text, strlen(text), was);
		bad = buyer_decode(text, strlen(text), &old) == 0 ? merge(all, change, &old) : "the record in Redis is broken";
	} else {
		buyer_seal(change, all->vault, all->project);
	}
	if (!bad && !change->consultant)
		change->consultant = mem_strdup("");
	if (!bad && (!change->name || !change->name[0]))
		bad = "a buyer needs a name";
	if (!bad) {
		buyer_encode(&record, change, was);
		*json = buf_take(&record);
	}
	buyer_fini(&old);
	return bad;
}

static bool says(const char *record, const char *change)
{
	return !change || strcmp(record ? record : "", change) == 0;
}

bool buyers_is_known(const struct buyers *all, const struct buyer *change)
{
	const char *text = map_get(all->by_id, change->id);
	struct buyer old = { 0 };
	/* What was merged is sealed anew only when it differs. */
	bool known = text && !change->sealed && buyer_decode(text, strlen(text), &old) == 0 &&
	             says(old.consultant, change->consultant) && says(old.level, change->level) &&
	             says(old.qualification, change->qualification);

	buyer_fini(&old);
	return known;
}
