#include "rush.h"

#include "base/clock.h"
#include "base/mem.h"
#include "journal.h"
#include "load.h"
#include "screens.h"
#include "server_clock.h"
#include "shelf.h"
#include "units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sockets opened at a time by those who come back; presses between two looks at what has come; what has no answer is
 * repeated after REPEAT_US to twice that, as patient clients do: not all in the same moment. */
enum { REOPEN_WINDOW = 256, SERVE_EVERY = 64, REPEAT_US = 300000 };
/* A script has so many presses under way at most; a buyer one. */
enum { SCRIPT_PRESSES = 512 };

struct buyer {
	struct attempt *under_way; /* by id modulo their number */
	uint32_t last_id;
	bool repeats; /* the last attempt has no answer: once more, with its key */
	bool done;
	int64_t due_us;
	uint64_t random;
};

static const struct rush_plan *plan;
static struct buyer *buyers;
static unsigned slots, done, granted, found_none, gave_up;
static uint64_t presses, repeats;
static int64_t every_us; /* of scripts; 0: buyers */

/* splitmix64: good enough to choose with, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void finish(struct buyer *b, unsigned *outcome)
{
	if (b->done)
		return;
	b->done = true;
	b->due_us = 0;
	done++;
	(*outcome)++;
}

static void send_press(struct client *c, struct attempt *a)
{
	char text[320], key[KEY_BYTES], account[ACCOUNT_BYTES], who[ACCOUNT_BYTES + 16] = "";
	journal_key(a, key);
	journal_account(c, account);
	if (plan->bare)
		snprintf(who, sizeof who, ",\"buyer\":\"%s\"", account);
	int n = snprintf(text, sizeof text,
	                 "{\"id\":%u,\"cmd\":\"unit.lock\",\"key\":\"%s\",\"args\":{\"project\":\"%s\",\"unit\":\"%s\"%s}}",
	                 a->id, key, load_project, unit_id(a->unit), who);
	a->sent_us = clock_mono_us();
	presses++;
	client_send(c, text, (size_t)n);
}

static void press(struct client *c, struct buyer *b)
{
	b->due_us = every_us ? b->due_us + every_us : 0;
	if (b->repeats) {
		b->repeats = false;
		repeats++;
		send_press(c, &b->under_way[b->last_id % slots]);
		return;
	}
	int unit = shelf_pick(c, next_random(&b->random));
	if (unit < 0) {
		finish(b, &found_none);
		return;
	}
	struct attempt *a = &b->under_way[++b->last_id % slots];
	*a = (struct attempt){ b->last_id, (uint32_t)unit, 0, c->seq };
	send_press(c, a);
}

/* What a buyer does after an answer. */
static void go_on(struct client *c, struct buyer *b, const struct attempt *a, const struct answer *answer,
                  int64_t now_us)
{
	if (answer->is_ok) {
		finish(b, &granted);
	} else if (answer_is(answer, "limit_reached") || plan->bare) {
		finish(b, &gave_up);
	} else if (answer_is_unknown(answer)) {
		b->repeats = true;
		b->due_us = now_us + REPEAT_US + (int64_t)(next_random(&b->random) % REPEAT_US);
	} else if (answer_is(answer, "unit_taken")) {
		shelf_mark_taken(c, a->unit);
		b->due_us = now_us + plan->again_ms * 1000;
	} else if (answer_is(answer, "rate_limited")) {
		b->due_us = now_us + (answer->retry_ms + 1) * 1000;
	} else if (answer_is(answer, "not_open") && answer_why(answer, "before")) {
		b->due_us = now_us + answer->opens_at * 1000 - server_clock_us(now_us);
	} else {
		fprintf(stderr, "load: a buyer gives up: %.*s %.*s\n", (int)answer->code_bytes, answer->code,
		        (int)answer->why_bytes, answer->why);
		finish(b, &gave_up);
	}
}

/* A script does not listen, except when it has won. */
static void script_goes_on(struct client *c, struct buyer *b, const struct attempt *a, const struct answer *answer)
{
	if (answer->is_ok)
		finish(b, &granted);
	else if (answer_is(answer, "limit_reached"))
		finish(b, &gave_up);
	else if (answer_is(answer, "unit_taken"))
		shelf_mark_taken(c, a->unit);
}

static void on_answer(struct client *c, const char *text, size_t bytes, int64_t now_us)
{
	struct buyer *b = &buyers[c->number];
	uint32_t id = (uint32_t)strtoul(text + sizeof "{\"id\":" - 1, NULL, 10);
	struct attempt *a = &b->under_way[id % slots];
	struct answer answer;
	if (id < 2 || a->id != id || !a->sent_us)
		return; /* of board.watch, or of a connection before this one */
	answer_read(text, bytes, &answer);
	journal_note(c, a, &answer, text, bytes, now_us);
	a->sent_us = 0;
	if (every_us)
		script_goes_on(c, b, a, &answer);
	else
		go_on(c, b, a, &answer, now_us);
}

void rush_on_closed(struct client *c)
{
	static const struct answer lost = { .code = "lost", .code_bytes = 4, .why = "" };
	struct buyer *b = buyers ? &buyers[c->number] : NULL;
	for (unsigned i = 0; b && i < slots; i++) {
		struct attempt *a = &b->under_way[i];
		if (!a->sent_us)
			continue;
		journal_note(c, a, &lost, NULL, 0, 0);
		a->sent_us = 0;
		if (a->id == b->last_id && !b->done) {
			b->repeats = true;
			b->due_us = clock_mono_us();
		}
	}
}

