/* The commands of the contract as a table: what each needs, and how its arguments become a call of the function library. */
#ifndef WIRE_COMMAND_TABLE_H
#define WIRE_COMMAND_TABLE_H

#include "core/role.h"

#include <stddef.h>

enum { COMMAND_ARGS_MAX = 6 };

/* One argument of a function, after the common four. A call of the library has places, not names: NONE fills a place that
 * this command does not use. */
struct command_arg {
	const char *name;
	enum {
		ARG_TEXT,
		ARG_OPTIONAL_TEXT,
		ARG_INT,
		ARG_OPTIONAL_INT,
		ARG_NAMES,    /* a list of names, joined by blanks */
		ARG_DECISION, /* true or false becomes yes or no */
		ARG_NONE,
	} kind;
};

struct command_row {
	const char *cmd;
	enum right right;
	const char *function;                      /* of the library; NULL: the daemon answers by itself */
	struct command_arg args[COMMAND_ARGS_MAX]; /* none: the daemon makes the function's arguments by itself */
};

const struct command_row *command_find(const char *cmd); /* NULL: there is no such command */
const struct command_row *command_at(size_t i);          /* the i-th; NULL behind the last */

#endif
