/* How often buyers may press: token buckets per buyer and per address, charged before anything is queued, so that whoever
 * presses more often than the others gains nothing by it (settings buyer_presses_per_s, buyer_presses_burst,
 * buyer_press_gap_ms, address_presses_per_s). A bucket outlives its connection: connecting anew fills none. A press while the
 * buyer's own is empty, or within the gap after one, begins the wait anew; pressing early within the rate costs nobody
 * anything. */
#ifndef APP_PRESSES_H
#define APP_PRESSES_H

#include "conf/conf.h"

struct presses;

struct presses *presses_new(const struct conf *conf); /* conf is lent */
void presses_free(struct presses *p);                 /* NULL is fine */

/* 0: the press may go on, and is charged; else ms until one may, and nothing is charged. `buyer` names one in all projects;
 * address may be "". */
int64_t presses_take(struct presses *p, const char *buyer, const char *address, int64_t now_ms);

#endif
