#include "seal/secret_file.h"

#include "base/mem.h"
#include "seal/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_all(int fd, const char *path, struct buf *why)
{
	char *text = mem_zalloc(SECRET_FILE_MAX_BYTES + 1);
	ssize_t n, at = 0;
	while ((n = read(fd, text + at, (size_t)(SECRET_FILE_MAX_BYTES - at))) > 0)
		at += n;
	if (n == 0 && !memchr(text, '\0', (size_t)at))
		return text;
	buf_addf(why, "%s: %s", path, n < 0 ? strerror(errno) : "holds a NUL");
	vault_wipe(text);
	return NULL;
}

char *secret_file_read(const char *path, mode_t forbidden, struct buf *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	char *text = NULL;
	if (fd < 0 || fstat(fd, &st) != 0)
		buf_addf(why, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		buf_addf(why, "%s: is not a regular file", path);
	else if (st.st_mode & forbidden)
		buf_addf(why, "%s: others than its owner may use it (mode %03o); chmod 600 it", path,
		         (unsigned)st.st_mode & 0777);
	else if (st.st_size > SECRET_FILE_MAX_BYTES)
		buf_addf(why, "%s: is too large for a key file", path);
	else
		text = read_all(fd, path, why);
	if (fd >= 0)
		close(fd);
	return text;
}
