/* Durations as people write them: "90s", "30m", "24h", "7d". */
#ifndef CTL_DURATION_H
#define CTL_DURATION_H

#include <stdint.h>

/* Its milliseconds, or -1 when it is none. It ends at a comma or the end of the text, where *end then points. */
int64_t duration_read(const char *text, const char **end);
/* The same of a whole text. */
int64_t duration_read_all(const char *text);

#endif
