/* Clients as screens: they watch the board, follow `units` by `seq`, and ask anew when one does not fit. */
#ifndef BENCH_SCREENS_H
#define BENCH_SCREENS_H

#include "client.h"

#include <stdbool.h>
#include <sys/types.h>

/* Says whether it was a board or a change of it, and fits what the client shows. */
bool screens_on_text(struct client *c, const char *text, size_t have, size_t bytes, int64_t now_us);
void screens_on_closed(struct client *c);
void screen_watch(struct client *c);
/* Opens some of those that were lost, each after a random moment, `window` handshakes at a time. */
void screens_reopen(unsigned window);

/* The commands; each prints its line of JSON. */
void screens_watch(int64_t timeout_ms);                   /* every open client gets a board */
void screens_measure(int64_t duration_ms, pid_t server);  /* counts what arrives, and the server's CPU time */
void screens_record(void);                                /* notes every arrival from now on */
void screens_converge(const char *change_times);          /* evaluates and ends the record */
void screens_await(int64_t seq, int64_t timeout_ms);      /* every screen shows at least seq */
void screens_revive(unsigned window, int64_t timeout_ms); /* the server dies; everybody comes back and has a board */

#endif
