/* load: N WebSocket clients in one process, driven by lines on standard input, answering each by one line of JSON.
 *
 *   load PORT PROJECT [UNITS_FILE]
 *
 *   token T                       the next client's session token (never on the command line); clients take turns
 *   buyers N                      buyers b0..b<N-1> may be named
 *   open N WINDOW TIMEOUT_MS      N clients in all, WINDOW handshakes at a time; measures their rate
 *   send N TEXT                   client N sends TEXT
 *   watch TIMEOUT_MS | measure MS SERVER_PID | record | converge FILE | await SEQ TIMEOUT_MS | revive WINDOW TIMEOUT_MS
 *   burst UNIT TIMEOUT_MS | locks FIRST TOTAL same|next TIMEOUT_MS | paced RATE TOTAL FIRST TIMEOUT_MS
 *   close                         all of them
 *
 * Launch day (rush.h); client n is buyer b<FIRST + n>, its boards are kept whole:
 *   crowd FIRST [UNITS_FILE]      before `open`; only these units are chosen
 *   clock                         takes the difference between the clock of the server and the monotonic one
 *   enter LAUNCH RULES_SHA WINDOW TIMEOUT_MS
 *   rush OPENS_MS FROM_MS UNTIL_MS AGAIN_MS SEED TIMEOUT_MS JOURNAL [bare]
 *   hammer OPENS_MS LEAD_MS EVERY_MS SEED TIMEOUT_MS JOURNAL
 *
 * `token`, `buyers` and `crowd` are not answered. Between commands the clients are served. Ends with its standard input. */
#include "load.h"

#include "base/clock.h"
#include "client.h"
#include "journal.h"
#include "presses.h"
#include "rush.h"
#include "screens.h"
#include "server_clock.h"
#include "shelf.h"
#include "units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, WORDS = 9 };

const char *load_project;
static struct source input;
static char line[LINE_MAX_BYTES];
static size_t line_bytes;
static bool input_ended;
static int64_t lost, failed;
static bool opening, watch_when_open, is_crowd;
static load_reply_cb on_reply = presses_on_reply;

int64_t load_lost(void) { return lost; }

void load_replies_to(load_reply_cb cb) { on_reply = cb ? cb : presses_on_reply; }

void load_watch_when_open(bool yes) { watch_when_open = yes; }

bool load_run(bool (*done)(void), int64_t timeout_ms)
{
	int64_t until_us = clock_mono_us() + timeout_ms * 1000;
	for (;;) {
		if (done && done())
			return true;
		int64_t left_us = until_us - clock_mono_us();
		if (left_us <= 0 && timeout_ms > 0)
			return false;
		reactor_turn(left_us > 0 ? (int)(left_us / 1000) + (left_us % 1000 > 0) : 0);
		if (timeout_ms == 0)
			return false;
	}
}

static void on_open(struct client *c)
{
	if (watch_when_open)
		screen_watch(c);
}

static void on_text(struct client *c, const char *text, size_t have, size_t bytes, int64_t now_us)
{
	if (have > 6 && memcmp(text, "{\"id\":", 6) == 0)
		on_reply(c, text, have, now_us);
	else if (screens_on_text(c, text, have, bytes, now_us) && is_crowd)
		shelf_apply(c, text, have, bytes);
}

static void on_closed(struct client *c)
{
	if (opening)
		failed++;
	lost += c->has_board;
	rush_on_closed(c);
	screens_on_closed(c);
}

static void open_clients(unsigned count, unsigned window, int64_t timeout_ms)
{
	unsigned next = 0, before = clients_in(CLIENT_OPEN);
	int64_t began_us = clock_mono_us(), until_us = began_us + timeout_ms * 1000;
	clients_grow(count);
	opening = true;
	failed = 0;
	while (clients_in(CLIENT_OPEN) + (unsigned)failed < count && clock_mono_us() < until_us) {
		while (next < count && clients_in(CLIENT_CONNECTING) + clients_in(CLIENT_UPGRADING) < window) {
			if (client_at(next)->state == CLIENT_CLOSED)
				client_open(client_at(next));
			next++;
		}
		load_run(NULL, 0);
	}
	opening = false;
	double took_s = (double)(clock_mono_us() - began_us) / 1e6;
	unsigned opened = clients_in(CLIENT_OPEN) - before;
	printf("{\"opened\":%u,\"failed\":%lld,\"seconds\":%.3f,\"per_s\":%.0f}\n", opened, (long long)failed, took_s,
	       (double)opened / took_s);
}

static void close_clients(void)
{
	for (unsigned i = 0; i < clients_count(); i++) {
		struct client *c = client_at(i);
		screens_on_closed(c);
		client_close(c);
	}
	printf("{\"closed\":%u}\n", clients_count());
}

static long long number(char **words, int n)
{
	char *end;
	long long value = words[n] ? strtoll(words[n], &end, 10) : -1;
	if (!words[n] || end == words[n] || *end || value < 0)
		fatal("%s: argument %d must be a number", words[0], n);
	return value;
}

static void revive(unsigned window, int64_t timeout_ms)
{
	watch_when_open = true;
	screens_revive(window, timeout_ms);
	watch_when_open = false;
}

