#include "ctl/verify_parts.h"

#include "base/map.h"
#include "base/mem.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct json *j, const char *name)
{
	const char *text = json_text_of(j, name);

	return text ? text : "";
}

/* A hash as it was read, for looking up; values are lent by the reply. */
static struct map *map_of(const struct reply *hash)
{
	struct map *m = map_new();

	for (size_t i = 0; i + 1 < hash->count; i += 2)
		map_set(m, reply_text(hash, i), hash->items[i + 1].text);
	return m;
}

static void compare_receipt(struct verify *v, const struct map *refs, const struct fold_receipt *trail, const char *no,
                            const struct json *j)
{
	const char *ref = text_of(j, "ref"), *registered = map_get(refs, ref);
	int64_t fen = 0;

	if (!json_whole(json_member(j, "fen"), &fen) || fen != trail->fen)
		differ(v, "receipt %s: the amount is %lld in Redis, %lld by the trail", no, (long long)fen,
		       (long long)trail->fen);
	if (strcmp(text_of(j, "deal"), trail->deal) != 0 || strcmp(text_of(j, "kind"), trail->kind) != 0)
		differ(v, "receipt %s: %s for deal %s in Redis, %s for deal %s by the trail", no, text_of(j, "kind"),
		       text_of(j, "deal"), trail->kind, trail->deal);
	if (*ref && (!registered || strcmp(registered, no) != 0))
		differ(v, "receipt %s: its reference is not registered, and could be counted again", no);
}

static size_t compare_receipts(struct verify *v)
{
	const struct reply *receipts = verify_part(v, PART_RECEIPTS);
	struct map *refs = map_of(verify_part(v, PART_REFS));
	size_t with_reference = 0;

	for (size_t i = 0; i + 1 < receipts->count; i += 2) {
		const char *no = reply_text(receipts, i);
		int64_t number = strtoll(no, NULL, 10);
		struct json *j = ctl_record(reply_text(receipts, i + 1));

		if (!j || number < 1 || number > v->fold.receipts) {
			differ(v, "receipt %s: %s", no, j ? "in Redis, but not in the trail" : "unreadable in Redis");
		} else {
			compare_receipt(v, refs, &v->fold.all_receipts[number - 1], no, j);
			with_reference += *text_of(j, "ref") != '\0';
		}
		json_free(j);
	}
	map_free(refs, NULL);
	return with_reference;
}

static void compare_contracts(struct verify *v)
{
	const struct reply *deals = verify_part(v, PART_DEALS);
	struct map *contracts = map_of(verify_part(v, PART_CONTRACTS));

	for (size_t i = 0; i + 1 < deals->count; i += 2) {
		const char *id = reply_text(deals, i);
		struct json *j = ctl_record(reply_text(deals, i + 1));
		const char *contract = text_of(j, "contract");
		const char *registered = *contract ? map_get(contracts, contract) : id;

		if (!registered || strcmp(registered, id) != 0)
			differ(v, "deal %s: its contract number is not registered, and could be used again", id);
		json_free(j);
	}
	map_free(contracts, NULL);
}

void verify_money(struct verify *v)
{
	size_t receipts = verify_part(v, PART_RECEIPTS)->count / 2, references = verify_part(v, PART_REFS)->count / 2;

	if ((int64_t)receipts != v->fold.receipts)
		differ(v, "receipts: %zu in Redis, %lld by the trail", receipts, (long long)v->fold.receipts);
	size_t with_reference = compare_receipts(v);
	if (references != with_reference)
		differ(v, "receipts: %zu have a reference, %zu references are registered", with_reference, references);
	compare_contracts(v);
}
