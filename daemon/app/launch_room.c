#include "app/launch_room.h"

#include "app/launches.h"
#include "base/map.h"
#include "base/mem.h"
#include "wire/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each buyer is reported every SEEN_EVERY_S; the library takes one for gone after 60 s. Places are asked for every
 * PLACES_EVERY_S, in one call for so many. */
enum { SEEN_EVERY_S = 10, PLACES_EVERY_S = 3, NAMES_AT_ONCE = 500 };
/* How long it takes is guessed from how many left a seat during the last minute. Not from how many came in: at the opening all
 * seats are taken at once, and that tells nothing of how long they will be. */
enum { SAMPLES = 60 / PLACES_EVERY_S };

/* What is known of the room of one session; several of a day may be open, or wait for their opening. */
struct hall {
	int64_t waiting, active;
	bool stands; /* the session is paused: nobody is let in */
	struct {
		int64_t at_ms, left;
	} samples[SAMPLES];
	unsigned next_sample;
};

struct launch_room {
	const struct launches *launches;
	struct project *project;
	unsigned seconds;
	struct map *halls; /* id of a session → struct hall */
};

static const char prefix[] = "buyer:";
enum { PREFIX_BYTES = sizeof prefix - 1 };

/* The id of the buyer whose session this is, or NULL. */
static const char *buyer_of(const struct session *s)
{
	bool is = s->conn && !s->closing && s->identity && s->identity->role == ROLE_BUYER &&
	          strncmp(s->identity->account, prefix, PREFIX_BYTES) == 0;
	return is ? s->identity->account + PREFIX_BYTES : NULL;
}

static struct hall *hall_of(struct launch_room *r, const char *launch)
{
	struct hall *h = map_get(r->halls, launch);
	if (!h) {
		h = mem_zalloc(sizeof *h);
		map_set(r->halls, launch, h);
	}
	return h;
}

/* --- what a buyer hears */

/* Seconds until `before` people and one more have got a seat, -1 when nobody can know. */
static int64_t estimate_s(const struct hall *h, int64_t before)
{
	int64_t first_ms = 0, first = 0, last_ms = 0, last = 0;
	for (int i = 0; i < SAMPLES && !h->stands; i++) {
		if (h->samples[i].at_ms && (!first_ms || h->samples[i].at_ms < first_ms)) {
			first_ms = h->samples[i].at_ms;
			first = h->samples[i].left;
		}
		if (h->samples[i].at_ms > last_ms) {
			last_ms = h->samples[i].at_ms;
			last = h->samples[i].left;
		}
	}
	return last > first && last_ms > first_ms ? (before + 1) * (last_ms - first_ms) / (last - first) / 1000 : -1;
}

/* left: how many have had a seat so far and have it no more. Reports come in several parts a second; one of them is enough. */
static void sample(struct hall *h, int64_t now_ms, int64_t left)
{
	if (h->next_sample && now_ms - h->samples[(h->next_sample - 1) % SAMPLES].at_ms < PLACES_EVERY_S * 1000)
		return;
	unsigned i = h->next_sample++ % SAMPLES;
	h->samples[i].at_ms = now_ms;
	h->samples[i].left = left;
}

/* place: as ld_launch_places says it. */
static void tell(struct launch_room *r, const char *launch, const char *buyer, const char *place)
{
	char account[PREFIX_BYTES + 80];
	struct emit j = { 0 };
	const struct hall *h = hall_of(r, launch);
	bool is_number = *place && strspn(place, "0123456789") == strlen(place);
	int64_t seconds = is_number ? estimate_s(h, strtoll(place, NULL, 10)) : -1;
	emit_open(&j, NULL, '{');
	emit_text(&j, "ev", "room");
	emit_text(&j, "project", r->project->name);
	emit_text(&j, "launch", launch);
	if (is_number)
		emit_int(&j, "place", strtoll(place, NULL, 10));
	else
		emit_text(&j, "place", place);
	emit_int(&j, "waiting", h->waiting);
	emit_int(&j, "active", h->active);
	if (seconds >= 0)
		emit_int(&j, "estimate_s", seconds);
	else
		emit_raw(&j, "estimate_s", "null");
	emit_int(&j, "at", project_now_ms(r->project));
	emit_close(&j, '}');
	struct frame *f = frame_new(j.b.data, j.b.len_bytes);
	buf_fini(&j.b);
	snprintf(account, sizeof account, "%s%s", prefix, buyer);
	project_each_session(r->project, account, session_tell, f);
	frame_unref(f);
}

/* --- asking where they stand */

struct asking {
	struct launch_room *room;
	char launch[LAUNCH_ID_BYTES];
	struct buf names;
};

static void on_places(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *items,
                      const size_t *bytes)
{
	struct asking *q = ctx;
	const char *name = buf_str(&q->names);
	UNUSED(reply);
	UNUSED(bytes);
	for (size_t i = 0; !err && i < n && *name; i++) {
		size_t len = strcspn(name, " ");
		char *buyer = mem_strndup(name, len);
		if (*items[i])
			tell(q->room, q->launch, buyer, items[i]);
		mem_free(buyer);
		name += len + (name[len] == ' ');
	}
	buf_fini(&q->names);
	mem_free(q);
}

