#include "ctl/new_file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *path) { return ctl_fail(CTL_IO, "%s cannot be written: %s", path, strerror(errno)); }

/* The folder's part of a path, with the slash; empty for the current folder. */
static int folder_bytes(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path + 1) : 0;
}

static int begin(struct new_file *f, const char *path, mode_t mode)
{
	int folder = folder_bytes(path);

	*f = (struct new_file){ .path = mem_strdup(path),
		                    .temporary = mem_printf("%.*s.%s.XXXXXX", folder, path, path + folder) };
	int fd = mkostemp(f->temporary, O_CLOEXEC);
	if (fd >= 0 && fchmod(fd, mode) == 0 && close(fd) == 0)
		return 0;
	int status = complain(path);
	if (fd >= 0)
		unlink(f->temporary);
	mem_free(f->path);
	mem_free(f->temporary);
	return status;
}

/* As any other program would have made it, not for the owner only. */
int new_file_begin(struct new_file *f, const char *path)
{
	mode_t mask = umask(0);

	umask(mask);
	return begin(f, path, 0666 & ~mask);
}

static int exists(const char *path) { return ctl_fail(CTL_IO, "%s is there already; nothing is overwritten", path); }

int new_file_begin_once(struct new_file *f, const char *path)
{
	if (access(path, F_OK) == 0)
		return exists(path);
	int status = begin(f, path, 0600);
	f->once = true;
	return status;
}

static int sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd) != 0;

	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

static int put_in_place(const struct new_file *f)
{
	int folder = folder_bytes(f->path);
	char *name = folder ? mem_strndup(f->path, (size_t)folder) : mem_strdup(".");
	unsigned flags = f->once ? RENAME_NOREPLACE : 0;
	int failed = sync_path(f->temporary, O_RDONLY) != 0 ||
	             renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->path, flags) != 0 ||
	             sync_path(name, O_RDONLY | O_DIRECTORY) != 0;

	mem_free(name);
	if (failed && errno == EEXIST)
		return exists(f->path);
	return failed ? complain(f->path) : 0;
}

int new_file_end(struct new_file *f, int status)
{
	if (status == 0)
		status = put_in_place(f);
	if (status != 0)
		unlink(f->temporary);
	mem_free(f->path);
	mem_free(f->temporary);
	return status;
}
