#include "core/unit.h"

#include <stddef.h>
#include <string.h>

struct status_row {
	const char *name;
	char letter;
};

static const struct status_row statuses[] = {
#define X(name, text, letter) { text, letter },
	UNIT_STATUSES(X)
#undef X
};

struct transition {
	enum unit_status from;
	const char *verb;
	enum unit_status to;
};

static const struct transition transitions[] = {
#define TRANSITION(from, verb, to) { UNIT_##from, verb, UNIT_##to },
#include "core/transitions.def"
#undef TRANSITION
};

const char *unit_status_name(enum unit_status s) { return statuses[s].name; }
char unit_letter(enum unit_status s) { return statuses[s].letter; }

bool unit_status_from_name(const char *name, enum unit_status *out)
{
	for (int i = 0; i < UNIT_STATUS_COUNT; i++) {
		if (strcmp(statuses[i].name, name) == 0) {
			*out = (enum unit_status)i;
			return true;
		}
	}
	return false;
}

bool unit_status_from_letter(char letter, enum unit_status *out)
{
	for (int i = 0; i < UNIT_STATUS_COUNT; i++) {
		if (statuses[i].letter == letter) {
			*out = (enum unit_status)i;
			return true;
		}
	}
	return false;
}

bool unit_may_move(enum unit_status from, const char *verb, enum unit_status to)
{
	for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++)
		if (transitions[i].from == from && transitions[i].to == to && strcmp(transitions[i].verb, verb) == 0)
			return true;
	return false;
}
