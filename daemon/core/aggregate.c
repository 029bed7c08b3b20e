#include "core/aggregate.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdio.h>

/* Finds or makes the row of a key in a dimension. */
static struct figure *row(struct figures *f, struct map *seen, const char *key, struct figure blank)
{
	size_t at = (size_t)(uintptr_t)map_get(seen, key);
	if (at)
		return &f->rows[at - 1];
	f->rows = mem_reallocarray(f->rows, f->count + 1, sizeof *f->rows);
	f->rows[f->count++] = blank;
	map_set(seen, key, (void *)(uintptr_t)f->count);
	return &f->rows[f->count - 1];
}

static void count(struct counts *c, enum unit_status s)
{
	c->units++;
	c->by_status[s]++;
}

static const char *text(const char *s) { return s ? s : ""; }

struct aggregate *aggregate_new(const struct board *b, const struct unit_label *labels, size_t label_count,
                                enum board_view view)
{
	struct aggregate *a = mem_zalloc(sizeof *a);
	struct map *types = map_new(), *floors = map_new(), *buildings = map_new();
	a->view = view;
	for (uint32_t i = 0; i < board_count(b); i++) {
		enum unit_status s = board_unit(b, i)->status;
		count(&a->totals, s);
		if (i >= label_count)
			continue;
		const char *building = text(labels[i].building), *entrance = text(labels[i].entrance);
		const char *floor = text(labels[i].floor), *type = text(labels[i].type);
		/* 0x1f separates fields (ASCII "unit separator"); the importer lets no control characters into the catalogue. */
		char *floor_key = mem_printf("%s\x1f%s\x1f%s", building, entrance, floor);
		count(&row(&a->by_type, types, type, (struct figure){ .type = type })->counts, s);
		count(&row(&a->by_building, buildings, building, (struct figure){ .building = building })->counts, s);
		count(&row(&a->by_floor, floors, floor_key,
		           (struct figure){ .building = building, .entrance = entrance, .floor = floor })
		           ->counts,
		      s);
		mem_free(floor_key);
	}
	map_free(types, NULL);
	map_free(floors, NULL);
	map_free(buildings, NULL);
	return a;
}

void aggregate_free(struct aggregate *a)
{
	mem_free(a->by_type.rows);
	mem_free(a->by_floor.rows);
	mem_free(a->by_building.rows);
	mem_free(a);
}

int64_t counts_sell_through_bp(const struct counts *c)
{
	int64_t offered = c->units - c->by_status[UNIT_WITHHELD];
	int64_t sold = c->by_status[UNIT_SUBSCRIBED] + c->by_status[UNIT_CONTRACTED] + c->by_status[UNIT_SETTLED];
	return offered ? (sold * 10000 + offered / 2) / offered : 0;
}
