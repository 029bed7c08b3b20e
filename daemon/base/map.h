/* String key → pointer. Keys are copied; values are the caller's. Hashing is keyed with a per-process secret, so
 * that chosen names cannot be made to collide. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

struct map;

struct map *map_new(void);
void map_free(struct map *m, void (*free_value)(void *)); /* free_value may be NULL */
void *map_get(const struct map *m, const char *key);      /* NULL when absent */
void *map_getn(const struct map *m, const char *key, size_t key_bytes);
void *map_set(struct map *m, const char *key,
              void *value);                       /* returns the replaced value or NULL; value must not be NULL */
void *map_remove(struct map *m, const char *key); /* returns the removed value or NULL */
size_t map_count(const struct map *m);
/* Calls `each` for every entry, in no order; `each` must not change the map. */
void map_each(const struct map *m, void (*each)(const char *key, void *value, void *ctx), void *ctx);

#endif
