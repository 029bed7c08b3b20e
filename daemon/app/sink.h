/* What a session asks of its connection. net implements it; app knows nothing else of the network. */
#ifndef APP_SINK_H
#define APP_SINK_H

#include "base/frame.h"

#include <stdbool.h>

struct sink {
	/* Hands one frame to the connection. False: nothing was taken. Either earlier output still waits: ask again from
	 * session_writable. Or writing failed: session_lost was called, session->closing is set. Shares the frame only for
	 * the call. Never ends the session before it returns, so one may walk over sessions and send. */
	bool (*send)(void *conn, struct frame *f);
	/* session_writable will be called once, when earlier output has left. */
	void (*want_write)(void *conn);
	/* Closes soon with a WebSocket code; session_end follows exactly once, not before this returns. */
	void (*close)(void *conn, int code, const char *reason);
};

#endif
