/* One event of the audit trail as reports read it: names and values in the order in which they stand in the stream. */
#ifndef REPORT_TRAIL_H
#define REPORT_TRAIL_H

#include <stddef.h>
#include <stdint.h>

struct trail_field {
	const char *name, *value;
};

/* Lends its texts from whoever read the trail. */
struct trail_event {
	int64_t seq;
	size_t count;
	const struct trail_field *fields;
};

/* The value of a field; "" when the event does not have it. */
const char *trail_text(const struct trail_event *e, const char *name);
int64_t trail_int(const struct trail_event *e, const char *name, int64_t otherwise);

#endif
