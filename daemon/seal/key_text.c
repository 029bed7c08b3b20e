#include "seal/key_text.h"

#include "base/err.h"
#include "base/mem.h"
#include "seal/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEX_DIGITS = 2 * KEY_TEXT_SECRET_BYTES };

void *key_text_complain(struct buf *why, const char *path, const char *what)
{
	buf_addf(why, "%s: %s", path, what);
	return NULL;
}

char *key_text_read(const char *path, struct buf *why) { return secret_file_read(path, S_IRWXG | S_IRWXO, why); }

bool key_text_hex(const char *text, unsigned char out[KEY_TEXT_SECRET_BYTES])
{
	size_t n = 0;
	return strlen(text) == HEX_DIGITS &&
	       sodium_hex2bin(out, KEY_TEXT_SECRET_BYTES, text, HEX_DIGITS, NULL, &n, NULL) == 0 &&
	       n == KEY_TEXT_SECRET_BYTES;
}

void key_text_put_secret(struct buf *out)
{
	unsigned char secret[KEY_TEXT_SECRET_BYTES];
	char hex[HEX_DIGITS + 1];
	randombytes_buf(secret, sizeof secret);
	buf_adds(out, sodium_bin2hex(hex, sizeof hex, secret, sizeof secret));
	sodium_memzero(secret, sizeof secret);
	sodium_memzero(hex, sizeof hex);
}

int key_text_write(const char *path, const char *like, const struct buf *text, struct buf *why)
{
	struct stat st;
	bool fine = !like || stat(like, &st) == 0;
	int fd = fine ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	fine = fd >= 0 && (!like || st.st_uid == geteuid() || fchown(fd, st.st_uid, st.st_gid) == 0) &&
	       write(fd, text->data, text->len_bytes) == (ssize_t)text->len_bytes && fsync(fd) == 0;
	if (!fine)
		key_text_complain(why, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (!fine && fd >= 0)
		unlink(path);
	return fine ? 0 : LD_E_BAD_REQUEST;
}

void key_text_wipe(struct buf *b)
{
	if (b->data)
		sodium_memzero(b->data, b->cap_bytes);
	buf_fini(b);
}
