/* Reading files that hold keys. */
#ifndef SEAL_SECRET_FILE_H
#define SEAL_SECRET_FILE_H

#include "base/buf.h"

#include <sys/types.h>

enum { SECRET_FILE_MAX_BYTES = 16384 }; /* a file of VAULT_KEYS_MAX keys with comments has far less */

/* The text of a regular file of at most SECRET_FILE_MAX_BYTES, NUL-terminated, for vault_wipe; NULL with a sentence in `why` that
 * names the file. A file that others may use in a way of `forbidden` (bits of its mode) is refused. */
char *secret_file_read(const char *path, mode_t forbidden, struct buf *why);

#endif
