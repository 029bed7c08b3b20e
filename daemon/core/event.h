/* One event of a project's stream: what a change leaves behind for every daemon and for the audit trail. */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include "core/unit.h"

#include <stdint.h>

/* Sizes follow the limits of the function library (names up to 72 bytes, texts up to 120). */
struct event {
	int64_t seq, at_ms;
	char type[24];
	bool has_unit; /* the fields below, up to `deadline_ms`, are of this unit after the change */
	uint32_t index;
	char unit[76];
	enum unit_status status;
	int64_t rev;
	int64_t deadline_ms; /* 0: none */
	/* Also of events about a deal that change no unit. */
	char deal[24];   /* "": none. Of a unit that was let go: the deal that ended */
	char holder[76]; /* the consultant whose deal it is, or was until this event */
	char by[76], role[16];
	char why[124];
	char account[76], display[24]; /* whose sign-in it concerns; "": nobody's */
	char set[24];                  /* of `configure`: the setting that changed */
};

#endif
