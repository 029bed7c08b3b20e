/* The text of one spreadsheet cell, brought into the one form that everything else works with.
 *
 * Full-width digits, letters, signs and brackets become half-width, the many kinds of space and dash one each, ㎡ and
 * m² become m2; invisible marks vanish; runs of space shrink to one, and the ends are trimmed. Chinese text stays.
 * Input must be valid UTF-8 (the table reader promises it). */
#ifndef LISTING_NORMALISE_H
#define LISTING_NORMALISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A new string, to be freed with mem_free. */
char *normalise_text(const char *text);

/* Whether a normalised cell says "nothing": empty, only dashes or slashes, 无, 空, n/a, null. */
bool normalise_is_blank(const char *text);

/* For comparing column and sheet names: normalised, lower case, without spaces, brackets' contents, `_ - . : *`.
 * What stood in brackets, and what follows a colon, is handed out in `unit` (a unit such as 万元; "" when none). */
void normalise_name(const char *text, char *name, size_t name_bytes, char *unit, size_t unit_bytes);

/* The number that `text` begins with: western digits or Chinese numerals up to 九十九 (三, 十二, 二十). Stores its
 * value and returns how many bytes it takes; 0 when there is none or it is above 9,999,999. */
size_t normalise_number(const char *text, int64_t *value);

/* Cuts ".0", ".00" off a whole number: spreadsheets and programs write room 301 as 301.0. */
void normalise_whole(char *text);

/* One code point from valid UTF-8; returns its bytes (1..4), 0 at the end. */
size_t normalise_utf8(const char *text, uint32_t *code);

#endif
