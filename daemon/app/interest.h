/* How many keep each unit in mind (收藏): told to the buyers who watch, as long as a launch session is not over. Whoever begins
 * to watch hears the whole of it, then everybody what has changed, at most every few seconds. Numbers, of nobody in
 * particular. */
#ifndef APP_INTEREST_H
#define APP_INTEREST_H

#include "app/project.h"
#include "app/session.h"

struct interest;

struct interest *interest_new(struct project *p);
void interest_free(struct interest *i); /* NULL is fine */
void interest_tick(struct interest *i); /* once a second, while there is a session */
void interest_push_to(struct interest *i, struct session *s);

#endif
