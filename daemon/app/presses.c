#include "app/presses.h"

#include "base/map.h"
#include "base/mem.h"

/* A bucket that nobody touched for a generation is full again, and may be forgotten. */
enum { GENERATION_MS = 60000, ADDRESS_BURST_S = 2 };

struct bucket {
	int64_t at_ms, milli;
	int64_t rests_until_ms; /* of buyers: the gap after the last press */
};

/* Two generations of buckets of one kind: those used lately, and those that were. */
struct buckets {
	struct map *now, *before;
	int64_t per_s, burst;
};

struct presses {
	struct buckets buyers, addresses;
	int64_t gap_ms, since_ms;
};

static void buckets_init(struct buckets *b, int64_t per_s, int64_t burst)
{
	*b = (struct buckets){ map_new(), map_new(), per_s, burst };
}

static void buckets_fini(struct buckets *b)
{
	map_free(b->now, mem_free);
	map_free(b->before, mem_free);
}

struct presses *presses_new(const struct conf *conf)
{
	struct presses *p = mem_zalloc(sizeof *p);
	buckets_init(&p->buyers, conf->buyer_presses_per_s, conf->buyer_presses_burst);
	p->gap_ms = conf->buyer_press_gap_ms;
	buckets_init(&p->addresses, conf->address_presses_per_s, conf->address_presses_per_s * ADDRESS_BURST_S);
	return p;
}

void presses_free(struct presses *p)
{
	if (!p)
		return;
	buckets_fini(&p->buyers);
	buckets_fini(&p->addresses);
	mem_free(p);
}

static void rotate(struct buckets *b)
{
	map_free(b->before, mem_free);
	b->before = b->now;
	b->now = map_new();
}

static struct bucket *bucket_of(struct buckets *b, const char *name, int64_t now_ms)
{
	struct bucket *found = map_get(b->now, name);
	if (found)
		return found;
	found = map_remove(b->before, name);
	if (!found) {
		found = mem_alloc(sizeof *found);
		*found = (struct bucket){ now_ms, b->burst * 1000, 0 };
	}
	map_set(b->now, name, found);
	return found;
}

/* ms until there is a token; 0: there is one. Without a limit always. */
static int64_t wait_ms(const struct buckets *b, struct bucket *k, int64_t now_ms)
{
	if (!b->per_s)
		return 0;
	int64_t milli = k->milli + (now_ms - k->at_ms) * b->per_s;
	k->milli = milli < b->burst * 1000 ? milli : b->burst * 1000;
	k->at_ms = now_ms;
	return k->milli >= 1000 ? 0 : (1000 - k->milli + b->per_s - 1) / b->per_s;
}

int64_t presses_take(struct presses *p, const char *buyer, const char *address, int64_t now_ms)
{
	if (now_ms - p->since_ms > GENERATION_MS) {
		rotate(&p->buyers);
		rotate(&p->addresses);
		p->since_ms = now_ms;
	}
	struct bucket *own = bucket_of(&p->buyers, buyer, now_ms);
	struct bucket *from = *address ? bucket_of(&p->addresses, address, now_ms) : NULL;
	if (wait_ms(&p->buyers, own, now_ms)) {
		/* What a bucket earns comes due at one moment, and a script is there in that moment while a person is not: so who
		 * presses while limited waits anew. */
		own->milli = 0;
		return wait_ms(&p->buyers, own, now_ms);
	}
	/* A script that knows the moment of the opening would spend all it may in the first milliseconds, on one unit after the
	 * other, while a person tries the second. */
	if (now_ms < own->rests_until_ms) {
		own->rests_until_ms = now_ms + p->gap_ms;
		return p->gap_ms;
	}
	/* The others of this address have done nothing: its wait goes on. */
	int64_t wait = from ? wait_ms(&p->addresses, from, now_ms) : 0;
	if (wait)
		return wait;
	own->milli -= 1000;
	own->rests_until_ms = now_ms + p->gap_ms;
	if (from)
		from->milli -= 1000;
	return 0;
}
