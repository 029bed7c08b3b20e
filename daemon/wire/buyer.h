/* A buyer's record as it lies in Redis, and what is sealed in it.
 *
 *     {"id","consultant","level","qualification","sealed","phone_ix","card_ix"}     sealed: {"name","phone","card","wishes":[…]}
 *     {"id","erased":ms}                                                            what is left of an erased one
 *
 * Records of older versions hold name and phone in clear; they are read, and never written. */
#ifndef WIRE_BUYER_H
#define WIRE_BUYER_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { BUYER_NAME_BYTES = 96, BUYER_WISHES = 20, BUYER_WISH_BYTES = 60 };

struct vault;
struct json;

/* Texts are owned, and NULL when the record (or the change that it stands for) does not have them. */
struct buyer {
	char *id, *consultant, *level, *qualification;
	char *sealed;
	char phone_ix[33], card_ix[33]; /* of `sealed`; "" for none */
	bool erased;
	bool clear; /* name and phone lay in clear */
	char *name, *phone, *card;
	bool has_wishes;
	size_t wish_count;
	char *wishes[BUYER_WISHES];
};

/* 0, or LD_E_BAD_REQUEST when it is no record. Either way buyer_fini is due, which wipes. */
MUST_CHECK int buyer_decode(const char *json, size_t bytes, struct buyer *out);
void buyer_fini(struct buyer *b);

/* Opens what is sealed into name, phone, card and wishes; true also when nothing is. False when it cannot be opened; v
 * may be NULL. */
MUST_CHECK bool buyer_open(struct buyer *b, const struct vault *v, const char *project);
/* Seals name, phone, card and wishes (normalised by the caller) into sealed, phone_ix and card_ix. */
void buyer_seal(struct buyer *b, const struct vault *v, const char *project);
/* What of name, phone, card and wishes is NULL here comes from there, copied. */
void buyer_keep(struct buyer *b, const struct buyer *old);
bool buyer_is_equal(const struct buyer *a, const struct buyer *b); /* in what is sealed */

/* A tag more; false when there are BUYER_WISHES. Copied. An equal one is not put twice. */
bool buyer_wish(struct buyer *b, const char *tag);

/* The record for ld_buyer_put, members that are NULL left out. was: of the record that was seen; NULL does not say. */
void buyer_encode(struct buf *out, const struct buyer *b, const char *was);

/* The look-up value of a number in its normal form. */
void buyer_phone_index(const struct vault *v, const char *phone, char out[33]);
void buyer_card_index(const struct vault *v, const char *card, char out[33]);

#endif
