/* launch units: what a session offers. */
#include "ctl/launch.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static const char *or_empty(const char *text) { return text ? text : ""; }

enum { UNITS_AT_ONCE = 500 }; /* as many as the library takes */

struct choice {
	size_t count;
	char **ids;
};

static void choose(struct choice *s, const char *id)
{
	s->ids = mem_reallocarray(s->ids, s->count + 1, sizeof *s->ids);
	s->ids[s->count++] = mem_strdup(id);
}

static void choice_fini(struct choice *s)
{
	for (size_t i = 0; i < s->count; i++)
		mem_free(s->ids[i]);
	mem_free(s->ids);
}

/* All units of the project, or of a building. */
static int choose_from_catalog(struct ctl *c, struct choice *out)
{
	const char *building = ctl_option(c, "building");
	int status = 0;
	struct reply *r = ctl_read(c, "ld_catalog", ctl_option(c, "project"), &status);
	int64_t units = r ? reply_get_int(r, 1, "units", 0) : 0;

	for (size_t i = r ? r->count - (size_t)units : 0; r && i < r->count; i++) {
		struct json *unit = ctl_record(reply_text(r, i));

		if (!building || strcmp(launch_text(unit, "building"), building) == 0)
			choose(out, launch_text(unit, "id"));
		json_free(unit);
	}
	reply_free(r);
	if (status == 0 && out->count == 0)
		status = ctl_fail(CTL_REFUSED, "no_such_unit: there is no unit%s%s", building ? " in building " : "",
		                  or_empty(building));
	return status;
}

/* Only what the session offers can be taken out of it. */
static int keep_offered(struct ctl *c, const struct launch *l, struct choice *s)
{
	const char *args[] = { l->id };
	size_t kept = 0;
	int status = 0;
	struct reply *r = ctl_read_with(c, "ld_launch_offer", ctl_option(c, "project"), 1, args, &status);

	for (size_t i = 0; r && i < s->count; i++) {
		bool offered = false;

		for (size_t k = 3; k < r->count && !offered; k++)
			offered = strcmp(reply_text(r, k), s->ids[i]) == 0;
		if (offered)
			s->ids[kept++] = s->ids[i];
		else
			mem_free(s->ids[i]);
	}
	if (r)
		s->count = kept;
	reply_free(r);
	return status;
}

static int choose_units(struct ctl *c, const struct launch *l, bool on, struct choice *out)
{
	bool many = ctl_option(c, "all") || ctl_option(c, "building");

	if (many == (c->count > 1) || (ctl_option(c, "all") && ctl_option(c, "building")))
		return ctl_fail(CTL_USAGE, "name units, or --all, or --building");
	for (size_t i = 1; i < c->count; i++)
		choose(out, c->arguments[i]);
	int status = many ? choose_from_catalog(c, out) : 0;
	if (status == 0 && many && !on)
		status = keep_offered(c, l, out);
	return status;
}

/* Part by part: what went before a refusal stays. */
static int put_units(struct ctl *c, const struct launch *l, bool on, const struct choice *s)
{
	int status = 0;

	for (size_t from = 0; status == 0 && from < s->count; from += UNITS_AT_ONCE) {
		struct buf names = { 0 };

		for (size_t i = from; i < s->count && i < from + UNITS_AT_ONCE; i++)
			buf_addf(&names, "%s%s", i > from ? " " : "", s->ids[i]);
		const char *args[] = { l->id, on ? "yes" : "no", buf_str(&names), or_empty(ctl_option(c, "reason")) };
		reply_free(ctl_write(c, "ld_launch_units", ctl_option(c, "project"), 4, args, &status));
		buf_fini(&names);
	}
	return status;
}

int verb_launch_units(struct ctl *c)
{
	struct launch l = { 0 };
	struct choice s = { 0 };
	bool on = strcmp(c->arguments[0], "on") == 0;
	int status = on || strcmp(c->arguments[0], "off") == 0 ? 0 : ctl_fail(CTL_USAGE, "say on or off, then the units");

	if (status == 0 && (status = ctl_connect(c)) == 0)
		status = launch_find(c, &l);
	if (status == 0)
		status = choose_units(c, &l, on, &s);
	if (status == 0)
		status = put_units(c, &l, on, &s);
	if (status == 0 && c->json)
		printf("{\"launch\":\"%s\",\"on\":%s,\"count\":%zu}\n", l.id, on ? "true" : "false", s.count);
	else if (status == 0)
		printf("%zu units %s session %s.\n", s.count, on ? "are in" : "are no longer in", l.id);
	choice_fini(&s);
	launch_fini(&l);
	return status;
}
