/* What the parts of the load client share. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

/* Serves all clients until done() or the time is over; says whether it was done. done NULL: just serves. */
bool load_run(bool (*done)(void), int64_t timeout_ms);
/* Clients with a board that were lost, without the load client's doing, since it began. */
int64_t load_lost(void);

extern const char *load_project;

#endif
