#include "wire/emit.h"

#include "wire/json.h"

static void begin(struct emit *j, const char *name)
{
	if (j->behind)
		buf_addc(&j->b, ',');
	if (name) {
		json_puts(&j->b, name);
		buf_addc(&j->b, ':');
	}
	j->behind = true;
}

void emit_open(struct emit *j, const char *name, char bracket)
{
	begin(j, name);
	buf_addc(&j->b, bracket);
	j->behind = false;
}

void emit_close(struct emit *j, char bracket)
{
	buf_addc(&j->b, bracket);
	j->behind = true;
}

void emit_text(struct emit *j, const char *name, const char *text)
{
	begin(j, name);
	json_puts(&j->b, text);
}

void emit_int(struct emit *j, const char *name, int64_t value)
{
	begin(j, name);
	buf_addi(&j->b, value);
}

void emit_bool(struct emit *j, const char *name, bool value)
{
	begin(j, name);
	buf_adds(&j->b, value ? "true" : "false");
}

void emit_raw(struct emit *j, const char *name, const char *json)
{
	begin(j, name);
	buf_adds(&j->b, json);
}
