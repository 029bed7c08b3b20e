/* Text of unknown encoding to UTF-8: byte order mark, else strict UTF-8, else GB18030 (which covers GBK and GB2312). */
#ifndef LISTING_ENCODING_H
#define LISTING_ENCODING_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

/* Stores UTF-8 without mark in *out and the encoding's name in *name. -1 with a sentence in *why when the bytes are no text in any
 * of them. */
MUST_CHECK int encoding_to_utf8(const char *bytes, size_t count, struct buf *out, const char **name, const char **why);

/* Strict: no overlong forms, surrogates, or code points above U+10FFFF; no NUL. */
bool encoding_is_utf8(const char *bytes, size_t count);

#endif
