#include "app/settings.h"

#include "base/mem.h"
#include "wire/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What ld_settings tells of each, in its order. */
enum { NAME, VALUE, KIND, MIN, MAX, CHOICES, COLUMNS };
enum { SETTINGS_MAX = 16, VALUE_MAX_BYTES = 256, NUMBER_BYTES = 24 };

/* --- reading */

struct reading {
	settings_read_cb cb;
	void *ctx;
};

static void put_number(struct emit *j, const char *name, const char *text)
{
	if (*text)
		emit_int(j, name, strtoll(text, NULL, 10));
}

static void put_choices(struct emit *j, const char *choices)
{
	if (!*choices)
		return;
	emit_open(j, "choices", '[');
	for (const char *at = choices; *at;) {
		size_t n = strcspn(at, " ");
		char *one = mem_strndup(at, n);
		emit_text(j, NULL, one);
		mem_free(one);
		at += n + (at[n] == ' ');
	}
	emit_close(j, ']');
}

static void put_rows(struct emit *j, size_t n, char *const *cells)
{
	emit_open(j, "settings", '{');
	for (size_t i = 0; i + COLUMNS <= n; i += COLUMNS) {
		if (strcmp(cells[i + KIND], "int") == 0)
			put_number(j, cells[i + NAME], cells[i + VALUE]);
		else
			emit_text(j, cells[i + NAME], cells[i + VALUE]);
	}
	emit_close(j, '}');
	emit_open(j, "bounds", '{');
	for (size_t i = 0; i + COLUMNS <= n; i += COLUMNS) {
		emit_open(j, cells[i + NAME], '{');
		emit_text(j, "kind", cells[i + KIND]);
		put_number(j, "min", cells[i + MIN]);
		put_number(j, "max", cells[i + MAX]);
		put_choices(j, cells[i + CHOICES]);
		emit_close(j, '}');
	}
	emit_close(j, '}');
}

static void on_settings(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *cells,
                        const size_t *bytes)
{
	struct reading *q = ctx;
	struct emit j = { 0 };
	UNUSED(reply);
	UNUSED(bytes);
	emit_open(&j, NULL, '{');
	put_rows(&j, err ? 0 : n, cells);
	emit_close(&j, '}');
	q->cb(q->ctx, err, &j.b);
	buf_fini(&j.b);
	mem_free(q);
}

void settings_read(struct project *p, settings_read_cb cb, void *ctx)
{
	struct reading *q = mem_alloc(sizeof *q);
	*q = (struct reading){ cb, ctx };
	store_list(p->app->store, "ld_settings", p->name, NULL, 0, on_settings, q);
}

/* --- changing */

struct change {
	settings_cb cb;
	void *ctx;
};

static void on_done(void *ctx, int err, const struct fn_reply *reply)
{
	struct change *c = ctx;
	c->cb(c->ctx, err, reply, NULL);
	mem_free(c);
}

/* The value as the function takes it, lent or written into `room`. */
static int take_value(const char *name, const struct json *v, const char **out, char room[NUMBER_BYTES],
                      char why[WHY_BYTES])
{
	int64_t number;
	if (!json_whole(v, &number))
		return command_text(name, v, VALUE_MAX_BYTES, out, why);
	snprintf(room, NUMBER_BYTES, "%lld", (long long)number);
	*out = room;
	return 0;
}

void settings_put(struct project *p, const struct identity *who, const struct command *c, settings_cb cb, void *ctx)
{
	const struct json *settings = json_member(c->args, "settings");
	const char *argv[4 + 2 * SETTINGS_MAX] = { who->account, role_name(who->role), c->key };
	char numbers[SETTINGS_MAX][NUMBER_BYTES], not_after[24],
		why[WHY_BYTES] = "settings must be an object of names and values";
	size_t n = 0;
	int err = json_is_object(settings) && json_count(settings) <= SETTINGS_MAX ? 0 : LD_E_BAD_REQUEST;
	snprintf(not_after, sizeof not_after, "%lld", (long long)(project_now_ms(p) + p->app->conf->redis_timeout_ms));
	argv[3] = not_after;
	for (const char *name; !err && n < SETTINGS_MAX && (name = json_name(settings, n)); n++) {
		argv[4 + 2 * n] = name;
		err = take_value(name, json_member(settings, name), &argv[5 + 2 * n], numbers[n], why);
	}
	if (err) {
		cb(ctx, err, NULL, why);
		return;
	}
	struct change *q = mem_alloc(sizeof *q);
	*q = (struct change){ cb, ctx };
	store_call(p->app->store, "ld_configure", p->name, argv, 4 + 2 * n, true, on_done, q);
}
