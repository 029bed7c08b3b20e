/* Numbers of persons, brought into the one form in which they are stored and compared, and masked.
 *
 * All readers take what people write (full-width digits, blanks, dashes, a country code) and return NULL with the normal
 * form in `out`, or a sentence that says what is wrong without repeating the number. Empty text gives "". */
#ifndef CORE_PERSON_H
#define CORE_PERSON_H

enum { PERSON_BYTES = 32 };

/* 11 digits for a Chinese mobile number, 6 to 20 for any other; a foreign country code keeps its `+`. */
const char *person_phone(const char *text, char out[PERSON_BYTES]);
/* The 18 digits of an identity card with their check digit (GB 11643), the 15 of an old one, or 5 to 24 of A-Z 0-9 - of another
 * document. */
const char *person_card(const char *text, char out[PERSON_BYTES]);

/* A one-time code: 6 to 16 of A-Z 0-9, dashes left out. */
const char *person_code(const char *text, char out[PERSON_BYTES]);

/* "138****1234": enough to recognise, not to call. */
void person_mask_phone(const char *phone, char out[PERSON_BYTES]);
/* "4403**********1234". */
void person_mask_card(const char *card, char out[PERSON_BYTES]);

#endif
