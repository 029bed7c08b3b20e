#include "journal.h"

#include "json_scan.h"
#include "server_clock.h"
#include "units.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static FILE *file;
static unsigned first_buyer;
static long long rush_number;

void journal_first_buyer(unsigned number) { first_buyer = number; }

void journal_account(const struct client *c, char out[ACCOUNT_BYTES])
{
	snprintf(out, ACCOUNT_BYTES, "b%u", first_buyer + c->number);
}

void journal_key(const struct attempt *a, char out[KEY_BYTES])
{
	snprintf(out, KEY_BYTES, "r%lld-%u", rush_number, a->id);
}

void journal_begin(const char *path, int64_t rush)
{
	rush_number = rush;
	file = fopen(path, "we");
	if (!file)
		fatal("%s: %s", path, strerror(errno));
	fprintf(file, "{\"uncertain_us\":%lld}\n", (long long)(int64_t)SERVER_CLOCK_UNCERTAIN_US);
}

void journal_note(const struct client *c, const struct attempt *a, const struct answer *answer, const char *text,
                  size_t bytes, int64_t now_us)
{
	char account[ACCOUNT_BYTES], key[KEY_BYTES];
	size_t deal_bytes = 0;
	const char *deal = text ? json_string(text, bytes, "deal", &deal_bytes) : NULL;
	journal_account(c, account);
	journal_key(a, key);
	fprintf(file,
	        "{\"who\":\"%s\",\"key\":\"%s\",\"unit\":\"%s\",\"sent\":%lld,\"got\":%lld,\"answer\":\"%.*s\","
	        "\"why\":\"%.*s\",\"deal\":\"%.*s\",\"rev\":%lld,\"saw\":%lld}\n",
	        account, key, unit_id(a->unit), (long long)server_clock_us(a->sent_us),
	        text ? (long long)server_clock_us(now_us) : 0LL, (int)answer->code_bytes, answer->code,
	        (int)answer->why_bytes, answer->why, (int)deal_bytes, deal ? deal : "",
	        text ? (long long)json_int(text, bytes, "rev", 0) : 0LL, (long long)a->saw);
}

void journal_end(void)
{
	if (file && fclose(file) != 0)
		fatal("the journal cannot be written: %s", strerror(errno));
	file = NULL;
}

void answer_read(const char *text, size_t bytes, struct answer *out)
{
	*out = (struct answer){ .code = "ok", .code_bytes = 2, .why = "" };
	out->is_ok = memmem(text, bytes, "\"ok\":", 5) != NULL;
	if (out->is_ok)
		return;
	out->code = json_string(text, bytes, "code", &out->code_bytes);
	if (!out->code)
		fatal("neither an answer nor a refusal: %.*s", (int)bytes, text);
	const char *why = json_string(text, bytes, "why", &out->why_bytes);
	out->why = why ? why : "";
	out->retry_ms = json_int(text, bytes, "retry_ms", 0);
	out->opens_at = json_int(text, bytes, "opens_at", 0);
}

static bool same(const char *text, size_t bytes, const char *word)
{
	return bytes == strlen(word) && memcmp(text, word, bytes) == 0;
}

bool answer_is(const struct answer *a, const char *code) { return same(a->code, a->code_bytes, code); }
bool answer_why(const struct answer *a, const char *why) { return same(a->why, a->why_bytes, why); }

bool answer_is_unknown(const struct answer *a)
{
	return answer_is(a, "unknown") || answer_is(a, "unavailable") || answer_is(a, "too_late");
}