static void send_text(char *arguments)
{
	char *text = NULL;
	unsigned long n = strtoul(arguments, &text, 10);
	if (n >= clients_count() || client_at((unsigned)n)->state != CLIENT_OPEN || *text != ' ')
		fatal("send: no open client %lu, or no text", n);
	client_send(client_at((unsigned)n), text + 1, strlen(text + 1));
	puts("{}");
}

#define N(i) number(words, i)
#define U(i) (unsigned)number(words, i)

/* A client that chooses needs every letter of its board: a message of 5,000 units has some 100 KB. */
enum { WHOLE_BOARD_BYTES = 1 << 20 };

static void form_crowd(unsigned first, const char *offered)
{
	if (offered)
		shelf_offer(offered);
	journal_first_buyer(first);
	clients_keep(WHOLE_BOARD_BYTES);
	is_crowd = true;
}

static void run_rush(char **words)
{
	rush_run(&(struct rush_plan){ .opens_ms = N(1),
	                              .from_ms = N(2),
	                              .until_ms = N(3),
	                              .again_ms = N(4),
	                              .seed = (uint64_t)N(5),
	                              .timeout_ms = N(6),
	                              .journal = words[7],
	                              .bare = words[8] && strcmp(words[8], "bare") == 0 });
}

static void run_hammer(char **words)
{
	rush_hammer(
		&(struct rush_plan){ .opens_ms = N(1), .seed = (uint64_t)N(4), .timeout_ms = N(5), .journal = words[6] }, N(2),
		N(3));
}

static bool launch_command(char **words)
{
	const char *name = words[0];
	if (strcmp(name, "crowd") == 0)
		form_crowd(U(1), words[2]);
	else if (strcmp(name, "clock") == 0)
		server_clock_take();
	else if (strcmp(name, "enter") == 0 && words[4])
		rush_enter(words[1], words[2], U(3), N(4));
	else if (strcmp(name, "rush") == 0 && words[7])
		run_rush(words);
	else if (strcmp(name, "hammer") == 0 && words[6])
		run_hammer(words);
	else
		return false;
	return true;
}

static void screens_command(char **words)
{
	const char *name = words[0];
	if (strcmp(name, "watch") == 0)
		screens_watch(N(1));
	else if (strcmp(name, "measure") == 0)
		screens_measure(N(1), (pid_t)N(2));
	else if (strcmp(name, "record") == 0)
		screens_record();
	else if (strcmp(name, "converge") == 0 && words[1])
		screens_converge(words[1]);
	else if (strcmp(name, "await") == 0)
		screens_await(N(1), N(2));
	else if (strcmp(name, "revive") == 0)
		revive(U(1), N(2));
	else
		fatal("no command \"%s\"", name);
}

static void command(char *text)
{
	char *words[WORDS + 1] = { NULL }, *rest = NULL;
	if (strncmp(text, "send ", 5) == 0) {
		send_text(text + 5);
		return;
	}
	for (int i = 0; i < WORDS; i++)
		words[i] = strtok_r(i ? NULL : text, " ", &rest);
	const char *name = words[0] ? words[0] : "";
	if (strcmp(name, "token") == 0 && words[1])
		clients_add_token(words[1]);
	else if (strcmp(name, "buyers") == 0)
		presses_set_buyers(U(1));
	else if (strcmp(name, "open") == 0)
		open_clients(U(1), U(2), N(3));
	else if (strcmp(name, "close") == 0)
		close_clients();
	else if (strcmp(name, "burst") == 0)
		presses_burst(U(1), N(2));
	else if (strcmp(name, "locks") == 0 && words[3])
		presses_closed_loop(U(1), U(2), strcmp(words[3], "same") == 0, N(4));
	else if (strcmp(name, "paced") == 0)
		presses_paced(U(1), U(2), U(3), N(4));
	else if (!launch_command(words))
		screens_command(words);
}

/* Only notes; commands run from main, outside of the reactor's turn. */
static void on_input(struct source *s, uint32_t events)
{
	(void)s;
	(void)events;
	if (line_bytes == sizeof line) {
		if (!memchr(line, '\n', line_bytes))
			fatal("a line is too long");
		return;
	}
	ssize_t n = read(STDIN_FILENO, line + line_bytes, sizeof line - line_bytes);
	if (n > 0)
		line_bytes += (size_t)n;
	else if (n == 0 || errno != EAGAIN) {
		input_ended = true;
		reactor_change(&input, STDIN_FILENO, 0);
	}
}

static bool take_line(char out[LINE_MAX_BYTES])
{
	char *end = memchr(line, '\n', line_bytes);
	if (!end)
		return false;
	size_t bytes = (size_t)(end - line);
	memcpy(out, line, bytes);
	out[bytes] = '\0';
	line_bytes -= bytes + 1;
	memmove(line, end + 1, line_bytes);
	return true;
}

int main(int argc, char **argv)
{
	char text[LINE_MAX_BYTES];
	if (argc != 3 && argc != 4)
		fatal("usage: load PORT PROJECT [UNITS_FILE]");
	load_project = argv[2];
	if (argc == 4)
		units_read(argv[3]);
	raise_descriptor_limit();
	reactor_init();
	clients_init(argv[1], &(struct client_handlers){ on_open, on_text, on_closed });
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	input.ready = on_input;
	reactor_add(&input, STDIN_FILENO, EPOLLIN);
	while (!input_ended) {
		while (take_line(text)) {
			command(text);
			fflush(stdout);
		}
		reactor_turn(-1);
	}
	return 0;
}
