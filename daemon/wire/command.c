#include "wire/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static int complain(char why[WHY_BYTES], const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(why, WHY_BYTES, fmt, ap);
	va_end(ap);
	return LD_E_BAD_REQUEST;
}

bool wire_key_is_valid(const char *key)
{
	size_t n = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
	return n >= 1 && n < COMMAND_KEY_BYTES && key[n] == '\0';
}

static int read_id(struct command *c, char why[WHY_BYTES])
{
	const struct json *id = json_member(c->root, "id");
	int64_t v;
	if (!id)
		return 0;
	if (!json_whole(id, &v) || v < 0)
		return complain(why, "id must be a whole number from 0 on");
	c->id = v;
	return 0;
}

static int read_name(struct command *c, char why[WHY_BYTES])
{
	const char *cmd = json_text_of(c->root, "cmd");
	if (!cmd || !*cmd || strlen(cmd) >= sizeof c->cmd)
		return complain(why, "cmd must be the name of a command");
	memcpy(c->cmd, cmd, strlen(cmd) + 1);
	return 0;
}

static int read_key(struct command *c, char why[WHY_BYTES])
{
	const struct json *member = json_member(c->root, "key");
	const char *key = json_string(member);
	if (!member || json_is_null(member))
		return 0;
	if (!key || !wire_key_is_valid(key))
		return complain(why, "key must be 1 to 64 of A-Z a-z 0-9 _ -");
	memcpy(c->key, key, strlen(key) + 1);
	return 0;
}

int wire_decode_command(const char *text, size_t bytes, struct command *out, char why[WHY_BYTES])
{
	*out = (struct command){ .id = -1 };
	int err = json_parse(text, bytes, &out->root, why);
	if (err)
		return err;
	if (!json_is_object(out->root))
		return complain(why, "a command is a JSON object");
	err = read_id(out, why);
	if (!err)
		err = read_name(out, why);
	if (!err)
		err = read_key(out, why);
	out->args = json_member(out->root, "args");
	if (!err && !json_is_object(out->args))
		return complain(why, "args must be an object");
	return err;
}

void command_fini(struct command *c)
{
	json_free(c->root);
	c->root = NULL;
	c->args = NULL;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

int command_text(const char *name, const struct json *v, size_t max_bytes, const char **out, char why[WHY_BYTES])
{
	const char *s = json_string(v);
	if (!s)
		return complain(why, "%s must be a text", name);
	if (strlen(s) > max_bytes)
		return complain(why, "%s is longer than %zu bytes", name, max_bytes);
	if (has_control(s))
		return complain(why, "%s holds a control character", name);
	*out = s;
	return 0;
}

int command_arg_str(const struct command *c, const char *name, size_t max_bytes, const char **out, char why[WHY_BYTES])
{
	const struct json *v = json_member(c->args, name);
	if (!v)
		return complain(why, "%s is missing", name);
	int err = command_text(name, v, max_bytes, out, why);
	return !err && !**out ? complain(why, "%s is empty", name) : err;
}

int command_arg_opt_str(const struct command *c, const char *name, size_t max_bytes, const char **out,
                        char why[WHY_BYTES])
{
	const struct json *v = json_member(c->args, name);
	return !v || json_is_null(v) ? 0 : command_text(name, v, max_bytes, out, why);
}

int command_arg_opt_int(const struct command *c, const char *name, int64_t *out, char why[WHY_BYTES])
{
	const struct json *v = json_member(c->args, name);
	int64_t n;
	if (!v || json_is_null(v))
		return 0;
	if (!json_whole(v, &n) || n < 0)
		return complain(why, "%s must be a whole number from 0 on", name);
	*out = n;
	return 0;
}

int command_arg_int(const struct command *c, const char *name, int64_t *out, char why[WHY_BYTES])
{
	if (!json_member(c->args, name))
		return complain(why, "%s is missing", name);
	*out = -1;
	int err = command_arg_opt_int(c, name, out, why);
	return !err && *out < 0 ? complain(why, "%s must be a whole number from 0 on", name) : err;
}

int command_arg_bool(const struct command *c, const char *name, bool *out, char why[WHY_BYTES])
{
	const struct json *v = json_member(c->args, name);
	if (!json_is_bool(v))
		return complain(why, "%s must be true or false", name);
	*out = json_true(v);
	return 0;
}

int command_resume(const struct command *c, const char **epoch, int64_t *seq, char why[WHY_BYTES])
{
	const struct json *r = json_member(c->args, "resume");
	if (!r || json_is_null(r))
		return 0;
	const char *e = json_text_of(r, "epoch");
	int64_t s;
	if (!e || !json_whole(json_member(r, "seq"), &s) || s < 0)
		return complain(why, "resume must be {\"epoch\": text, \"seq\": number}");
	*epoch = e;
	*seq = s;
	return 0;
}

int command_view(const struct command *c, bool *is_public, char why[WHY_BYTES])
{
	const struct json *v = json_member(c->args, "view");
	const char *view = json_text_of(c->args, "view");
	*is_public = view && strcmp(view, "public") == 0;
	if (!v || json_is_null(v) || *is_public)
		return 0;
	return complain(why, "view must be \"public\", or be left out");
}

int command_arg_names(const struct command *c, const char *name, struct buf *out, char why[WHY_BYTES])
{
	const struct json *list = json_member(c->args, name);
	size_t count = json_count(list);
	if (count < 1 || count > NAMES_MAX)
		return complain(why, "%s must be a list of 1 to %d names", name, NAMES_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *text;
		int err = command_text(name, json_item(list, i), NAME_MAX_BYTES, &text, why);
		if (err)
			return err;
		if (!*text || strchr(text, ' '))
			return complain(why, "%s holds what is no name", name);
		if (i)
			buf_addc(out, ' ');
		buf_adds(out, text);
	}
	buf_addc(out, '\0');
	return 0;
}
