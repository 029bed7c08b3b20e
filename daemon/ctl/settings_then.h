/* What a report rests on besides the trail: the project's name, colours, time zone and the minute of its sheet, as they stood
 * when the report's time was over. The trail says of each change what was before it, so that a report of a past day stays the
 * same whatever the office sets later. */
#ifndef CTL_SETTINGS_THEN_H
#define CTL_SETTINGS_THEN_H

#include "ctl/ctl.h"

struct settings_then {
	char *title, *palette;
	int64_t utc_offset_min, sheet_at_min;
	int64_t until_ms; /* when something else was set; INT64_MAX: it still holds */
};

struct settings_history {
	struct settings_then *all; /* the newest first; never empty once read */
	size_t count;
};

/* `now` is what holds now, its texts lent; `last` the number of the last change's event, 0 for none that says what was
 * before. 0, or an exit status after the problem was printed; free it in both cases. */
MUST_CHECK int settings_history_read(struct ctl *c, const char *project, const struct settings_then *now, int64_t last,
                                     struct settings_history *out);
void settings_history_free(struct settings_history *h);

#endif
