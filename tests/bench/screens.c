#include "screens.h"

#include "base/clock.h"
#include "base/mem.h"
#include "change_times.h"
#include "histogram.h"
#include "json_scan.h"
#include "load.h"
#include "proc_stat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A screen took in everything after `from` up to `to` at one moment. */
struct arrival {
	int64_t from, to, at_us;
};

static unsigned with_board;
static int64_t frames, frame_bytes, boards, gaps;
static int64_t awaited_seq = INT64_MAX;
static unsigned reached;
static struct arrival *arrivals;
static size_t arrival_count, arrival_room;
static bool recording;

static void note(int64_t from, int64_t to, int64_t at_us)
{
	if (arrival_count == arrival_room) {
		arrival_room = arrival_room ? arrival_room * 2 : 65536;
		arrivals = mem_reallocarray(arrivals, arrival_room, sizeof *arrivals);
	}
	arrivals[arrival_count++] = (struct arrival){ from, to, at_us };
}

static void show(struct client *c, int64_t seq)
{
	reached += (unsigned)(seq >= awaited_seq) - (unsigned)(c->has_board && c->seq >= awaited_seq);
	with_board += !c->has_board;
	c->has_board = true;
	c->seq = seq;
}

void screens_on_closed(struct client *c)
{
	if (!c->has_board)
		return;
	with_board--;
	reached -= c->seq >= awaited_seq;
	c->has_board = false;
}

void screen_watch(struct client *c)
{
	char text[160];
	int n =
		snprintf(text, sizeof text, "{\"id\":1,\"cmd\":\"board.watch\",\"args\":{\"project\":\"%s\"}}", load_project);
	client_send(c, text, (size_t)n);
}

bool screens_on_text(struct client *c, const char *text, size_t have, size_t bytes, int64_t now_us)
{
	bool units = json_is_event(text, have, "units");
	if (!units && !json_is_event(text, have, "board"))
		return false;
	int64_t seq = json_int(text, have, "seq", -1), from = units ? json_int(text, have, "from", -1) : c->seq;
	frames++;
	frame_bytes += (int64_t)bytes;
	boards += !units;
	if (units && (!c->has_board || from != c->seq)) {
		/* What a real client does; the figures count it, because the product promises that it does not happen. */
		gaps++;
		screen_watch(c);
		return false;
	}
	if (recording && c->has_board)
		note(from, seq, now_us);
	show(c, seq);
	return true;
}

static bool all_have_boards(void) { return with_board >= clients_in(CLIENT_OPEN); }

void screens_watch(int64_t timeout_ms)
{
	int64_t began_us = clock_mono_us();
	for (unsigned i = 0; i < clients_count(); i++) {
		struct client *c = client_at(i);
		if (c->state != CLIENT_OPEN || c->has_board)
			continue;
		screen_watch(c);
		/* Read in between, or the boards of ten thousand pile up in the sockets. */
		if (i % 256 == 255)
			load_run(NULL, 0);
	}
	load_run(all_have_boards, timeout_ms);
	printf("{\"watching\":%u,\"ms\":%.1f}\n", with_board, (double)(clock_mono_us() - began_us) / 1e3);
}

static int64_t lowest_seq(void)
{
	int64_t lowest = INT64_MAX;
	for (unsigned i = 0; i < clients_count(); i++)
		if (client_at(i)->has_board && client_at(i)->seq < lowest)
			lowest = client_at(i)->seq;
	return lowest == INT64_MAX ? -1 : lowest;
}

void screens_measure(int64_t duration_ms, pid_t server)
{
	int64_t frames_before = frames, bytes_before = frame_bytes, boards_before = boards, gaps_before = gaps;
	int64_t cpu_us = proc_cpu_us(server), own_us = clock_cpu_us(), began_us = clock_mono_us();
	load_run(NULL, duration_ms);
	int64_t took_us = clock_mono_us() - began_us;
	cpu_us = proc_cpu_us(server) - cpu_us;
	printf("{\"frames\":%lld,\"bytes\":%lld,\"boards\":%lld,\"gaps\":%lld,\"lost\":%lld,\"seconds\":%.3f,"
	       "\"server_cpu_s\":%.4f,\"own_cpu_s\":%.4f,\"seq\":%lld}\n",
	       (long long)(frames - frames_before), (long long)(frame_bytes - bytes_before),
	       (long long)(boards - boards_before), (long long)(gaps - gaps_before), (long long)load_lost(),
	       (double)took_us / 1e6, (double)cpu_us / 1e6, (double)(clock_cpu_us() - own_us) / 1e6,
	       (long long)lowest_seq());
}

void screens_record(void)
{
	recording = true;
	arrival_count = 0;
	printf("{\"recording\":%u}\n", with_board);
}

