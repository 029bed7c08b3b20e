/* display list, display revoke: the screens that were paired with a project. Pairing itself is done at a desk, by code. */
#include "ctl/ctl.h"

#include "ctl/print.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct json *j, const char *name)
{
	const char *text = json_text_of(j, name);

	return text ? text : "";
}

/* seen: `last contact|daemon|until` */
static void show_display(struct print_table *t, struct emit *e, const struct json *d, const char *seen, int64_t now_ms)
{
	int64_t paired_ms = 0, last_ms = strtoll(seen, NULL, 10);
	const char *until = strrchr(seen, '|');
	bool connected = until && strtoll(until + 1, NULL, 10) > now_ms;
	char paired[40], last[40];

	(void)json_whole(json_member(d, "paired_ms"), &paired_ms);
	print_time(paired_ms, paired, sizeof paired);
	print_time(last_ms, last, sizeof last);
	print_cell(t, text_of(d, "id"));
	print_cell(t, text_of(d, "name"));
	print_cell(t, paired);
	print_cell(t, text_of(d, "paired_by"));
	print_cell(t, last);
	print_cell(t, connected ? "connected" : "");
	emit_open(e, NULL, '{');
	emit_text(e, "id", text_of(d, "id"));
	emit_text(e, "name", text_of(d, "name"));
	emit_int(e, "paired_at", paired_ms);
	emit_text(e, "paired_by", text_of(d, "paired_by"));
	emit_int(e, "last_seen_at", last_ms);
	emit_bool(e, "connected", connected);
	emit_close(e, '}');
}

int verb_display_list(struct ctl *c)
{
	struct print_table t;
	struct emit e = { 0 };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_read(c, "ld_displays", ctl_option(c, "project"), &status);
	if (!r)
		return status;
	print_table_init(&t, "display|name|paired|by|last contact|");
	emit_open(&e, NULL, '[');
	/* Behind `ok`, now and the number of items. */
	for (size_t i = 5; i + 1 < r->count; i += 2) {
		struct json *d = ctl_record(reply_text(r, i));

		show_display(&t, &e, d, reply_text(r, i + 1), reply_get_int(r, 1, "now", 0));
		json_free(d);
	}
	emit_close(&e, ']');
	print_table_end(&t, !c->json);
	if (c->json)
		emit_show(&e);
	else
		buf_fini(&e.b);
	reply_free(r);
	return 0;
}

int verb_display_revoke(struct ctl *c)
{
	const char *args[] = { c->arguments[0], ctl_option(c, "reason") };
	struct emit e = { 0 };
	int status = ctl_connect(c);

	if (status != 0)
		return status;
	struct reply *r = ctl_write(c, "ld_display_revoke", ctl_option(c, "project"), 2, args, &status);
	if (!r)
		return status;
	if (c->json) {
		emit_open(&e, NULL, '{');
		emit_text(&e, "display", args[0]);
		emit_int(&e, "seq", reply_get_int(r, 1, "seq", 0));
		emit_close(&e, '}');
		emit_show(&e);
	} else {
		printf("Display %s is signed out for good.\n", args[0]);
	}
	reply_free(r);
	return 0;
}
