#include "loop/child.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NICENESS = 10 };

struct child {
	struct loop *loop;
	ev_child exited;
	ev_io readable;
	struct loop_timer timeout;
	int fd; /* -1: its output has ended */
	pid_t pid;
	bool ended; /* and was waited for */
	int status;
	size_t out_max_bytes;
	struct buf out;
	child_cb cb;
	void *ctx;
};

static void child_free(struct child *c)
{
	ev_child_stop(loop_native(c->loop), &c->exited);
	ev_io_stop(loop_native(c->loop), &c->readable);
	loop_timer_stop(&c->timeout);
	if (c->fd >= 0)
		close(c->fd);
	buf_fini(&c->out);
	mem_free(c);
}

/* Both must have come: the end of the output and the end of the process. */
static void finish_when_done(struct child *c)
{
	if (!c->ended || c->fd >= 0)
		return;
	int status = WIFEXITED(c->status) ? WEXITSTATUS(c->status) : -1;
	c->cb(c->ctx, status, buf_str(&c->out), c->out.len_bytes);
	child_free(c);
}

static void on_exit_of(struct ev_loop *ev, ev_child *w, int events)
{
	UNUSED(events);
	struct child *c = w->data;
	c->ended = true;
	c->status = w->rstatus;
	ev_child_stop(ev, w);
	finish_when_done(c);
}

static void on_readable(struct ev_loop *ev, ev_io *w, int events)
{
	UNUSED(events);
	struct child *c = w->data;
	char chunk[4096];
	ssize_t n = read(c->fd, chunk, sizeof chunk);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		size_t room = c->out_max_bytes - c->out.len_bytes;
		buf_add(&c->out, chunk, (size_t)n < room ? (size_t)n : room);
		return;
	}
	ev_io_stop(ev, w);
	close(c->fd);
	c->fd = -1;
	finish_when_done(c);
}

static void on_timeout(void *ctx)
{
	struct child *c = ctx;
	log_warnx("child", "process %d takes too long and is killed", (int)c->pid);
	if (!c->ended)
		kill(c->pid, SIGKILL);
	/* Somebody may have inherited its output: that is not waited for. */
	if (c->fd >= 0) {
		ev_io_stop(loop_native(c->loop), &c->readable);
		close(c->fd);
		c->fd = -1;
	}
	finish_when_done(c);
}

static int spawn(pid_t *pid, int out, const char *const *argv, const char *const *environment)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults, none;
	sigemptyset(&none);
	sigfillset(&defaults);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int err = posix_spawn(pid, argv[0], &files, &attributes, (char *const *)(uintptr_t)argv,
	                      (char *const *)(uintptr_t)environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

struct child *child_start(struct loop *l, const char *const *argv, const char *const *environment, int64_t timeout_ms,
                          size_t out_max_bytes, child_cb cb, void *ctx)
{
	int pipe_fds[2];
	pid_t pid;
	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
		log_warn("child", "no pipe for %s", argv[0]);
		return NULL;
	}
	/* Only this end is non-blocking: the child expects to be able to wait for us. */
	fcntl(pipe_fds[1], F_SETFL, 0);
	errno = spawn(&pid, pipe_fds[1], argv, environment);
	close(pipe_fds[1]);
	if (errno != 0) {
		log_warn("child", "%s cannot be started", argv[0]);
		close(pipe_fds[0]);
		return NULL;
	}
	setpriority(PRIO_PROCESS, (id_t)pid, NICENESS);
	struct child *c = mem_zalloc(sizeof *c);
	*c = (struct child){
		.loop = l, .fd = pipe_fds[0], .pid = pid, .out_max_bytes = out_max_bytes, .cb = cb, .ctx = ctx
	};
	ev_child_init(&c->exited, on_exit_of, pid, 0);
	ev_io_init(&c->readable, on_readable, c->fd, EV_READ);
	c->exited.data = c->readable.data = c;
	ev_child_start(loop_native(l), &c->exited);
	ev_io_start(loop_native(l), &c->readable);
	loop_timer_init(&c->timeout, l, on_timeout, c);
	loop_timer_after(&c->timeout, timeout_ms);
	return c;
}

void child_stop(struct child *c)
{
	if (!c)
		return;
	if (!c->ended) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	child_free(c);
}