/* Takes `names`, buyers separated by blanks. */
static void ask_places(struct launch_room *r, const struct launch *l, struct buf *names)
{
	struct asking *q = mem_zalloc(sizeof *q);
	q->room = r;
	snprintf(q->launch, sizeof q->launch, "%s", l->id);
	q->names = *names;
	*names = (struct buf){ 0 };
	const char *args[] = { q->launch, buf_str(&q->names) };
	store_list(r->project->app->store, "ld_launch_places", r->project->name, args, 2, on_places, q);
}

static void put_name(struct buf *names, const char *buyer)
{
	buf_addf(names, "%s%s", names->len_bytes ? " " : "", buyer);
}

/* A walk over the buyers who watch: `use` gets their names, so many at once. */
struct walk {
	struct launch_room *room;
	const struct launch *launch;
	void (*use)(struct launch_room *r, const struct launch *l, struct buf *names);
	unsigned every, offset, met; /* one of `every` */
	int count;
	struct buf names;
};

static void visit(struct session *s, void *ctx)
{
	struct walk *w = ctx;
	const char *buyer = buyer_of(s);
	if (!buyer || w->met++ % w->every != w->offset)
		return;
	put_name(&w->names, buyer);
	if (++w->count < NAMES_AT_ONCE)
		return;
	w->use(w->room, w->launch, &w->names);
	w->count = 0;
}

/* even: `use` is called at least once, if need be without a name. */
static void walk(struct walk *w, bool even)
{
	project_each_watcher(w->room->project, visit, w);
	if (w->count || even)
		w->use(w->room, w->launch, &w->names);
	buf_fini(&w->names);
}

void launch_room_entered(struct launch_room *r, const char *account)
{
	int64_t now_ms = project_now_ms(r->project);
	const struct launch *l;
	bool is_buyer = strncmp(account, prefix, PREFIX_BYTES) == 0;
	for (size_t i = 0; is_buyer && (l = launches_running(r->launches, i, now_ms)); i++) {
		struct buf names = { 0 };
		if (!l->active_max)
			continue;
		put_name(&names, account + PREFIX_BYTES);
		ask_places(r, l, &names);
	}
}

void launch_room_arrived(struct launch_room *r, struct session *s)
{
	if (buyer_of(s))
		launch_room_entered(r, s->identity->account);
}

/* --- telling who is here */

struct seeing {
	struct launch_room *room;
	char launch[LAUNCH_ID_BYTES];
	bool has_room;
};

static void on_seen(void *ctx, int err, const struct fn_reply *reply)
{
	struct seeing *q = ctx;
	struct launch_room *r = q->room;
	const char *name = err ? NULL : fn_reply_get(reply, "let_in");
	if (!err && q->has_room) {
		struct hall *h = hall_of(r, q->launch);
		const char *phase = fn_reply_get(reply, "phase");
		h->waiting = fn_reply_int(reply, "waiting", 0);
		h->active = fn_reply_int(reply, "active", 0);
		h->stands = phase && strcmp(phase, "paused") == 0;
		sample(h, fn_reply_int(reply, "now", 0), fn_reply_int(reply, "passed", 0) - h->active);
	}
	while (name && *name) {
		size_t len = strcspn(name, " ");
		char *buyer = mem_strndup(name, len);
		tell(r, q->launch, buyer, "active");
		mem_free(buyer);
		name += len + (name[len] == ' ');
	}
	mem_free(q);
}

static void report(struct launch_room *r, const struct launch *l, struct buf *names)
{
	struct seeing *q = mem_zalloc(sizeof *q);
	q->room = r;
	q->has_room = l->active_max > 0;
	snprintf(q->launch, sizeof q->launch, "%s", l->id);
	const char *args[] = { q->launch, names->len_bytes ? buf_str(names) : "" };
	store_call(r->project->app->store, "ld_launch_seen", r->project->name, args, 2, true, on_seen, q);
	buf_clear(names);
}

void launch_room_tick(struct launch_room *r)
{
	int64_t now_ms = project_now_ms(r->project);
	const struct launch *l;
	r->seconds++;
	/* A tenth of the buyers each second, so that ten thousand are a steady trickle; a room has to move also without, and not to
	 * hear of it means that Redis or all daemons are away. */
	for (size_t i = 0; (l = launches_running(r->launches, i, now_ms)); i++) {
		walk(&(struct walk){ r, l, report, SEEN_EVERY_S, r->seconds % SEEN_EVERY_S, 0, 0, { 0 } }, l->active_max > 0);
		if (l->active_max && r->seconds % PLACES_EVERY_S == 0)
			walk(&(struct walk){ r, l, ask_places, 1, 0, 0, 0, { 0 } }, false);
	}
}

struct launch_room *launch_room_new(const struct launches *l, struct project *p)
{
	struct launch_room *r = mem_zalloc(sizeof *r);
	r->launches = l;
	r->project = p;
	r->halls = map_new();
	return r;
}

void launch_room_free(struct launch_room *r)
{
	map_free(r->halls, mem_free);
	mem_free(r);
}
