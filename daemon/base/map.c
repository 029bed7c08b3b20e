/* Open addressing with linear probing and backward-shift deletion: no tombstones, so a map that churns stays fast. */
#include "base/map.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdint.h>
#include <string.h>
#include <sys/random.h>

struct slot {
	uint64_t hash;
	char *key; /* NULL: free */
	void *value;
};

struct map {
	struct slot *slots;
	size_t cap; /* power of two */
	size_t count;
};

static uint64_t secret[2];

/* SipHash-1-3 (Aumasson and Bernstein; the rounds are those that language runtimes use for hash tables). */
#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define SIPROUND(v0, v1, v2, v3) \
	do {                         \
		v0 += v1;                \
		v1 = ROTL(v1, 13);       \
		v1 ^= v0;                \
		v0 = ROTL(v0, 32);       \
		v2 += v3;                \
		v3 = ROTL(v3, 16);       \
		v3 ^= v2;                \
		v0 += v3;                \
		v3 = ROTL(v3, 21);       \
		v3 ^= v0;                \
		v2 += v1;                \
		v1 = ROTL(v1, 17);       \
		v1 ^= v2;                \
		v2 = ROTL(v2, 32);       \
	} while (0)

static uint64_t hash_bytes(const char *p, size_t bytes)
{
	uint64_t v0 = secret[0] ^ 0x736f6d6570736575u, v1 = secret[1] ^ 0x646f72616e646f6du;
	uint64_t v2 = secret[0] ^ 0x6c7967656e657261u, v3 = secret[1] ^ 0x7465646279746573u;
	uint64_t m, tail = (uint64_t)bytes << 56;
	size_t i = 0;
	for (; i + 8 <= bytes; i += 8) {
		memcpy(&m, p + i, 8);
		v3 ^= m;
		SIPROUND(v0, v1, v2, v3);
		v0 ^= m;
	}
	for (size_t j = 0; i + j < bytes; j++)
		tail |= (uint64_t)(unsigned char)p[i + j] << (8 * j);
	v3 ^= tail;
	SIPROUND(v0, v1, v2, v3);
	v0 ^= tail;
	v2 ^= 0xff;
	for (int r = 0; r < 3; r++)
		SIPROUND(v0, v1, v2, v3);
	return v0 ^ v1 ^ v2 ^ v3;
}

struct map *map_new(void)
{
	if (!secret[0] && getrandom(secret, sizeof secret, 0) != sizeof secret)
		panic("getrandom failed");
	struct map *m = mem_zalloc(sizeof *m);
	m->cap = 16;
	m->slots = mem_calloc(m->cap, sizeof *m->slots);
	return m;
}

void map_free(struct map *m, void (*free_value)(void *))
{
	if (!m)
		return;
	for (size_t i = 0; i < m->cap; i++) {
		if (!m->slots[i].key)
			continue;
		mem_free(m->slots[i].key);
		if (free_value)
			free_value(m->slots[i].value);
	}
	mem_free(m->slots);
	mem_free(m);
}

static struct slot *find(const struct map *m, const char *key, size_t bytes, uint64_t hash)
{
	for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		struct slot *s = &m->slots[i];
		if (!s->key || (s->hash == hash && strncmp(s->key, key, bytes) == 0 && s->key[bytes] == '\0'))
			return s;
	}
}

static void grow(struct map *m)
{
	struct slot *old = m->slots;
	size_t old_cap = m->cap;
	m->cap *= 2;
	m->slots = mem_calloc(m->cap, sizeof *m->slots);
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].key)
			*find(m, old[i].key, strlen(old[i].key), old[i].hash) = old[i];
	mem_free(old);
}

void *map_getn(const struct map *m, const char *key, size_t key_bytes)
{
	struct slot *s = find(m, key, key_bytes, hash_bytes(key, key_bytes));
	return s->key ? s->value : NULL;
}

void *map_get(const struct map *m, const char *key) { return map_getn(m, key, strlen(key)); }

void *map_set(struct map *m, const char *key, void *value)
{
	size_t bytes = strlen(key);
	uint64_t hash = hash_bytes(key, bytes);
	struct slot *s = find(m, key, bytes, hash);
	if (s->key) {
		void *old = s->value;
		s->value = value;
		return old;
	}
	if ((m->count + 1) * 4 > m->cap * 3) {
		grow(m);
		s = find(m, key, bytes, hash);
	}
	*s = (struct slot){ hash, mem_strndup(key, bytes), value };
	m->count++;
	return NULL;
}

void *map_remove(struct map *m, const char *key)
{
	size_t bytes = strlen(key), mask = m->cap - 1;
	struct slot *s = find(m, key, bytes, hash_bytes(key, bytes));
	if (!s->key)
		return NULL;
	void *value = s->value;
	mem_free(s->key);
	m->count--;
	size_t hole = (size_t)(s - m->slots);
	for (size_t i = (hole + 1) & mask; m->slots[i].key; i = (i + 1) & mask) {
		size_t home = m->slots[i].hash & mask;
		/* An entry may move into the hole unless its home lies cyclically in (hole, i]. */
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole] = (struct slot){ 0 };
	return value;
}

size_t map_count(const struct map *m) { return m->count; }

void map_each(const struct map *m, void (*each)(const char *key, void *value, void *ctx), void *ctx)
{
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].key)
			each(m->slots[i].key, m->slots[i].value, ctx);
}
