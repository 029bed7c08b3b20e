#include "net/upload.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int upload_begin(struct upload *u, unsigned *count)
{
	const char *folder = getenv("TMPDIR");
	if (*count >= UPLOADS_MAX)
		return LD_E_RATE_LIMITED;
	char *path = mem_printf("%s/listingd-upload-XXXXXX", folder && *folder ? folder : "/tmp");
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		log_warn("upload", "%s cannot be made", path);
		mem_free(path);
		return LD_E_UNAVAILABLE;
	}
	*u = (struct upload){ path, fd, count };
	++*count;
	return 0;
}

bool upload_add(struct upload *u, const char *in, size_t bytes)
{
	while (bytes > 0) {
		ssize_t n = write(u->fd, in, bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_warn("upload", "%s cannot be written", u->path);
			return false;
		}
		in += n;
		bytes -= (size_t)n;
	}
	return true;
}

void upload_end(struct upload *u)
{
	if (!u->path)
		return;
	close(u->fd);
	unlink(u->path);
	mem_free(u->path);
	--*u->count;
	*u = (struct upload){ 0 };
}
