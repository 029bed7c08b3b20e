/* What the text of a setting must look like. Private to conf/. */
#ifndef CONF_CONF_FORM_H
#define CONF_CONF_FORM_H

#include "base/buf.h"
#include "base/err.h"
#include "conf/conf_table.h"

/* LD_E_BAD_REQUEST, and `why` with the word at fault and what would be right, when the value is not of the row's form. Nothing
 * at all is always fine, except for CONF_ADDRESS. */
MUST_CHECK int conf_form_check(const struct conf_row *r, const char *value, struct buf *why);
/* As the documentation calls it. */
const char *conf_form_name(enum conf_type type);

#endif