/* The times by seq, dense: 0 where the writer did not make the change. */
static int64_t *read_change_times(const char *path, int64_t *first, int64_t *last)
{
	struct change_time t;
	int64_t *asked = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "re");
	if (!f)
		fatal("%s: %s", path, strerror(errno));
	for (*first = 0; fread(&t, sizeof t, 1, f) == 1; *last = t.seq) {
		if (!*first)
			*first = t.seq;
		if (t.seq < *first || t.seq > *first + 10000000)
			fatal("%s: not in order", path);
		size_t at = (size_t)(t.seq - *first), old = room;
		if (at >= room) {
			room = at * 2 + 1024;
			asked = mem_reallocarray(asked, room, sizeof *asked);
			memset(asked + old, 0, (room - old) * sizeof *asked);
		}
		asked[at] = t.asked_us;
	}
	fclose(f);
	if (!*first)
		fatal("%s: no changes", path);
	return asked;
}

void screens_converge(const char *change_times)
{
	static struct histogram late;
	int64_t first, last = 0, lagging = 0;
	int64_t *asked = read_change_times(change_times, &first, &last);
	memset(&late, 0, sizeof late);
	recording = false;
	for (size_t i = 0; i < arrival_count; i++) {
		const struct arrival *a = &arrivals[i];
		int64_t from = a->from < first ? first : a->from + 1, to = a->to > last ? last : a->to;
		for (int64_t seq = from; seq <= to; seq++)
			if (asked[seq - first])
				histogram_add(&late, a->at_us - asked[seq - first]);
	}
	for (unsigned i = 0; i < clients_count(); i++)
		lagging += client_at(i)->has_board && client_at(i)->seq < last;
	printf("{\"shown\":%lld,\"frames\":%zu,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,\"not_converged\":%lld,"
	       "\"screens\":%u,\"gaps\":%lld,\"lost\":%lld}\n",
	       (long long)late.count, arrival_count, (double)histogram_percentile(&late, 50) / 1e3,
	       (double)histogram_percentile(&late, 99) / 1e3, (double)late.max_us / 1e3, (long long)lagging, with_board,
	       (long long)gaps, (long long)load_lost());
	mem_free(asked);
	mem_free(arrivals);
	arrivals = NULL;
	arrival_count = arrival_room = 0;
}

static bool all_reached(void) { return reached >= with_board && with_board > 0; }

void screens_await(int64_t seq, int64_t timeout_ms)
{
	int64_t began_us = clock_mono_us();
	awaited_seq = seq;
	reached = 0;
	for (unsigned i = 0; i < clients_count(); i++)
		reached += client_at(i)->has_board && client_at(i)->seq >= seq;
	bool done = load_run(all_reached, timeout_ms);
	printf("{\"done\":%s,\"reached\":%u,\"wall_ms\":%lld,\"ms\":%.1f}\n", done ? "true" : "false", reached,
	       (long long)clock_wall_ms(), (double)(clock_mono_us() - began_us) / 1e3);
	awaited_seq = INT64_MAX;
	reached = 0;
}

/* Real clients come back after a random moment; 300 ms keeps 10,000 of them apart and is shorter than theirs. */
enum { RETRY_SPREAD_US = 300000 };

static unsigned revive_from; /* round robin */

void screens_reopen(unsigned window)
{
	int64_t now_us = clock_mono_us();
	unsigned count = clients_count();
	for (unsigned i = 0; i < count && clients_in(CLIENT_CONNECTING) + clients_in(CLIENT_UPGRADING) < window; i++) {
		struct client *c = client_at(revive_from++ % count);
		if (c->state != CLIENT_CLOSED)
			continue;
		if (!c->retry_us)
			c->retry_us = now_us + rand() % RETRY_SPREAD_US;
		if (c->retry_us > now_us)
			continue;
		c->retry_us = 0;
		client_open(c);
	}
}

void screens_revive(unsigned window, int64_t timeout_ms)
{
	int64_t lost_before = load_lost(), until_us = clock_mono_us() + timeout_ms * 1000, lost_us = 0;
	unsigned wanted = with_board;
	bool back = false;
	while (!back && clock_mono_us() < until_us) {
		load_run(NULL, 2);
		if (!lost_us && load_lost() > lost_before)
			lost_us = clock_mono_us();
		if (!lost_us)
			continue;
		screens_reopen(window);
		back = load_lost() - lost_before >= wanted && with_board >= wanted;
	}
	printf("{\"back\":%u,\"of\":%u,\"ms\":%.1f,\"seq\":%lld,\"wall_ms\":%lld}\n", with_board, wanted,
	       lost_us ? (double)(clock_mono_us() - lost_us) / 1e3 : 0.0, (long long)lowest_seq(),
	       (long long)clock_wall_ms());
}
