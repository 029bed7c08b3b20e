/* Releasing holds at their deadline. The daemon only wakes up; the sweep function decides by Redis time, so any number of
 * daemons may ask, and one that was down asks as soon as its feed lives again. */
#ifndef APP_EXPIRY_H
#define APP_EXPIRY_H

#include "app/project.h"

void expiry_init(struct project *p);
void expiry_rearm(struct project *p); /* after the board changed */

#endif
