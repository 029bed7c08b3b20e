/* Clients that press "lock". */
#ifndef BENCH_PRESSES_H
#define BENCH_PRESSES_H

#include "client.h"

#include <stdbool.h>

void presses_on_reply(struct client *c, const char *text, size_t bytes, int64_t now_us);
void presses_set_buyers(unsigned count); /* buyers b0 .. b<count-1> exist */

/* The commands; each prints its line of JSON. */
void presses_burst(unsigned unit, int64_t timeout_ms); /* every client presses on one unit in the same moment */
/* Every client has one press under way until `total` are answered; on one unit, or each on the next one. */
void presses_closed_loop(unsigned first_unit, unsigned total, bool same_unit, int64_t timeout_ms);
/* `rate` presses a second on one unit after the other, whoever is next; late ones count from when they were due. */
void presses_paced(unsigned rate, unsigned total, unsigned first_unit, int64_t timeout_ms);

#endif
