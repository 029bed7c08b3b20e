/* bare: what one core can do at most. An epoll loop that answers the WebSocket handshake, and on request sends one
 * precomposed frame to every connection, again and again, with nothing around the send().
 *
 * Any client may send {"cmd":"broadcast","rounds":N,"every_ms":N,"bytes":N}. board.watch is answered by an
 * empty board, so that the load client need not know whom it talks to. */
#include "base/clock.h"
#include "json_scan.h"
#include "ws_server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { MESSAGE_MAX = 4096, MESSAGE_MIN = 160 };

static struct source timer;
static int timer_fd;
static int64_t seq, rounds_left;
static size_t message_bytes = 200;

/* A delta as the product sends it, padded to the wanted size with further units. */
static size_t compose(uint8_t out[FRAME_HEAD_MAX + MESSAGE_MAX])
{
	char text[MESSAGE_MAX + 64];
	int n = snprintf(text, sizeof text,
	                 "{\"ev\":\"units\",\"project\":\"bench\",\"epoch\":\"bare\",\"from\":%lld,\"seq\":%lld,"
	                 "\"at\":%lld,\"u\":[[17,\"a\"]",
	                 (long long)seq, (long long)seq + 1, (long long)clock_wall_ms());
	while ((size_t)n + 2 < message_bytes)
		n += snprintf(text + n, sizeof text - (size_t)n, ",[93,\"a\"]");
	n += snprintf(text + n, sizeof text - (size_t)n, "]}");
	size_t head = frame_write_head(out, WS_TEXT, (size_t)n, NULL);
	memcpy(out + head, text, (size_t)n);
	return head + (size_t)n;
}

static void on_timer(struct source *s, uint32_t events)
{
	uint64_t expirations;
	(void)s;
	(void)events;
	if (read(timer_fd, &expirations, sizeof expirations) < 0)
		return;
	uint8_t frame[FRAME_HEAD_MAX + MESSAGE_MAX];
	size_t bytes = compose(frame);
	unsigned count;
	struct ws_peer *peers = ws_server_peers(&count);
	for (unsigned i = 0; i < count; i++)
		if (peers[i].open && send(peers[i].fd, frame, bytes, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)bytes)
			fatal("a subscriber's socket is full: ask for fewer rounds per second");
	seq++;
	if (--rounds_left <= 0)
		timerfd_settime(timer_fd, 0, &(struct itimerspec){ 0 }, NULL);
}

static void start_broadcast(const char *text, size_t bytes)
{
	int64_t every_ms = json_int(text, bytes, "every_ms", 200), size = json_int(text, bytes, "bytes", 200);
	rounds_left = json_int(text, bytes, "rounds", 1);
	if (every_ms < 1 || size < MESSAGE_MIN || size > MESSAGE_MAX)
		fatal("broadcast: every_ms must be at least 1 and bytes %d to %d", MESSAGE_MIN, MESSAGE_MAX);
	message_bytes = (size_t)size;
	struct timespec every = { .tv_sec = every_ms / 1000, .tv_nsec = every_ms % 1000 * 1000000 };
	timerfd_settime(timer_fd, 0, &(struct itimerspec){ every, every }, NULL);
}

static void on_text(struct ws_peer *peer, const char *text, size_t bytes)
{
	char board[160];
	if (memmem(text, bytes, "\"broadcast\"", 11)) {
		start_broadcast(text, bytes);
	} else if (memmem(text, bytes, "\"board.watch\"", 13)) {
		int n = snprintf(board, sizeof board,
		                 "{\"ev\":\"board\",\"project\":\"bench\",\"epoch\":\"bare\",\"seq\":%lld,\"at\":%lld,"
		                 "\"st\":\"\",\"deadlines\":[]}",
		                 (long long)seq, (long long)clock_wall_ms());
		ws_server_send(peer, board, (size_t)n);
	}
}

int main(void)
{
	reactor_init();
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (timer_fd < 0)
		fatal("timerfd_create: %s", strerror(errno));
	timer.ready = on_timer;
	reactor_add(&timer, timer_fd, EPOLLIN);
	ws_server_start(on_text);
	for (;;)
		reactor_turn(-1);
}
