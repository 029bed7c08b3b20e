#include "app/throttle.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

struct attempt {
	throttle_cb cb;
	void *ctx;
};

static void on_counted(void *ctx, int err, const struct fn_reply *reply)
{
	struct attempt *t = ctx;
	const char *allowed = err ? NULL : fn_reply_get(reply, "allowed");
	bool yes = allowed && strcmp(allowed, "1") == 0;
	t->cb(t->ctx, err ? LD_E_UNAVAILABLE : yes ? 0 : LD_E_RATE_LIMITED);
	mem_free(t);
}

void throttle_key(char out[THROTTLE_KEY_BYTES], const char *kind, const char *what)
{
	snprintf(out, THROTTLE_KEY_BYTES, "ld:login:%s:%s", kind, what);
}

void throttle_try(struct app *a, const char *kind, const char *what, int64_t limit, throttle_cb cb, void *ctx)
{
	if (!limit) {
		cb(ctx, 0);
		return;
	}
	char key[THROTTLE_KEY_BYTES], limit_text[24], window[24];
	throttle_key(key, kind, what);
	snprintf(limit_text, sizeof limit_text, "%lld", (long long)limit);
	snprintf(window, sizeof window, "%lld", (long long)a->conf->login_window_s * 1000);
	const char *args[] = { limit_text, window };
	struct attempt *t = mem_alloc(sizeof *t);
	*t = (struct attempt){ cb, ctx };
	store_call_key(a->store, "ld_throttle", key, args, 2, true, on_counted, t);
}
