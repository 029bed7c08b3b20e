/* Projects that are served no longer: a rehearsal (公测) that has ended, or what left the list before it was ever seen.
 *
 * Any other project that vanishes from the list stays served: its data are there, and a list lost by mistake must not
 * send everybody home. */
#ifndef APP_PROJECT_GONE_H
#define APP_PROJECT_GONE_H

#include "app/project.h"

/* names: all projects there are. What is let go is found by nobody any more, its watchers and those who may use nothing else
 * are closed with 4503, its feed and timers stop. The struct lives on in app->gone: answers may still be under way. */
void projects_let_go(struct app *a, size_t n, char *const *names);

#endif
