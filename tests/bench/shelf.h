/* What the board of each client shows, for clients that choose by it: one letter per unit, kept as a browser keeps it. */
#ifndef BENCH_SHELF_H
#define BENCH_SHELF_H

#include "client.h"

/* Only these units, one id per line, are chosen; without it all are. Fatal when the file cannot be read. */
void shelf_offer(const char *path);
/* Takes in a `board` or `units` message that fits (see screens_on_text). Whole messages only: fatal when one was cut. */
void shelf_apply(const struct client *c, const char *text, size_t have, size_t bytes);
/* A unit that is free on this board, by `random`; -1: none is. Without a board every unit counts as free. */
int shelf_pick(const struct client *c, uint64_t random);
/* This client was told that the unit is taken, before its board was. */
void shelf_mark_taken(const struct client *c, unsigned unit);

#endif
