/* The hourly self-check: this daemon's board = Redis = what follows from the audit trail = the deadlines = the counters.
 *
 * The board is compared at one seq, by a digest that Redis makes of its units; the rest is `listingctl verify`, run beside
 * the daemon. A difference freezes the project: nothing is written any more until an operator has looked and decides
 * (`listingctl thaw`). A check that could not be made is no difference; it is made again at the next turn. */
#ifndef APP_SELFCHECK_H
#define APP_SELFCHECK_H

#include "app/project.h"

void selfcheck_init(struct project *p);
void selfcheck_fini(struct project *p);

#endif
