#include "loop/supervisor.h"

#include "base/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void tell(const struct supervisor *s, const char *state)
{
	if (s->fd >= 0 && send(s->fd, state, strlen(state), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("supervisor", "%s not told: %s", state, strerror(errno));
}

static int open_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t bytes = strlen(path);
	if (!bytes || bytes >= sizeof to.sun_path) {
		log_warnx("supervisor", "NOTIFY_SOCKET is not a path of a Unix socket; the service manager is told nothing");
		return -1;
	}
	memcpy(to.sun_path, path, bytes);
	/* An abstract name is written with an @ where the address has a NUL (unix(7)). */
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes)) == 0)
		return fd;
	log_warnx("supervisor", "%s: %s; the service manager is told nothing", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Zero: the manager does not watch this process. */
static int64_t watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	if (!usec || (pid && strtoll(pid, NULL, 10) != (long long)getpid()))
		return 0;
	return strtoll(usec, NULL, 10) / 1000;
}

static void on_alive(void *ctx) { tell(ctx, "WATCHDOG=1"); }

void supervisor_ready(struct supervisor *s, struct loop *l)
{
	const char *path = getenv("NOTIFY_SOCKET");
	s->fd = path ? open_to(path) : -1;
	loop_timer_init(&s->timer, l, on_alive, s);
	tell(s, "READY=1");
	/* Two may be late or lost before the third is missed. */
	int64_t every_ms = watchdog_ms() / 3;
	if (s->fd >= 0 && every_ms > 0)
		loop_timer_every(&s->timer, every_ms);
}

void supervisor_stopping(struct supervisor *s) { tell(s, "STOPPING=1"); }

void supervisor_close(struct supervisor *s)
{
	loop_timer_stop(&s->timer);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
