#include "presses.h"

#include "base/clock.h"
#include "histogram.h"
#include "json_scan.h"
#include "load.h"
#include "units.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned buyers = 1;
static unsigned key_number;

/* The figure under way. */
static struct {
	unsigned wanted, sent, answered, granted, taken, other;
	unsigned first_unit;
	bool keeps_pressing, same_unit;
	int64_t first_answer_us, last_answer_us;
	struct histogram latency;
} run;

void presses_set_buyers(unsigned count) { buyers = count ? count : 1; }

static void press(struct client *c, unsigned unit, int64_t asked_us)
{
	char text[320];
	int n = snprintf(text, sizeof text,
	                 "{\"id\":%u,\"cmd\":\"unit.lock\",\"key\":\"p%d-%u\",\"args\":{\"project\":\"%s\",\"unit\":\"%s\","
	                 "\"buyer\":\"b%u\"}}",
	                 run.sent + 2, (int)getpid(), key_number++, load_project, unit_id(unit), c->number % buyers);
	c->asked_us = asked_us;
	run.sent++;
	client_send(c, text, (size_t)n);
}

static void press_next(struct client *c, int64_t now_us)
{
	press(c, run.same_unit ? run.first_unit : run.first_unit + run.sent, now_us);
}

void presses_on_reply(struct client *c, const char *text, size_t bytes, int64_t now_us)
{
	if (!c->asked_us)
		return; /* the answer to board.watch */
	run.answered++;
	if (!run.first_answer_us)
		run.first_answer_us = now_us;
	run.last_answer_us = now_us;
	histogram_add(&run.latency, now_us - c->asked_us);
	c->asked_us = 0;
	if (memmem(text, bytes, "\"ok\":", 5)) {
		run.granted++;
	} else if (memmem(text, bytes, "\"unit_taken\"", 12)) {
		run.taken++;
	} else if (run.other++ == 0) {
		fprintf(stderr, "load: neither granted nor taken: %.*s\n", (int)bytes, text);
	}
	if (run.keeps_pressing && run.sent < run.wanted)
		press_next(c, now_us);
}

static bool all_answered(void) { return run.answered >= run.wanted; }

static void begin(unsigned wanted, unsigned first_unit, bool same_unit, bool keeps_pressing)
{
	memset(&run, 0, sizeof run);
	run.wanted = wanted;
	run.first_unit = first_unit;
	run.same_unit = same_unit;
	run.keeps_pressing = keeps_pressing;
}

static void report(int64_t began_us)
{
	double took_s = (double)(run.last_answer_us - began_us) / 1e6;
	printf("{\"sent\":%u,\"answered\":%u,\"granted\":%u,\"taken\":%u,\"other\":%u,\"seconds\":%.4f,\"per_s\":%.0f,"
	       "\"first_ms\":%.2f,\"last_ms\":%.2f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
	       run.sent, run.answered, run.granted, run.taken, run.other, took_s,
	       took_s > 0 ? (double)run.answered / took_s : 0.0, (double)(run.first_answer_us - began_us) / 1e3,
	       took_s * 1e3, (double)histogram_percentile(&run.latency, 50) / 1e3,
	       (double)histogram_percentile(&run.latency, 99) / 1e3, (double)run.latency.max_us / 1e3);
}

void presses_burst(unsigned unit, int64_t timeout_ms)
{
	begin(clients_in(CLIENT_OPEN), unit, true, false);
	int64_t began_us = clock_mono_us();
	for (unsigned i = 0; i < clients_count(); i++)
		if (client_at(i)->state == CLIENT_OPEN)
			press(client_at(i), unit, clock_mono_us());
	load_run(all_answered, timeout_ms);
	report(began_us);
}

void presses_closed_loop(unsigned first_unit, unsigned total, bool same_unit, int64_t timeout_ms)
{
	begin(total, first_unit, same_unit, true);
	int64_t began_us = clock_mono_us();
	for (unsigned i = 0; i < clients_count() && run.sent < total; i++)
		if (client_at(i)->state == CLIENT_OPEN)
			press_next(client_at(i), clock_mono_us());
	load_run(all_answered, timeout_ms);
	report(began_us);
}

static struct client *idle_client(unsigned *from)
{
	for (unsigned i = 0; i < clients_count(); i++) {
		struct client *c = client_at((*from)++ % clients_count());
		if (c->state == CLIENT_OPEN && !c->asked_us)
			return c;
	}
	return NULL;
}

void presses_paced(unsigned rate, unsigned total, unsigned first_unit, int64_t timeout_ms)
{
	unsigned from = 0;
	begin(total, first_unit, false, false);
	int64_t began_us = clock_mono_us(), until_us = began_us + timeout_ms * 1000;
	while (!all_answered() && clock_mono_us() < until_us) {
		int64_t due_us = began_us + (int64_t)run.sent * 1000000 / rate, wait_us = due_us - clock_mono_us();
		struct client *c = run.sent < total && wait_us <= 0 ? idle_client(&from) : NULL;
		if (c)
			press(c, first_unit + run.sent, due_us);
		else
			load_run(NULL, run.sent < total && wait_us < 5000 ? 1 : 5);
	}
	report(began_us);
}
