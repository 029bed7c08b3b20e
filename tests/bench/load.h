/* What the parts of the load client share. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "client.h"

#include <stdbool.h>
#include <stdint.h>

/* Serves all clients until done() or the time is over; says whether it was done. done NULL: just serves. */
bool load_run(bool (*done)(void), int64_t timeout_ms);
/* Clients with a board that were lost, without the load client's doing, since it began. */
int64_t load_lost(void);

/* Who gets the answers to commands; NULL: the presses of presses.h. */
typedef void (*load_reply_cb)(struct client *c, const char *text, size_t bytes, int64_t now_us);
void load_replies_to(load_reply_cb cb);
/* Whoever comes back asks for the board at once. */
void load_watch_when_open(bool yes);

extern const char *load_project;

#endif
