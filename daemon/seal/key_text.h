/* Key files as texts: read with care for who else may, written once and down to the disk, wiped. For vault_file.c and
 * sign_key.c. */
#ifndef SEAL_KEY_TEXT_H
#define SEAL_KEY_TEXT_H

#include "base/buf.h"

#include <stdbool.h>

/* A file of as many keys as there may be, with comments, has far less. */
enum { KEY_TEXT_MAX_BYTES = 16384, KEY_TEXT_SECRET_BYTES = 32 };

/* The text of the file, NUL-terminated, for vault_wipe; NULL with a sentence in `why`. One that others than its owner may use
 * is refused. */
char *key_text_read(const char *path, struct buf *why);
bool key_text_hex(const char *text, unsigned char out[KEY_TEXT_SECRET_BYTES]);
/* Appends 64 hex digits at random. The buffer has to have the room: growing would leave a copy behind. */
void key_text_put_secret(struct buf *out);
/* Writes a file (mode 600) that must not be there yet; it belongs to whom the file `like` does (NULL: to us). */
int key_text_write(const char *path, const char *like, const struct buf *text, struct buf *why);
void key_text_wipe(struct buf *b);                                            /* overwrites and frees */
void *key_text_complain(struct buf *why, const char *path, const char *what); /* NULL */

#endif
