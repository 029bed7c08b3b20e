/* Sealing of personal data at rest. The keys live in a file outside Redis; Redis, its files and its logs only ever see what
 * comes out of here.
 *
 * The key file is text, readable by its owner only:
 *
 *     index <64 hex digits>       for look-ups; stays the same for ever, or duplicates are no longer found
 *     key <id> <64 hex digits>    one or more; the first one seals, all of them open (rotation: put a new one first)
 *
 * A sealed text is `v1.<key id>.<base64url of nonce and ciphertext>`: XChaCha20-Poly1305 with project and buyer id as
 * associated data, so that it opens only where it was put. The nonce is a keyed BLAKE2b of project, id and plaintext:
 * the same content gives the same bytes, which idempotency keys rely on (they compare arguments). All that this tells a
 * reader is that a buyer's record was written again unchanged. */
#ifndef SEAL_VAULT_H
#define SEAL_VAULT_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

enum { VAULT_INDEX_BYTES = 33, VAULT_KEY_ID_BYTES = 17, VAULT_NAME_BYTES = 17, VAULT_KEYS_MAX = 32 };

struct vault;

/* The keys of a file, to be freed with vault_free; NULL with a sentence in `why` that names the file and the line, never
 * what stands there. A file that others than its owner may read or write is refused. */
struct vault *vault_load(const char *path, struct buf *why);
void vault_free(struct vault *v); /* wipes; NULL is fine */

const char *vault_first_key(const struct vault *v); /* the id of the key that seals */
/* The id of the key that a sealed text needs, "" when it is no sealed text. */
void vault_key_of(const char *sealed, char out[VAULT_KEY_ID_BYTES]);

/* Appends the sealed text. */
void vault_seal(const struct vault *v, const char *project, const char *id, const char *plain, size_t plain_bytes,
                struct buf *out);
/* The plaintext, NUL-terminated, to be freed with vault_wipe; NULL when it is no sealed text, its key is not in the
 * file, it was sealed for another project or buyer, or somebody has changed it. */
char *vault_open(const struct vault *v, const char *project, const char *id, const char *sealed, size_t *plain_bytes);
void vault_wipe(char *plain); /* overwrites and frees; NULL is fine */

/* A value as it may be compared and stored: the same text of the same kind gives the same 32 hex digits, and without the
 * key nobody can try the few numbers that there are. */
void vault_index(const struct vault *v, const char *kind, const char *value, char out[VAULT_INDEX_BYTES]);
/* Sixteen letters made from a text, for new ids: the same each time, and never like a number of a person. */
void vault_name(const struct vault *v, const char *text, char out[VAULT_NAME_BYTES]);

/* Writing key files. Both return 0 or LD_E_BAD_REQUEST with a sentence. vault_file_new makes the file (mode 600) and
 * overwrites nothing; vault_file_rotate puts a new key in front of the others, all at once or not at all. */
MUST_CHECK int vault_file_new(const char *path, struct buf *why);
MUST_CHECK int vault_file_rotate(const char *path, struct buf *why);

#endif