static void press_those_due(void)
{
	int64_t now_us = clock_mono_us();
	for (unsigned i = 0, count = 0; i < clients_count(); i++) {
		struct client *c = client_at(i);
		if (!buyers[i].due_us || buyers[i].due_us > now_us || buyers[i].done || c->state != CLIENT_OPEN ||
		    !(c->has_board || plan->bare))
			continue;
		press(c, &buyers[i]);
		if (++count % SERVE_EVERY == 0)
			load_run(NULL, 0);
	}
}

static void begin(const struct rush_plan *p, unsigned presses_each)
{
	plan = p;
	slots = presses_each;
	done = granted = found_none = gave_up = 0;
	presses = repeats = 0;
	buyers = mem_calloc(clients_count(), sizeof *buyers);
	struct attempt *attempts = mem_calloc((size_t)clients_count() * slots, sizeof *attempts);
	for (unsigned i = 0; i < clients_count(); i++) {
		struct buyer *b = &buyers[i];
		char account[ACCOUNT_BYTES];
		b->under_way = attempts + (size_t)i * slots;
		b->last_id = 1;
		/* By the name, so that it does not matter how the crowd is cut into processes. */
		journal_account(client_at(i), account);
		b->random = p->seed;
		for (const char *at = account; *at; at++)
			b->random = b->random * 131 + (unsigned char)*at;
		int64_t spread_us = (p->until_ms - p->from_ms) * 1000;
		b->due_us = (p->opens_ms + p->from_ms) * 1000 - server_clock_offset_us() + (int64_t)SERVER_CLOCK_UNCERTAIN_US +
		            (spread_us > 0 ? (int64_t)(next_random(&b->random) % (uint64_t)spread_us) : 0);
	}
	journal_begin(p->journal, p->opens_ms);
	load_replies_to(on_answer);
	load_watch_when_open(!p->bare);
}

static void end(int64_t began_us)
{
	load_watch_when_open(false);
	load_replies_to(NULL);
	journal_end();
	printf("{\"buyers\":%u,\"granted\":%u,\"none\":%u,\"gave_up\":%u,\"unfinished\":%u,\"presses\":%llu,"
	       "\"repeats\":%llu,\"seconds\":%.3f}\n",
	       clients_count(), granted, found_none, gave_up, clients_count() - done, (unsigned long long)presses,
	       (unsigned long long)repeats, (double)(clock_mono_us() - began_us) / 1e6);
	mem_free(buyers[0].under_way);
	mem_free(buyers);
	buyers = NULL;
}

static void run(void)
{
	int64_t opens_us = plan->opens_ms * 1000 - server_clock_offset_us();
	while (done < clients_count() && clock_mono_us() < opens_us + plan->timeout_ms * 1000) {
		press_those_due();
		screens_reopen(REOPEN_WINDOW);
		load_run(NULL, 1);
	}
	end(opens_us);
}

void rush_run(const struct rush_plan *p)
{
	every_us = 0;
	begin(p, 1);
	run();
}

void rush_hammer(const struct rush_plan *p, int64_t lead_ms, int64_t every_ms)
{
	every_us = every_ms * 1000;
	begin(p, SCRIPT_PRESSES);
	for (unsigned i = 0; i < clients_count(); i++)
		buyers[i].due_us = p->opens_ms * 1000 - server_clock_offset_us() - lead_ms * 1000 +
		                   (int64_t)(next_random(&buyers[i].random) % (uint64_t)every_us);
	run();
}

/* --- entering */

static unsigned entered, refused, asking;

static void on_entered(struct client *c, const char *text, size_t bytes, int64_t now_us)
{
	struct answer answer;
	(void)now_us;
	if (!c->asked_us)
		return;
	c->asked_us = 0;
	asking--;
	answer_read(text, bytes, &answer);
	if (answer.is_ok)
		entered++;
	else if (refused++ == 0)
		fprintf(stderr, "load: not let in: %.*s\n", (int)bytes, text);
}

static bool all_told(void) { return !asking; }

void rush_enter(const char *launch, const char *rules_sha, unsigned window, int64_t timeout_ms)
{
	int64_t until_us = clock_mono_us() + timeout_ms * 1000;
	entered = refused = asking = 0;
	load_replies_to(on_entered);
	for (unsigned i = 0; i < clients_count() && clock_mono_us() < until_us; i++) {
		struct client *c = client_at(i);
		char text[256];
		if (c->state != CLIENT_OPEN)
			continue;
		int n = snprintf(text, sizeof text,
		                 "{\"id\":2,\"cmd\":\"launch.enter\",\"key\":\"enter-%s\",\"args\":{\"project\":\"%s\","
		                 "\"launch\":\"%s\",\"rules_sha\":\"%s\"}}",
		                 launch, load_project, launch, rules_sha);
		c->asked_us = clock_mono_us();
		asking++;
		client_send(c, text, (size_t)n);
		while (asking >= window && clock_mono_us() < until_us)
			load_run(NULL, 1);
	}
	load_run(all_told, timeout_ms);
	load_replies_to(NULL);
	printf("{\"entered\":%u,\"refused\":%u,\"silent\":%u}\n", entered, refused, asking);
}
