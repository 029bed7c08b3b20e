/* The result of a launch session as a notary reads it: the draw, who chose what at which millisecond, and what was refused. */
#ifndef CTL_RESULT_LIST_H
#define CTL_RESULT_LIST_H

#include "ctl/result_check.h"

/* To standard output, of what the check has followed; Chinese and English heads, for it is read beside the session's rules. */
void result_list(struct result_check *k);

#endif
