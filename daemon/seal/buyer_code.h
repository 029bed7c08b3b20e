/* One-time codes with which buyers sign in on launch day: made by us or taken from the office's list, kept only as keyed
 * hashes. */
#ifndef SEAL_BUYER_CODE_H
#define SEAL_BUYER_CODE_H

#include "seal/vault.h"

enum { BUYER_CODE_BYTES = 9 }; /* of one that we make, with its NUL */

/* Eight characters without look-alikes, made from a text: the same each time, and nobody without the keys can know them. */
void buyer_code_make(const struct vault *v, const char *text, char out[BUYER_CODE_BYTES]);

/* What is stored and compared: of a code in its normal form (person_code) and the look-up value of the buyer's telephone
 * number. A rehearsal `P--x` takes the codes of P. */
void buyer_code_index(const struct vault *v, const char *project, const char *phone_ix, const char *code,
                      char out[VAULT_INDEX_BYTES]);

#endif
