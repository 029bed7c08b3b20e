/* writer: changes units by calling the function library straight in Redis, pipelined, at a given rate.
 *
 *   writer SOCKET PROJECT UNITS_FILE toggle FIRST COUNT RATE TOTAL [TIMES_FILE]
 *       withholds and offers the units FIRST.. FIRST+COUNT-1 in turn, RATE per second, TOTAL changes; then offers what
 *       is left withheld
 *   writer SOCKET PROJECT UNITS_FILE lock|release FIRST COUNT
 *       as fast as it goes
 *
 * Ends with a line of JSON. TIMES_FILE: see change_times.h. */
#include "base/clock.h"
#include "base/mem.h"
#include "change_times.h"
#include "reactor.h"
#include "units.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Commands under way at most: enough to keep Redis busy, few enough not to delay others by more than 2 ms or so. */
enum { WINDOW = 64 };

static redisContext *redis;
static FILE *times;
static char prefix[96];
static int64_t asked_us[WINDOW];
static unsigned sent, answered, refused;
static long long first_seq, last_seq, last_deadline;
static double written_s;

static void ask(const char *verb, const char *unit)
{
	char fn[32], key[64];
	snprintf(fn, sizeof fn, "ld_%s", verb);
	snprintf(key, sizeof key, "w%d-%u", (int)getpid(), sent);
	/* lock: a buyer; withhold, release: a reason, and for release whereto; offer: nothing. */
	const char *extra = strcmp(verb, "lock") == 0 ? "b0" : "bench";
	const char *argv[] = { "FCALL", fn, "1", prefix, "bench-writer", "manager", key, "0", unit, extra, "" };
	int argc = strcmp(verb, "offer") == 0 ? 9 : strcmp(verb, "release") == 0 ? 11 : 10;
	asked_us[sent++ % WINDOW] = clock_mono_us();
	redisAppendCommandArgv(redis, argc, argv, NULL);
}

static long long field(const redisReply *r, const char *name)
{
	for (size_t i = 1; i + 1 < r->elements; i += 2)
		if (strcmp(r->element[i]->str, name) == 0)
			return atoll(r->element[i + 1]->str);
	return 0;
}

static void take_reply(void)
{
	void *reply = NULL;
	if (redisGetReply(redis, &reply) != REDIS_OK)
		fatal("Redis: %s", redis->errstr);
	const redisReply *r = reply;
	if (r->type != REDIS_REPLY_ARRAY || r->elements < 2)
		fatal("Redis: %s", r->str ? r->str : "unexpected reply");
	if (strcmp(r->element[0]->str, "ok") == 0) {
		struct change_time t = { field(r, "seq"), asked_us[answered % WINDOW] };
		first_seq = first_seq ? first_seq : t.seq;
		last_seq = t.seq;
		last_deadline = field(r, "deadline");
		if (times && fwrite(&t, sizeof t, 1, times) != 1)
			fatal("the file of times: %s", strerror(errno));
	} else if (refused++ == 0) {
		fprintf(stderr, "writer: refused: %s\n", r->element[1]->str);
	}
	answered++;
	freeReplyObject(reply);
}

static void flush(void)
{
	for (int done = 0; !done;)
		if (redisBufferWrite(redis, &done) != REDIS_OK)
			fatal("Redis: %s", redis->errstr);
}

static const char *toggle_verb(unsigned n, unsigned count) { return n / count % 2 ? "offer" : "withhold"; }

/* Offers again what a run that ended in the middle of a pass has left withheld; these changes are nobody's figure. */
static void tidy(unsigned first, unsigned count, unsigned total)
{
	unsigned rest = total % count, from = total / count % 2 ? rest : 0, until = total / count % 2 ? count : rest;
	if (times && fclose(times) != 0)
		fatal("the file of times: %s", strerror(errno));
	times = NULL;
	for (unsigned i = from; i < until; i++) {
		ask("offer", unit_id(first + i));
		flush();
		take_reply();
	}
}

static void toggle(unsigned first, unsigned count, unsigned rate, unsigned total)
{
	int64_t began_us = clock_mono_us();
	while (sent < total) {
		int64_t due = (clock_mono_us() - began_us) * rate / 1000000 + 1;
		while (sent < total && sent < due && sent - answered < WINDOW)
			ask(toggle_verb(sent, count), unit_id(first + sent % count));
		flush();
		/* Behind its time it does not pause, and the delay counts: asked_us is when it leaves. */
		while (answered < sent)
			take_reply();
		int64_t next_us = began_us + (int64_t)sent * 1000000 / rate, wait_us = next_us - clock_mono_us();
		if (wait_us > 0)
			usleep((useconds_t)wait_us);
	}
	written_s = (double)(clock_mono_us() - began_us) / 1e6;
	tidy(first, count, total);
}

static void all(const char *verb, unsigned first, unsigned count)
{
	while (answered < count) {
		while (sent < count && sent - answered < WINDOW) {
			ask(verb, unit_id(first + sent));
		}
		flush();
		for (unsigned under_way = sent - answered, keep = sent < count ? WINDOW / 2 : 0; under_way > keep; under_way--)
			take_reply();
	}
}

static unsigned number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	if (end == text || *end || value > 100000000)
		fatal("\"%s\" is not a number", text);
	return (unsigned)value;
}

int main(int argc, char **argv)
{
	bool toggles = argc > 4 && strcmp(argv[4], "toggle") == 0;
	if (toggles ? argc != 9 && argc != 10 : argc != 7)
		fatal("usage: writer SOCKET PROJECT UNITS_FILE toggle FIRST COUNT RATE TOTAL [TIMES_FILE]\n"
		      "       writer SOCKET PROJECT UNITS_FILE lock|release FIRST COUNT");
	units_read(argv[3]);
	snprintf(prefix, sizeof prefix, "ld:{%.64s}", argv[2]);
	redis = redisConnectUnix(argv[1]);
	if (!redis || redis->err)
		fatal("%s: %s", argv[1], redis ? redis->errstr : "no memory");
	if (argc == 10 && !(times = fopen(argv[9], "we")))
		fatal("%s: %s", argv[9], strerror(errno));
	int64_t began_us = clock_mono_us();
	if (toggles)
		toggle(number(argv[5]), number(argv[6]), number(argv[7]), number(argv[8]));
	else
		all(argv[4], number(argv[5]), number(argv[6]));
	if (!toggles)
		written_s = (double)(clock_mono_us() - began_us) / 1e6;
	printf("{\"changes\":%u,\"refused\":%u,\"first_seq\":%lld,\"last_seq\":%lld,\"last_deadline\":%lld,"
	       "\"seconds\":%.3f}\n",
	       answered - refused, refused, first_seq, last_seq, last_deadline, written_s);
	redisFree(redis);
	return refused > 0;
}
