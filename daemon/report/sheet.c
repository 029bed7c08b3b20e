#include "report/sheet.h"

#include "base/map.h"
#include "base/mem.h"
#include "report/home.h"

#include <stdlib.h>
#include <string.h>

int64_t unit_price_fen(const struct ledger_unit *u) { return u->deal ? u->deal->price_fen : u->home.list_price_fen; }

static void add(struct sheet_sum *sum, const struct ledger_unit *u)
{
	sum->counts.units++;
	sum->counts.by_status[u->state]++;
	sum->list_fen += u->home.list_price_fen;
	sum->deal_fen += u->deal ? u->deal->price_fen : 0;
}

/* Maps hold positions from 1 on: 0 is "absent". */
static size_t position(const struct map *m, const char *key) { return (size_t)(uintptr_t)map_get(m, key); }
static void remember(struct map *m, const char *key, size_t at) { map_set(m, key, (void *)(uintptr_t)at); }

static struct sheet_type *type_named(struct sheet *s, struct map *known, const char *name)
{
	if (!position(known, name)) {
		s->types = mem_reallocarray(s->types, s->type_count + 1, sizeof *s->types);
		s->types[s->type_count++] = (struct sheet_type){ .name = name };
		remember(known, name, s->type_count);
	}
	return &s->types[position(known, name) - 1];
}

static struct sheet_building *building_named(struct sheet *s, struct map *known, const char *name)
{
	if (!position(known, name)) {
		s->buildings = mem_reallocarray(s->buildings, s->building_count + 1, sizeof *s->buildings);
		s->buildings[s->building_count++] =
			(struct sheet_building){ .name = name, .column_of = map_new(), .floor_of = map_new() };
		remember(known, name, s->building_count);
	}
	return &s->buildings[position(known, name) - 1];
}

static struct sheet_floor *floor_named(struct sheet_building *b, const char *label)
{
	if (!position(b->floor_of, label)) {
		b->floors = mem_reallocarray(b->floors, b->floor_count + 1, sizeof *b->floors);
		b->floors[b->floor_count++] = (struct sheet_floor){ .label = label, .taken = map_new() };
		remember(b->floor_of, label, b->floor_count);
	}
	return &b->floors[position(b->floor_of, label) - 1];
}

/* 0x1f separates fields (ASCII "unit separator"); no control characters come into the catalogue. */
static char *column_key(const char *entrance, const char *room) { return mem_printf("%s\x1f%s", entrance, room); }

/* The column of a key, made when it is new; takes room and key. */
static size_t column_at(struct sheet_building *b, const char *entrance, char *room, char *key)
{
	size_t at = position(b->column_of, key);

	if (at) {
		mem_free(room);
		mem_free(key);
		return at - 1;
	}
	b->columns = mem_reallocarray(b->columns, b->column_count + 1, sizeof *b->columns);
	b->columns[b->column_count++] = (struct sheet_column){ .entrance = entrance, .room = room, .key = key };
	remember(b->column_of, key, b->column_count);
	return b->column_count - 1;
}

static void place(struct sheet_building *b, const struct ledger_unit *u)
{
	struct sheet_floor *f = floor_named(b, u->home.floor);
	char *room = mem_strdup(home_column(&u->home)), *key = column_key(u->home.entrance, room);

	while (map_get(f->taken, key)) {
		char *next = mem_printf("%s+", room);

		mem_free(room);
		mem_free(key);
		room = next;
		key = column_key(u->home.entrance, room);
	}
	map_set(f->taken, key, b);
	add(&f->sum, u);
	add(&b->sum, u);
	f->cells = mem_reallocarray(f->cells, f->cell_count + 1, sizeof *f->cells);
	f->cells[f->cell_count++] = (struct sheet_cell){ u, column_at(b, u->home.entrance, room, key) };
}

static int by_name(const void *a, const void *b)
{
	const struct sheet_building *x = a, *y = b;

	return natural_compare(x->name, y->name);
}

static int by_room(const void *a, const void *b)
{
	const struct sheet_column *x = a, *y = b;
	int order = natural_compare(x->entrance, y->entrance);

	return order ? order : natural_compare(x->room, y->room);
}

static int descending(const void *a, const void *b)
{
	const struct sheet_floor *x = a, *y = b;

	return floor_compare(x->label, y->label);
}

static int by_column(const void *a, const void *b)
{
	const struct sheet_cell *x = a, *y = b;

	return (x->column > y->column) - (x->column < y->column);
}

/* Columns were numbered as they were met; now they get their places. */
static void lay_out(struct sheet_building *b)
{
	size_t *place_of = mem_calloc(b->column_count, sizeof *place_of);

	qsort(b->columns, b->column_count, sizeof *b->columns, by_room);
	qsort(b->floors, b->floor_count, sizeof *b->floors, descending);
	for (size_t c = 0; c < b->column_count; c++)
		place_of[position(b->column_of, b->columns[c].key) - 1] = c;
	for (size_t i = 0; i < b->floor_count; i++) {
		struct sheet_floor *f = &b->floors[i];

		for (size_t c = 0; c < f->cell_count; c++)
			f->cells[c].column = place_of[f->cells[c].column];
		qsort(f->cells, f->cell_count, sizeof *f->cells, by_column);
	}
	mem_free(place_of);
}

struct sheet *sheet_new(const struct ledger *l)
{
	struct sheet *s = mem_zalloc(sizeof *s);
	struct map *types = map_new(), *buildings = map_new();

	for (size_t i = 0; i < l->unit_count; i++) {
		const struct ledger_unit *u = l->units[i];

		add(&s->total, u);
		add(&type_named(s, types, u->home.type)->sum, u);
		place(building_named(s, buildings, u->home.building), u);
	}
	if (s->building_count > 0)
		qsort(s->buildings, s->building_count, sizeof *s->buildings, by_name);
	for (size_t i = 0; i < s->building_count; i++)
		lay_out(&s->buildings[i]);
	map_free(types, NULL);
	map_free(buildings, NULL);
	return s;
}

static void building_fini(struct sheet_building *b)
{
	for (size_t i = 0; i < b->column_count; i++) {
		mem_free(b->columns[i].room);
		mem_free(b->columns[i].key);
	}
	for (size_t i = 0; i < b->floor_count; i++) {
		map_free(b->floors[i].taken, NULL);
		mem_free(b->floors[i].cells);
	}
	map_free(b->column_of, NULL);
	map_free(b->floor_of, NULL);
	mem_free(b->columns);
	mem_free(b->floors);
}

void sheet_free(struct sheet *s)
{
	for (size_t i = 0; i < s->building_count; i++)
		building_fini(&s->buildings[i]);
	mem_free(s->buildings);
	mem_free(s->types);
	mem_free(s);
}
