#include "net/listener.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Per turn, so that a connection storm leaves room for everything else on the loop. */
enum { ACCEPTS_PER_TURN = 64, BACKLOG = 4096 };
#define PAUSE_S 0.2
/* What the kernel may keep for a client beyond what is on its way to it. Left alone it takes up to 4 MiB (tcp_wmem): a slow
 * screen would first be fed minutes of old changes. Two full boards fit. */
enum { UNSENT_BYTES = 128 * 1024 };

static int open_spare(void) { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

static void out_of_descriptors(struct listener *l)
{
	/* Give up the spare one, take the waiting connection and close it; then rest, or a level-triggered loop spins. */
	close(l->spare_fd);
	int fd = accept4(l->io.fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	l->spare_fd = open_spare();
	log_warnx("listener", "out of file descriptors; pausing accept (raise LimitNOFILE or lower max_connections)");
	ev_io_stop(l->ev, &l->io);
	ev_timer_stop(l->ev, &l->pause);
	ev_timer_set(&l->pause, PAUSE_S, 0.);
	ev_timer_start(l->ev, &l->pause);
}

static void on_pause_over(struct ev_loop *ev, ev_timer *w, int events)
{
	UNUSED(events);
	struct listener *l = w->data;
	ev_io_start(ev, &l->io);
}

static void on_acceptable(struct ev_loop *ev, ev_io *w, int events)
{
	UNUSED(ev);
	UNUSED(events);
	struct listener *l = w->data;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			int on = 1;
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
			l->cb(l->ctx, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			out_of_descriptors(l);
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

static int bind_socket(const struct addrinfo *ai, bool shared)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol);
	if (fd < 0)
		return -1;
	int on = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	const int unsent = UNSENT_BYTES; /* accepted sockets inherit it */
	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int listener_start(struct listener *l, struct ev_loop *ev, const char *address, int64_t port, bool shared,
                   listener_cb cb, void *ctx, struct buf *why)
{
	*l = (struct listener){ .ev = ev, .spare_fd = -1, .cb = cb, .ctx = ctx };
	ev_io_init(&l->io, on_acceptable, -1, EV_READ);
	ev_timer_init(&l->pause, on_pause_over, 0., 0.);
	char service[16];
	snprintf(service, sizeof service, "%lld", (long long)port);
	struct addrinfo *found = NULL;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	int gai = getaddrinfo(address, service, &hints, &found);
	if (gai != 0) {
		buf_addf(why, "bind = %s is not an address: %s", address, gai_strerror(gai));
		return LD_E_UNAVAILABLE;
	}
	int fd = bind_socket(found, shared);
	freeaddrinfo(found);
	if (fd < 0) {
		buf_addf(why, "cannot listen on %s port %lld: %s", address, (long long)port, strerror(errno));
		return LD_E_UNAVAILABLE;
	}
	l->spare_fd = open_spare();
	ev_io_set(&l->io, fd, EV_READ);
	l->io.data = l->pause.data = l;
	ev_io_start(ev, &l->io);
	return 0;
}

void listener_stop(struct listener *l)
{
	if (!l->ev)
		return;
	ev_io_stop(l->ev, &l->io);
	ev_timer_stop(l->ev, &l->pause);
	if (l->io.fd >= 0)
		close(l->io.fd);
	if (l->spare_fd >= 0)
		close(l->spare_fd);
	l->ev = NULL;
}
