/* The key with which a developer's own mini-program signs the links that bring buyers in (JWT, RFC 7519). One algorithm, that of
 * the settings: what a token says of its algorithm only ever leads to its refusal. */
#ifndef SEAL_LINK_KEY_H
#define SEAL_LINK_KEY_H

#include "base/buf.h"

struct link_key;

/* alg: HS256 (the file's text without the line break at its end is the shared secret: at least 32 bytes, and mode 600), RS256 or
 * ES256 (the file is a public key in PEM, that others may read and not write). NULL with a sentence in `why`, which never repeats
 * what stands in the file. */
struct link_key *link_key_load(const char *path, const char *alg, struct buf *why);
void link_key_free(struct link_key *k); /* wipes; NULL is fine */

/* The payload of a token whose signature is good, JSON text for mem_free; else NULL and a few words in *why. */
char *link_key_open(const struct link_key *k, const char *token, const char **why);

#endif
