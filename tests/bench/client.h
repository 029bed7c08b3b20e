/* Many WebSocket clients in one process: connect, upgrade with a token, cut frames, answer pings.
 *
 * A fixed array of clients; each can be opened, lost and opened again. Opening is limited to a window of handshakes
 * under way, like a crowd that comes through a door. Each client has a source address of the loopback net by its
 * number, so that ports do not run out. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include "frame_scan.h"
#include "reactor.h"

enum client_state { CLIENT_CLOSED, CLIENT_CONNECTING, CLIENT_UPGRADING, CLIENT_OPEN };

struct client {
	struct source source;
	int fd;
	enum client_state state;
	bool has_board;
	unsigned number;
	int64_t seq;      /* of the board that this client shows */
	int64_t asked_us; /* when its command under way left; 0: none */
	int64_t retry_us; /* not opened again before */
	struct frame_scan scan;
};

struct client_handlers {
	void (*on_open)(struct client *c);
	/* text[0..have) of a message of `bytes`; now_us is when it was read. */
	void (*on_text)(struct client *c, const char *text, size_t have, size_t bytes, int64_t now_us);
	void (*on_closed)(struct client *c);
};

void clients_init(const char *port, const struct client_handlers *handlers);
void clients_add_token(const char *token); /* client n uses token n modulo their number */
void clients_grow(unsigned count);         /* as many as that exist, closed ones added; only while none is open */
void clients_keep(size_t bytes);           /* so much of a message that came in pieces is handed over; else 4 KB */
unsigned clients_count(void);
struct client *client_at(unsigned number);
unsigned clients_in(enum client_state state);

void client_open(struct client *c);  /* ends in on_open, or in on_closed */
void client_close(struct client *c); /* at once; does not call on_closed */
void client_send(struct client *c, const char *text, size_t bytes);

#endif
