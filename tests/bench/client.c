#include "client.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 262144, CLIENTS_PER_ADDRESS = 8000, MESSAGE_MAX = 4096 };

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static struct sockaddr_in server;
static const char *server_port;
static struct client_handlers handlers;
static struct client *clients;
static unsigned count, in_state[CLIENT_OPEN + 1];
static char **tokens;
static unsigned token_count;
static char read_buffer[READ_BYTES];
/* A frame split by reads is kept up to its first 4 KB: what most of the bench looks at stands in front. */
static size_t keep_bytes = 4096;
/* Any mask will do for a client that nobody listens in on. */
static const uint8_t mask[4] = { 0x5a, 0x31, 0xc7, 0x0e };

void clients_init(const char *port, const struct client_handlers *h)
{
	server_port = port;
	handlers = *h;
	server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	server.sin_port = htons((uint16_t)atoi(port));
	if (!server.sin_port)
		fatal("\"%s\" is not a port", port);
}

void clients_add_token(const char *token)
{
	tokens = mem_reallocarray(tokens, token_count + 1u, sizeof *tokens);
	tokens[token_count++] = mem_strdup(token);
}

void clients_grow(unsigned wanted)
{
	if (wanted <= count)
		return;
	/* epoll holds addresses of clients, so the array must not move under an open one. */
	if (in_state[CLIENT_CLOSED] != count)
		fatal("clients can only be added while none is open");
	clients = mem_reallocarray(clients, wanted, sizeof *clients);
	memset(clients + count, 0, (wanted - count) * sizeof *clients);
	for (unsigned i = count; i < wanted; i++) {
		clients[i].number = i;
		clients[i].fd = -1;
	}
	in_state[CLIENT_CLOSED] += wanted - count;
	count = wanted;
}

void clients_keep(size_t bytes) { keep_bytes = bytes; }
unsigned clients_count(void) { return count; }
struct client *client_at(unsigned number) { return &clients[number]; }
unsigned clients_in(enum client_state state) { return in_state[state]; }

static void enter(struct client *c, enum client_state state)
{
	in_state[c->state]--;
	in_state[state]++;
	c->state = state;
}

void client_close(struct client *c)
{
	if (c->fd < 0)
		return;
	close(c->fd);
	c->fd = -1;
	c->asked_us = 0;
	frame_scan_fini(&c->scan);
	enter(c, CLIENT_CLOSED);
}

static void lose(struct client *c)
{
	client_close(c);
	handlers.on_closed(c);
}

