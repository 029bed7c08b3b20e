#include "ctl/code_list.h"

#include "base/buf.h"
#include "ctl/csv.h"
#include "seal/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void put_rows(struct buf *out, const struct code_row *rows, size_t count)
{
	buf_adds(out,
	         "\xef\xbb\xbf姓名,手机,验证码\r\n"); /* without the mark in front Excel takes it for another encoding */
	for (size_t i = 0; i < count; i++) {
		csv_put_cell(out, rows[i].name);
		buf_addc(out, ',');
		csv_put_cell(out, rows[i].phone);
		buf_addc(out, ',');
		csv_put_cell(out, rows[i].code);
		buf_adds(out, "\r\n");
	}
}

static int write_all(int fd, const char *text, size_t bytes)
{
	while (bytes > 0) {
		ssize_t n = write(fd, text, bytes);

		if (n < 0 && errno != EINTR)
			return -1;
		text += n > 0 ? n : 0;
		bytes -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd);
}

int code_list_write(const char *path, const struct code_row *rows, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct buf text = { 0 };

	if (fd < 0)
		return errno == EEXIST
		           ? ctl_fail(CTL_USAGE, "--codes %s: the file exists; codes are written to a new one", path)
		           : ctl_fail(CTL_IO, "%s cannot be written: %s", path, strerror(errno));
	put_rows(&text, rows, count);
	int failed = write_all(fd, buf_str(&text), text.len_bytes);
	int status = failed ? ctl_fail(CTL_IO, "%s cannot be written: %s", path, strerror(errno)) : 0;
	close(fd);
	if (failed)
		unlink(path);
	vault_wipe(buf_take(&text));
	return status;
}
