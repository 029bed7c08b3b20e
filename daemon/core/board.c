#include "core/board.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { NO_UNIT = UINT32_MAX, UNITS_MAX = 20000 };
#define SEEN_WORDS(units) (((units) + 63) / 64)

struct board {
	char *project;
	char epoch[32];
	unsigned loads;
	int64_t seq, catalog_version;
	size_t count, cap;
	struct board_unit *units;
	uint64_t *seen;            /* a bit for each index: scratch of board_changed_since, all zero in between */
	int64_t ring_from;         /* the ring reaches back to changes after this seq */
	uint32_t ring[BOARD_RING]; /* seq modulo BOARD_RING → index, or NO_UNIT */
};

struct board *board_new(const char *project)
{
	struct board *b = mem_zalloc(sizeof *b);
	b->project = mem_strdup(project);
	return b;
}

static void clear_units(struct board *b)
{
	for (size_t i = 0; i < b->count; i++) {
		mem_free(b->units[i].id);
		mem_free(b->units[i].holder);
		mem_free(b->units[i].deal);
	}
	b->count = 0;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	clear_units(b);
	mem_free(b->units);
	mem_free(b->seen);
	mem_free(b->project);
	mem_free(b);
}

static void reserve(struct board *b, size_t count)
{
	if (count <= b->cap)
		return;
	size_t cap = b->cap ? b->cap * 2 : 512;
	while (cap < count)
		cap *= 2;
	b->units = mem_reallocarray(b->units, cap, sizeof *b->units);
	mem_free(b->seen);
	b->seen = mem_calloc(SEEN_WORDS(cap), sizeof *b->seen);
	b->cap = cap;
}

static char *copy_or_null(const char *s) { return s && *s ? mem_strdup(s) : NULL; }

void board_load(struct board *b, const struct snapshot *snap)
{
	clear_units(b);
	reserve(b, snap->count);
	for (size_t i = 0; i < snap->count; i++) {
		const struct snapshot_unit *from = &snap->units[i];
		b->units[i] = (struct board_unit){
			mem_strdup(from->id),    from->status, from->rev, from->deadline_ms, copy_or_null(from->holder),
			copy_or_null(from->deal)
		};
	}
	b->count = snap->count;
	b->seq = b->ring_from = snap->seq;
	b->catalog_version = snap->catalog_version;
	/* Another load, or another process, may have other content at the same seq: a resume across them must not fit. */
	snprintf(b->epoch, sizeof b->epoch, "%.12s-%llx%x", snap->epoch, (unsigned long long)clock_wall_ms(), b->loads++);
}

static void set_text(char **at, const char *text)
{
	if (*at && strcmp(*at, text) == 0)
		return;
	mem_free(*at);
	*at = copy_or_null(text);
}

static bool is_taken(enum unit_status s) { return s != UNIT_WITHHELD && s != UNIT_AVAILABLE; }

static int apply_unit(struct board *b, const struct event *e)
{
	bool add = e->index == b->count;
	if (e->index > b->count || e->index >= UNITS_MAX || (add && strcmp(e->type, "add") != 0))
		return LD_E_BAD_REQUEST;
	if (add) {
		reserve(b, b->count + 1);
		b->units[b->count++] = (struct board_unit){ .id = mem_strdup(e->unit) };
	}
	struct board_unit *u = &b->units[e->index];
	if (strcmp(u->id, e->unit) != 0 || e->rev != u->rev + 1)
		return LD_E_BAD_REQUEST;
	u->status = e->status;
	u->rev = e->rev;
	u->deadline_ms = e->deadline_ms;
	set_text(&u->holder, is_taken(e->status) ? e->holder : "");
	set_text(&u->deal, is_taken(e->status) ? e->deal : "");
	return 0;
}

int board_apply(struct board *b, const struct event *e)
{
	if (e->seq != b->seq + 1)
		return LD_E_BAD_REQUEST;
	if (e->has_unit && apply_unit(b, e) != 0)
		return LD_E_BAD_REQUEST;
	b->seq = e->seq;
	b->ring[(uint64_t)e->seq % BOARD_RING] = e->has_unit ? e->index : NO_UNIT;
	if (b->seq - b->ring_from > BOARD_RING)
		b->ring_from = b->seq - BOARD_RING;
	if (strcmp(e->type, "import") == 0)
		b->catalog_version++;
	return 0;
}

const char *board_project(const struct board *b) { return b->project; }
int64_t board_seq(const struct board *b) { return b->seq; }
size_t board_count(const struct board *b) { return b->count; }
const char *board_epoch(const struct board *b) { return b->epoch; }
int64_t board_catalog_version(const struct board *b) { return b->catalog_version; }
const struct board_unit *board_unit(const struct board *b, uint32_t index) { return &b->units[index]; }

size_t board_changed_since(struct board *b, int64_t from, uint32_t *out, size_t cap, bool *too_old)
{
	size_t n = 0;
	*too_old = from < b->ring_from || from > b->seq || cap < b->count;
	if (*too_old)
		return 0;
	for (int64_t seq = from + 1; seq <= b->seq; seq++) {
		uint32_t index = b->ring[(uint64_t)seq % BOARD_RING];
		if (index != NO_UNIT)
			b->seen[index / 64] |= 1ULL << index % 64;
	}
	for (size_t word = 0; word < SEEN_WORDS(b->count); word++) {
		for (uint64_t bits = b->seen[word]; bits; bits &= bits - 1)
			out[n++] = (uint32_t)(64 * word) + (uint32_t)__builtin_ctzll(bits);
		b->seen[word] = 0;
	}
	return n;
}

char board_letter(const struct board *b, uint32_t index, enum board_view view)
{
	enum unit_status s = b->units[index].status;
	if (view == VIEW_INTERNAL || s == UNIT_AVAILABLE)
		return unit_letter(s);
	if (s == UNIT_WITHHELD)
		return 'x';
	return view == VIEW_MERGED ? 't' : unit_letter(s);
}

int64_t board_deadline_ms(const struct board *b, uint32_t index, enum board_view view)
{
	return view == VIEW_MERGED ? 0 : b->units[index].deadline_ms;
}
