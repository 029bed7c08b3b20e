/* What is told to the service manager that started the process (sd_notify(3), "Standalone Implementations"): that it
 * listens, that it stops, and, while the loop turns, that it is alive. A loop that no longer turns is silent, and the
 * manager starts the daemon anew (WatchdogSec of the unit).
 *
 * Without $NOTIFY_SOCKET nothing is told. A message that cannot be sent is let go: the next one follows. */
#ifndef LOOP_SUPERVISOR_H
#define LOOP_SUPERVISOR_H

#include "loop/loop.h"

struct supervisor {
	struct loop_timer timer;
	int fd; /* -1: nobody to tell */
};

void supervisor_ready(struct supervisor *s, struct loop *l); /* opens; from here on alive */
void supervisor_stopping(struct supervisor *s);
void supervisor_close(struct supervisor *s);

#endif
