/* The file of one-time codes that `launch admit --codes` makes: name, phone and code of each buyer, for the office to hand out. It
 * is the only place that has them in clear, so it is its owner's (mode 600), and no file is ever overwritten. */
#ifndef CTL_CODE_LIST_H
#define CTL_CODE_LIST_H

#include "ctl/ctl.h"

struct code_row {
	const char *name, *phone, *code; /* lent */
};

/* Writes it whole, on disk when it returns. 0, or an exit status after the problem was printed and nothing was left behind. */
MUST_CHECK int code_list_write(const char *path, const struct code_row *rows, size_t count);

#endif
