/* A listening socket with SO_REUSEPORT, so that several daemons share a port, and an accept loop that survives the lack of
 * descriptors: libwebsockets' own listener has neither (it spins at EMFILE). */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "base/buf.h"
#include "base/err.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

/* Takes the descriptor: non-blocking, close-on-exec, TCP_NODELAY. */
typedef void (*listener_cb)(void *ctx, int fd);

struct listener {
	struct ev_loop *ev;
	ev_io io;
	ev_timer pause;
	int spare_fd; /* given up at EMFILE to be able to accept and close, which tells the client at once */
	listener_cb cb;
	void *ctx;
};

/* LD_E_UNAVAILABLE and `why` when the address cannot be had. shared: allow other daemons on the same port. */
MUST_CHECK int listener_start(struct listener *l, struct ev_loop *ev, const char *address, int64_t port, bool shared,
                              listener_cb cb, void *ctx, struct buf *why);
void listener_stop(struct listener *l); /* safe after a failed start, and twice */

#endif
