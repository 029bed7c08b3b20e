/* Days and weeks of the sales office. A day begins at midnight of the office's own time zone, which is a whole number of
 * minutes east of UTC (China: 480) the whole year round; a week begins on Monday. Days are counted from 1970-01-01. */
#ifndef CORE_OFFICE_DAY_H
#define CORE_OFFICE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#define OFFICE_DAY_MS INT64_C(86400000)
enum { OFFICE_DATE_BYTES = 11 }; /* "2025-12-01" and a NUL */

/* "YYYY-MM-DD" of the years 1970 to 9999, and nothing else; false otherwise. */
bool office_day_parse(const char *text, int64_t *day);
void office_day_text(int64_t day, char out[OFFICE_DATE_BYTES]);

int64_t office_day_of(int64_t at_ms, int64_t utc_offset_min);
int64_t office_day_start_ms(int64_t day, int64_t utc_offset_min);
int64_t office_day_monday(int64_t day); /* of the week that the day lies in */

/* "2025-12-01 08:50" of the office's clock. */
enum { OFFICE_TIME_BYTES = 32 };
void office_time_text(int64_t at_ms, int64_t utc_offset_min, char out[OFFICE_TIME_BYTES]);

#endif
