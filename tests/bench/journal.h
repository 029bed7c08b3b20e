/* What each buyer did and was told, one line of JSON for each answer or lost one, for the checker of histories
 * (tests/system/history.py). Times are microseconds of the server's clock; the first line says how sure they are. */
#ifndef BENCH_JOURNAL_H
#define BENCH_JOURNAL_H

#include "client.h"

#include <stdbool.h>

enum { ACCOUNT_BYTES = 24, KEY_BYTES = 40 };

struct attempt {
	uint32_t id; /* of the message, from 2 on; also names the key */
	uint32_t unit;
	int64_t sent_us; /* monotonic; 0: none under way */
	int64_t saw;     /* seq of the board by which it was chosen */
};

/* An answer, as far as clients act on it. Text is lent from the message. */
struct answer {
	const char *code; /* "ok", the error's code, or "lost" */
	size_t code_bytes;
	const char *why; /* detail of a refusal, or "" */
	size_t why_bytes;
	int64_t retry_ms, opens_at;
	bool is_ok;
};

void journal_first_buyer(unsigned number); /* client n is buyer b<number + n> */
void journal_account(const struct client *c, char out[ACCOUNT_BYTES]);
void journal_key(const struct attempt *a, char out[KEY_BYTES]);

void journal_begin(const char *path,
                   int64_t rush); /* rush: a number that keys of this run carry; fatal when it cannot */
/* text NULL: no answer came. */
void journal_note(const struct client *c, const struct attempt *a, const struct answer *answer, const char *text,
                  size_t bytes, int64_t now_us);
void journal_end(void);

void answer_read(const char *text, size_t bytes, struct answer *out);
bool answer_is(const struct answer *a, const char *code);
bool answer_why(const struct answer *a, const char *why);
/* Nobody knows whether it was done: to be repeated with the same key. */
bool answer_is_unknown(const struct answer *a);

#endif
