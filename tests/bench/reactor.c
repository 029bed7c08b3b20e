#include "reactor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

static int epoll_fd = -1;

void fatal(const char *fmt, ...)
{
	va_list ap;
	fflush(stdout);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

unsigned raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		fatal("cannot read the descriptor limit: %s", strerror(errno));
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		fatal("cannot raise the descriptor limit: %s", strerror(errno));
	return (unsigned)limit.rlim_cur;
}

void reactor_init(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		fatal("epoll_create1: %s", strerror(errno));
}

static void control(int op, struct source *s, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = s };
	if (epoll_ctl(epoll_fd, op, fd, &event) != 0)
		fatal("epoll_ctl: %s", strerror(errno));
}

void reactor_add(struct source *s, int fd, uint32_t events) { control(EPOLL_CTL_ADD, s, fd, events); }

void reactor_change(struct source *s, int fd, uint32_t events) { control(EPOLL_CTL_MOD, s, fd, events); }

void reactor_turn(int timeout_ms)
{
	struct epoll_event events[512];
	int n = epoll_wait(epoll_fd, events, 512, timeout_ms);
	if (n < 0 && errno != EINTR)
		fatal("epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		struct source *s = events[i].data.ptr;
		s->ready(s, events[i].events);
	}
}
