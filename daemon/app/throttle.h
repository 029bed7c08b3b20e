/* How often something may be tried in a window of login_window_s, counted in Redis, so over all daemons together. */
#ifndef APP_THROTTLE_H
#define APP_THROTTLE_H

#include "app/app.h"

/* err: 0, LD_E_RATE_LIMITED or LD_E_UNAVAILABLE. Calls back exactly once; with limit 0, which means none, before it returns. */
typedef void (*throttle_cb)(void *ctx, int err);
void throttle_try(struct app *a, const char *kind, const char *what, int64_t limit, throttle_cb cb, void *ctx);

enum { THROTTLE_KEY_BYTES = 160 };
/* The counter's key. */
void throttle_key(char out[THROTTLE_KEY_BYTES], const char *kind, const char *what);

#endif
