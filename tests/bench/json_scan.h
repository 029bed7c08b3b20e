/* Looks up single values in flat, machine-made JSON without parsing it: enough for messages whose form is known.
 * The first occurrence of the key counts. */
#ifndef BENCH_JSON_SCAN_H
#define BENCH_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the value of "key" begins, or NULL. */
const char *json_value(const char *text, size_t bytes, const char *key);
int64_t json_int(const char *text, size_t bytes, const char *key, int64_t otherwise);
/* The characters of a string value without escapes; NULL when there is none. */
const char *json_string(const char *text, size_t bytes, const char *key, size_t *length);
/* A number at *at, which moves behind it; false when there is none before `end`. */
bool json_number(const char **at, const char *end, int64_t *out);
/* Is the first member "ev" and has it this value? Events are told apart by it. */
bool json_is_event(const char *text, size_t bytes, const char *event);

#endif
