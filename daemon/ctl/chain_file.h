/* A text file of JSON lines that proves itself: each line ends with the SHA-256 over its predecessor's hash and its own text,
 * the last one also with a signature.
 *
 *     {"line":1,…,"hash":"H1"}                          H1 = sha256(64 zeros "\n" {"line":1,…})
 *     {"line":2,…,"hash":"H2"}                          H2 = sha256(H1 "\n" {"line":2,…})
 *     {"line":3,…,"hash":"H3","signature":"S"}          S  = Ed25519 of "listingd.result.v1\n" H3
 *
 * So a line's text is what stands before `,"hash"`, with a `}` behind it, byte for byte. */
#ifndef CTL_CHAIN_FILE_H
#define CTL_CHAIN_FILE_H

#include "base/buf.h"
#include "seal/sign_key.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHAIN_HASH_BYTES = 65 };

struct chain {
	char hash[CHAIN_HASH_BYTES];
	int64_t lines; /* so many stand before */
};

void chain_begin(struct chain *c);
/* Appends the text of a line, a JSON object with a member at least; key: of the last line, else NULL. */
void chain_put(struct chain *c, struct buf *out, const char *text, const struct sign_key *key);

/* A line read back: cut in place. */
struct chain_line {
	const char *text, *hash, *signature; /* text: as it was put; signature: "" for none */
	bool fits;                           /* the hash is that of the text behind the line before */
};
/* false: it has not the form of a line, and is not counted. */
bool chain_take(struct chain *c, char *line, struct chain_line *out);
/* Whether the signature of the line just taken was made with that key. */
bool chain_is_signed(const struct chain_line *l, const char *public_key);

#endif
