#include "net/upload.h"

#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file comes and is read within minutes. */
enum { LEFT_OVER_S = 3600 };
static const char name_begins[] = "listingd-upload-";

static const char *temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");
	return folder && *folder ? folder : "/tmp";
}

void upload_clear_leftovers(void)
{
	DIR *d = opendir(temporary_folder());
	struct stat st;
	for (struct dirent *e; d && (e = readdir(d));)
		if (strncmp(e->d_name, name_begins, sizeof name_begins - 1) == 0 &&
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_uid == geteuid() && time(NULL) - st.st_mtime > LEFT_OVER_S)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

int upload_begin(struct upload *u, unsigned *count)
{
	if (*count >= UPLOADS_MAX)
		return LD_E_RATE_LIMITED;
	char *path = mem_printf("%s/%sXXXXXX", temporary_folder(), name_begins);
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
