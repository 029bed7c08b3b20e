/* Running a program within limits (child.h). */
#include "listing/child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_STARTED = 127, MAX_ERROR_BYTES = 4096, CHUNK = 65536 };

static void limit(int what, size_t value)
{
	struct rlimit r = { .rlim_cur = value, .rlim_max = value };

	if (setrlimit((__rlimit_resource_t)what, &r) != 0)
		_exit(EXIT_NOT_STARTED);
}

_Noreturn static void become(const char *const *argv, const struct child_limits *limits, int output, int errors)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0); /* so that one signal reaches all it starts */
	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0)
		_exit(EXIT_NOT_STARTED);
	signal(SIGPIPE, SIG_DFL);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
	setenv("PYTHONIOENCODING", "utf-8", 1);
	limit(RLIMIT_CPU, limits->cpu_s);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_AS, limits->memory_bytes); /* last: nothing may be allocated from here on */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(EXIT_NOT_STARTED);
}

/* Reads what is there; closes and marks the descriptor at its end. */
static void drain(struct pollfd *p, struct buf *to)
{
	ssize_t got;

	if (p->fd < 0 || p->revents == 0)
		return;
	got = read(p->fd, buf_grow(to, CHUNK), CHUNK);
	if (got > 0) {
		to->len_bytes += (size_t)got;
	} else if (got == 0 || errno != EINTR) {
		close(p->fd);
		p->fd = -1;
	}
}

static void keep_tail(struct buf *b)
{
	if (b->len_bytes <= MAX_ERROR_BYTES)
		return;
	memmove(b->data, b->data + b->len_bytes - MAX_ERROR_BYTES, MAX_ERROR_BYTES);
	b->len_bytes = MAX_ERROR_BYTES;
}

static enum child_end collect(struct pollfd fds[2], const struct child_limits *limits, struct buf *output,
                              struct buf *errors)
{
	int64_t until = clock_mono_ms() + (int64_t)limits->wall_s * 1000;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int64_t left = until - clock_mono_ms();

		if (left <= 0)
			return CHILD_TOO_LONG;
		if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
			return CHILD_FAILED;
		drain(&fds[0], output);
		drain(&fds[1], errors);
		keep_tail(errors);
		if (output->len_bytes > limits->output_bytes)
			return CHILD_TOO_MUCH;
	}
	return CHILD_DONE;
}

static enum child_end judge(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0                  ? CHILD_DONE
		       : WEXITSTATUS(status) == EXIT_NOT_STARTED ? CHILD_NOT_STARTED
		                                                 : CHILD_FAILED;
	return WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL ? CHILD_TOO_LONG : CHILD_FAILED;
}

enum child_end child_run(const char *const *argv, const struct child_limits *limits, struct buf *output,
                         struct buf *errors)
{
	int out[2], err[2], status = 0;
	enum child_end end;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0)
		return CHILD_NOT_STARTED;
	if (pipe2(err, O_CLOEXEC) != 0) {
		close(out[0]);
		close(out[1]);
		return CHILD_NOT_STARTED;
	}
	pid = fork();
	if (pid == 0)
		become(argv, limits, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	struct pollfd fds[2] = { { .fd = out[0], .events = POLLIN }, { .fd = err[0], .events = POLLIN } };
	end = pid > 0 ? collect(fds, limits, output, errors) : CHILD_NOT_STARTED;
	for (int i = 0; i < 2; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	if (pid < 0)
		return end;
	if (end != CHILD_DONE && kill(-pid, SIGKILL) != 0)
		kill(pid, SIGKILL); /* it has not made its group yet */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return end == CHILD_DONE ? judge(status) : end;
}
