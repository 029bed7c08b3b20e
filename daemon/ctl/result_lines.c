#include "ctl/result_lines.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROOM_DIGITS = 12 };

void result_time(int64_t ms, int64_t utc_offset_min, char out[RESULT_TIME_BYTES])
{
	int offset = (int)(utc_offset_min < 0 ? -utc_offset_min : utc_offset_min) % 1440;
	time_t seconds = (time_t)(ms / 1000 + utc_offset_min * 60);
	struct tm t;
	char text[24] = "";

	if (!gmtime_r(&seconds, &t) || !strftime(text, sizeof text, "%F %T", &t))
		text[0] = '\0';
	snprintf(out, RESULT_TIME_BYTES, "%s.%03d %c%02d:%02d", text, (int)(ms % 1000), utc_offset_min < 0 ? '-' : '+',
	         offset / 60, offset % 60);
}

static void put_time(struct emit *j, const char *name, int64_t ms, int64_t utc_offset_min)
{
	char text[RESULT_TIME_BYTES];

	result_time(ms, utc_offset_min, text);
	emit_text(j, name, text);
}

static void begin(struct emit *j, int64_t line, const char *kind)
{
	emit_open(j, NULL, '{');
	emit_int(j, "line", line);
	emit_text(j, "kind", kind);
}

void result_put_head(struct emit *j, int64_t line, const struct result_head *h)
{
	begin(j, line, "result");
	emit_text(j, "format", RESULT_FORMAT);
	emit_text(j, "project", h->project);
	emit_text(j, "title", h->title);
	emit_text(j, "uuid", h->uuid);
	emit_text(j, "rehearsal", h->rehearsal);
	emit_int(j, "made_ms", h->made_ms);
	put_time(j, "made_at", h->made_ms, h->utc_offset_min);
	emit_text(j, "made_by", h->made_by);
	emit_int(j, "utc_offset_min", h->utc_offset_min);
	emit_int(j, "seq", h->seq);
	emit_text(j, "trail", h->trail);
	emit_raw(j, "launch", h->record);
	emit_text(j, "rules", h->rules);
	emit_text(j, "public_key", h->public_key);
	emit_close(j, '}');
}

/* In plain words what stands in the event as well. */
static void put_plain(struct emit *j, const struct trail_entry *e)
{
	static const struct {
		const char *name, *field, *other;
	} plain[] = { { "unit", "u", "on" }, { "deal", "deal", "" }, { "buyer", "b", "" }, { "why", "why", "" } };

	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		const char *value = trail_get(e, plain[i].field);

		/* `on` is also the switch of launch_units. */
		if (!*value && *trail_get(e, "deal"))
			value = trail_get(e, plain[i].other);
		if (*value)
			emit_text(j, plain[i].name, value);
	}
}

void result_put_event(struct emit *j, int64_t line, const struct launch_kind *kind, const struct trail_entry *e,
                      const char *before, int64_t utc_offset_min)
{
	char hash[SHA1_HEX_BYTES];

	begin(j, line, "event");
	emit_text(j, "what", kind->what);
	put_time(j, "time", trail_int(e, "at", 0), utc_offset_min);
	put_plain(j, e);
	emit_int(j, "seq", e->seq);
	emit_text(j, "before", before);
	emit_open(j, "event", '[');
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->fields[i].name, "h") != 0) {
			emit_text(j, NULL, e->fields[i].name);
			emit_text(j, NULL, e->fields[i].value);
		}
	emit_close(j, ']');
	trail_hash(e, before, hash);
	emit_text(j, "trail", hash);
	emit_close(j, '}');
}

void result_put_buyer(struct emit *j, int64_t line, const struct launch_fold *f, size_t i, const char *name,
                      const char *phone_end)
{
	const struct launch_buyer *b = f->order[i];

	begin(j, line, "buyer");
	emit_int(j, "place", (int64_t)i + 1);
	emit_text(j, "buyer", b->id);
	if (name)
		emit_text(j, "name", name);
	if (phone_end)
		emit_text(j, "phone_end", phone_end);
	emit_int(j, "draw", b->draw);
	emit_text(j, "group", b->group);
	emit_text(j, "ticket", b->ticket);
	emit_int(j, "checked_in_ms", b->checked_in_ms);
	emit_int(j, "chosen", (int64_t)b->deal_count);
	emit_close(j, '}');
}

/* --- the waiting room */

static int by_ticket(const void *a, const void *b)
{
	const struct result_ticket *l = a, *r = b;

	return strcmp(l->ticket, r->ticket);
}

void result_room_init(struct result_room *r, const struct launch_fold *f)
{
	*r = (struct result_room){ .tickets = mem_calloc(f->buyer_count + 1, sizeof *r->tickets) };
	for (size_t i = 0; f->active_max > 0 && i < f->buyer_count; i++) {
		const struct launch_buyer *b = f->order[i];

		if (!b->early)
			continue;
		r->tickets[r->count].buyer = b->id;
		launch_ticket(f->seed, "|room|", b->id, r->tickets[r->count].ticket);
		r->tickets[r->count++].ticket[ROOM_DIGITS] = '\0';
	}
	qsort(r->tickets, r->count, sizeof *r->tickets, by_ticket);
}

void result_room_fini(struct result_room *r) { mem_free(r->tickets); }

void result_put_room(struct emit *j, int64_t line, const struct result_room *r, size_t i)
{
	begin(j, line, "room");
	emit_int(j, "place", (int64_t)i + 1);
	emit_text(j, "buyer", r->tickets[i].buyer);
	emit_text(j, "ticket", r->tickets[i].ticket);
	emit_close(j, '}');
}

/* --- what came of it */

void result_put_outcome(struct emit *j, int64_t line, const struct launch_fold *f, size_t i, int64_t utc_offset_min)
{
	const struct launch_deal *d = f->all_deals[i];

	begin(j, line, "outcome");
	emit_text(j, "unit", d->unit);
	emit_text(j, "buyer", d->buyer);
	emit_text(j, "deal", d->id);
	emit_int(j, "chosen_ms", d->chosen_ms);
	put_time(j, "chosen_at", d->chosen_ms, utc_offset_min);
	emit_int(j, "seq", d->chosen_seq);
	emit_text(j, "status", d->status);
	emit_int(j, "price_fen", d->price_fen);
	emit_close(j, '}');
}

void result_put_counts(struct emit *j, int64_t line, const struct launch_fold *f, const char *tally)
{
	begin(j, line, "counts");
	emit_int(j, "admitted", (int64_t)f->buyer_count);
	emit_int(j, "checked_in", (int64_t)f->entered);
	emit_int(j, "chosen", (int64_t)f->deal_count);
	emit_open(j, "events", '{');
	for (size_t i = 0; i < launch_kind_count; i++)
		if (f->counts[i])
			emit_int(j, launch_kinds[i].type, (int64_t)f->counts[i]);
	emit_close(j, '}');
	emit_raw(j, "tally", tally);
	emit_close(j, '}');
}

void result_put_end(struct emit *j, int64_t line)
{
	begin(j, line, "end");
	emit_int(j, "lines", line);
	emit_close(j, '}');
}
