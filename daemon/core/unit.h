/* The states of a unit (房源) and the verbs that lead from one to another. The rows stand in transitions.def; the function
 * library in Redis is built from the same rows. */
#ifndef CORE_UNIT_H
#define CORE_UNIT_H

#include <stdbool.h>

/*      enum        name          letter on the wire */
/* clang-format off */
#define UNIT_STATUSES(X)               \
	X(WITHHELD, "withheld", 'w')     \
	X(AVAILABLE, "available", 'a')   \
	X(LOCKED, "locked", 'l')         \
	X(SUBSCRIBED, "subscribed", 's') \
	X(CONTRACTED, "contracted", 'c') \
	X(SETTLED, "settled", 'p')
/* clang-format on */

enum unit_status {
#define X(name, text, letter) UNIT_##name,
	UNIT_STATUSES(X)
#undef X
		UNIT_STATUS_COUNT
};

const char *unit_status_name(enum unit_status s);
char unit_letter(enum unit_status s);
/* False when there is no such state; `out` is then untouched. */
bool unit_status_from_name(const char *name, enum unit_status *out);
bool unit_status_from_letter(char letter, enum unit_status *out);

/* Whether `verb` may lead from one state to the other. */
bool unit_may_move(enum unit_status from, const char *verb, enum unit_status to);

#endif
