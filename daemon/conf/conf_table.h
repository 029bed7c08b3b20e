/* The rows behind conf.h. Private to conf/. */
#ifndef CONF_CONF_TABLE_H
#define CONF_CONF_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Those behind CONF_BOOL are texts of a certain form (conf_form.h). */
enum conf_type { CONF_STRING, CONF_INT, CONF_BOOL, CONF_ADDRESS, CONF_ADDRESSES, CONF_ORIGINS, CONF_PROJECTS };

struct conf_row {
	const char *section; /* set on the first row of a section */
	const char *key;
	enum conf_type type;
	size_t offset;       /* in struct conf */
	const char *unit;    /* "" when the value has none */
	int64_t min, max;    /* CONF_INT */
	const char *choices; /* CONF_STRING: allowed words separated by '|', or NULL */
	const char *dflt;
	const char *help; /* one sentence */
};

extern const struct conf_row conf_rows[];
extern const size_t conf_row_count;

#endif