static void send_frame(struct client *c, int opcode, const char *payload, size_t bytes)
{
	uint8_t out[FRAME_HEAD_MAX + MESSAGE_MAX];
	if (bytes > MESSAGE_MAX)
		fatal("a message of %zu bytes is more than clients send", bytes);
	size_t head = frame_write_head(out, opcode, bytes, mask);
	memcpy(out + head, payload, bytes);
	frame_mask((char *)out + head, bytes, mask);
	/* A reset shows itself by the next read; a full socket means that the server has stopped reading. */
	if (send(c->fd, out, head + bytes, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EAGAIN)
		fatal("the server does not read from client %u", c->number);
}

void client_send(struct client *c, const char *text, size_t bytes) { send_frame(c, WS_TEXT, text, bytes); }

/* The first close of an open client is told, with its code: so a failed figure explains itself. */
static void tell_close(const struct client *c, const char *payload, size_t have)
{
	static bool told;
	if (told || c->state != CLIENT_OPEN)
		return;
	told = true;
	if (have >= 2)
		fprintf(stderr, "load: client %u is closed with %d %.*s\n", c->number,
		        (uint8_t)payload[0] << 8 | (uint8_t)payload[1], (int)have - 2, payload + 2);
	else
		fprintf(stderr, "load: client %u is closed: %s\n", c->number, have ? "no code" : strerror(errno));
}

static bool on_frame(void *ctx, int opcode, char *payload, size_t have, size_t bytes)
{
	struct client *c = ctx;
	if (opcode == WS_PING && have == bytes)
		send_frame(c, WS_PONG, payload, bytes);
	else if (opcode == WS_CLOSE) {
		tell_close(c, payload, have);
		lose(c);
	} else if (opcode == WS_TEXT && c->state == CLIENT_OPEN)
		handlers.on_text(c, payload, have, bytes, clock_mono_us());
	else if (opcode == WS_TEXT) {
		/* The first message is `hello`: only now has the server accepted who this is. */
		enter(c, CLIENT_OPEN);
		handlers.on_open(c);
	}
	return c->fd >= 0;
}

static void request_upgrade(struct client *c)
{
	char out[1024], bearer[768] = "";
	if (token_count)
		snprintf(bearer, sizeof bearer, "Authorization: Bearer %s\r\n", tokens[c->number % token_count]);
	int n = snprintf(out, sizeof out,
	                 "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
	                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	                 "Sec-WebSocket-Protocol: listing.v1.json\r\n%s\r\n",
	                 server_port, bearer);
	if (n >= (int)sizeof out)
		fatal("the token is too long");
	enter(c, CLIENT_UPGRADING);
	reactor_change(&c->source, c->fd, EPOLLIN);
	if (send(c->fd, out, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n)
		lose(c);
}

/* Servers write the response's head at once, so it arrives whole. Returns its length; 0: refused, and c is lost. */
static size_t check_upgrade(struct client *c, const char *data, size_t bytes)
{
	static unsigned complaints;
	const char *end = memmem(data, bytes, "\r\n\r\n", 4);
	if (end && bytes > 12 && memcmp(data, "HTTP/1.1 101", 12) == 0) {
		return (size_t)(end + 4 - data);
	}
	if (complaints++ == 0)
		fprintf(stderr, "load: the upgrade is refused: %.*s\n", (int)strcspn(data, "\r\n"), data);
	lose(c);
	return 0;
}

static void on_ready(struct source *s, uint32_t events)
{
	struct client *c = (struct client *)s;
	(void)events;
	if (c->state == CLIENT_CONNECTING) {
		int error = 0;
		socklen_t size = sizeof error;
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
		if (error)
			lose(c);
		else
			request_upgrade(c);
		return;
	}
	if (c->fd < 0)
		return;
	ssize_t n = recv(c->fd, read_buffer, READ_BYTES - 1, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		errno = n < 0 ? errno : 0;
		tell_close(c, NULL, 0);
		lose(c);
		return;
	}
	read_buffer[n] = '\0';
	size_t head = 0;
	if (c->state == CLIENT_UPGRADING && !c->scan.head_len && !c->scan.in_payload && n >= 4 &&
	    memcmp(read_buffer, "HTTP", 4) == 0) {
		head = check_upgrade(c, read_buffer, (size_t)n);
		if (!head)
			return;
	}
	if (frame_scan_feed(&c->scan, read_buffer + head, (size_t)n - head, keep_bytes, on_frame, c) < 0)
		fatal("client %u received something that is no frame", c->number);
}

void client_open(struct client *c)
{
	static const int yes = 1;
	/* Closing resets: a crowd of ports in TIME_WAIT would disturb the next figure. */
	static const struct linger reset = { .l_onoff = 1 };
	struct sockaddr_in from = { .sin_family = AF_INET };
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + c->number / CLIENTS_PER_ADDRESS);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		fatal("socket: %s", strerror(errno));
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
	c->source.ready = on_ready;
	c->has_board = false;
	enter(c, CLIENT_CONNECTING);
	if (bind(c->fd, (struct sockaddr *)&from, sizeof from) != 0 ||
	    (connect(c->fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS)) {
		lose(c);
		return;
	}
	reactor_add(&c->source, c->fd, EPOLLOUT);
}
