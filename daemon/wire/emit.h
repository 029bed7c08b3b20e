/* JSON written straight through, value by value; names in the order of the calls. Name NULL inside an array. */
#ifndef WIRE_EMIT_H
#define WIRE_EMIT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct emit {
	struct buf b;
	bool behind; /* a comma is due */
};

void emit_open(struct emit *j, const char *name, char bracket);
void emit_close(struct emit *j, char bracket);
void emit_text(struct emit *j, const char *name, const char *text);
void emit_int(struct emit *j, const char *name, int64_t value);
void emit_bool(struct emit *j, const char *name, bool value);
void emit_raw(struct emit *j, const char *name, const char *json); /* already JSON */

#endif
