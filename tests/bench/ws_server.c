#include "ws_server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "handshake.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* 4,096 waiting connections are more than any window of the load client. */
enum { BACKLOG = 4096, READ_BYTES = 65536, SEND_MAX = 65536 };

static struct source listener;
static int listen_fd;
static struct ws_peer *peers;
static unsigned peer_limit, peer_end;
static ws_server_text_cb deliver;
static char read_buffer[READ_BYTES];

static void close_peer(struct ws_peer *p)
{
	if (p->fd < 0)
		return;
	close(p->fd);
	p->fd = -1;
	p->open = false;
	frame_scan_fini(&p->scan);
}

static bool send_all(struct ws_peer *p, const void *data, size_t bytes)
{
	if (send(p->fd, data, bytes, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)bytes)
		return true;
	close_peer(p);
	return false;
}

bool ws_server_send(struct ws_peer *peer, const char *text, size_t bytes)
{
	static uint8_t out[FRAME_HEAD_MAX + SEND_MAX];
	if (bytes > SEND_MAX)
		fatal("a message of %zu bytes is too long", bytes);
	size_t head = frame_write_head(out, WS_TEXT, bytes, NULL);
	memcpy(out + head, text, bytes);
	return send_all(peer, out, head + bytes);
}

/* The load client's request is a few hundred bytes and arrives whole. */
static void shake_hands(struct ws_peer *p, char *request, size_t bytes)
{
	static const char key_header[] = "Sec-WebSocket-Key: ";
	char *key = memmem(request, bytes, key_header, sizeof key_header - 1);
	if (!key || bytes < 4 || memcmp(request + bytes - 4, "\r\n\r\n", 4) != 0) {
		close_peer(p);
		return;
	}
	key += sizeof key_header - 1;
	char *key_end = memchr(key, '\r', (size_t)(request + bytes - key));
	char accept[HANDSHAKE_ACCEPT_BYTES + 1], hello[128], out[512];
	handshake_accept(key, (size_t)(key_end - key), accept);
	int hello_len = snprintf(hello, sizeof hello,
	                         "{\"ev\":\"hello\",\"protocol\":\"listing.v1\",\"now\":%lld,\"account\":\"bare\","
	                         "\"role\":\"manager\",\"heartbeat_s\":4}",
	                         (long long)clock_wall_ms());
	int n = snprintf(out, sizeof out,
	                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	                 "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: listing.v1.json\r\n\r\n",
	                 accept);
	size_t bytes_out = (size_t)n;
	bytes_out += frame_write_head((uint8_t *)out + bytes_out, WS_TEXT, (size_t)hello_len, NULL);
	memcpy(out + bytes_out, hello, (size_t)hello_len);
	p->open = send_all(p, out, bytes_out + (size_t)hello_len);
}

static bool on_frame(void *ctx, int opcode, char *payload, size_t have, size_t bytes)
{
	struct ws_peer *p = ctx;
	if (opcode == WS_TEXT && have == bytes)
		deliver(p, payload, bytes);
	else if (opcode == WS_CLOSE)
		close_peer(p);
	return p->fd >= 0;
}

static void on_readable(struct source *s, uint32_t events)
{
	struct ws_peer *p = (struct ws_peer *)s;
	(void)events;
	if (p->fd < 0)
		return;
	ssize_t n = recv(p->fd, read_buffer, READ_BYTES, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		close_peer(p);
	else if (!p->open)
		shake_hands(p, read_buffer, (size_t)n);
	else if (frame_scan_feed(&p->scan, read_buffer, (size_t)n, READ_BYTES, on_frame, p) < 0)
		close_peer(p);
}

static void on_connection(struct source *s, uint32_t events)
{
	(void)s;
	(void)events;
	for (;;) {
		int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		if ((unsigned)fd >= peer_limit)
			fatal("no room for descriptor %d", fd);
		int yes = 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		struct ws_peer *p = &peers[fd];
		p->source.ready = on_readable;
		p->fd = fd;
		p->lifetime++;
		if ((unsigned)fd >= peer_end)
			peer_end = (unsigned)fd + 1;
		reactor_add(&p->source, fd, EPOLLIN);
	}
}

void ws_server_start(ws_server_text_cb on_text)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t at_len = sizeof at;
	deliver = on_text;
	peer_limit = raise_descriptor_limit();
	peers = mem_calloc(peer_limit, sizeof *peers);
	listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listen_fd < 0 || bind(listen_fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(listen_fd, BACKLOG) != 0 ||
	    getsockname(listen_fd, (struct sockaddr *)&at, &at_len) != 0)
		fatal("cannot listen: %s", strerror(errno));
	listener.ready = on_connection;
	reactor_add(&listener, listen_fd, EPOLLIN);
	printf("port %d\n", ntohs(at.sin_port));
	fflush(stdout);
}

struct ws_peer *ws_server_peers(unsigned *count)
{
	*count = peer_end;
	return peers;
}
