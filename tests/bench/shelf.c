#include "shelf.h"

#include "base/mem.h"
#include "json_scan.h"
#include "units.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool *withheld; /* by unit; NULL: none is */
static char **boards;  /* by client; NULL: none yet */
static unsigned board_count;

static char *board_of(const struct client *c)
{
	if (board_count < clients_count()) {
		boards = mem_reallocarray(boards, clients_count(), sizeof *boards);
		memset(boards + board_count, 0, (clients_count() - board_count) * sizeof *boards);
		board_count = clients_count();
	}
	if (!boards[c->number]) {
		boards[c->number] = mem_alloc(units_count());
		memset(boards[c->number], 'a', units_count());
	}
	return boards[c->number];
}

void shelf_offer(const char *path)
{
	char line[128];
	FILE *f = fopen(path, "re");
	if (!f)
		fatal("%s: %s", path, strerror(errno));
	withheld = mem_alloc(units_count() * sizeof *withheld);
	memset(withheld, true, units_count() * sizeof *withheld);
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\r\n")] = '\0';
		for (unsigned i = 0; i < units_count(); i++)
			if (strcmp(unit_id(i), line) == 0)
				withheld[i] = false;
	}
	fclose(f);
}

static bool is_free(const char *board, unsigned unit) { return board[unit] == 'a' && !(withheld && withheld[unit]); }

/* [[17,"l",MS],[18,"a"],…] */
static void apply_units(char *board, const char *at, const char *end)
{
	while (at < end && *at == '[') {
		int64_t unit;
		at++;
		if (!json_number(&at, end, &unit) || end - at < 4 || unit >= (int64_t)units_count())
			fatal("a change of a unit that is not understood");
		board[unit] = at[2];
		const char *close = memchr(at, ']', (size_t)(end - at));
		if (!close)
			fatal("a change without an end");
		at = close + 1;
		at += at < end && *at == ',';
	}
}

void shelf_apply(const struct client *c, const char *text, size_t have, size_t bytes)
{
	size_t letters = 0;
	if (have < bytes)
		fatal("a message of %zu bytes was cut; a client that chooses needs it whole", bytes);
	const char *st = json_string(text, have, "st", &letters);
	if (st) {
		memcpy(board_of(c), st, letters < units_count() ? letters : units_count());
		return;
	}
	const char *changes = json_value(text, have, "u");
	if (changes && *changes == '[')
		apply_units(board_of(c), changes + 1, text + have);
}

int shelf_pick(const struct client *c, uint64_t random)
{
	const char *board = board_of(c);
	unsigned count = units_count(), from = (unsigned)(random % count), free_count = 0;
	/* Among all that are free with the same chance: first counted, then chosen. */
	for (unsigned i = 0; i < count; i++)
		free_count += is_free(board, i);
	if (!free_count)
		return -1;
	if (free_count == count)
		return (int)from;
	unsigned nth = (unsigned)((random >> 20) % free_count);
	for (unsigned i = 0; i < count; i++)
		if (is_free(board, i) && nth-- == 0)
			return (int)i;
	return -1;
}

void shelf_mark_taken(const struct client *c, unsigned unit) { board_of(c)[unit] = 'l'; }
