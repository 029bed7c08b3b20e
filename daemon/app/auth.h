/* Signing in and out, and changing one's password. Passwords are hashed off the loop and throttled per account and per
 * address before any hashing; an unknown account takes the same time as a wrong password. */
#ifndef APP_AUTH_H
#define APP_AUTH_H

#include "app/identity.h"

struct login_result {
	const char *account;
	enum role role;
	size_t project_count;
	char *const *projects;
	const char *token;
};

/* Calls back exactly once. err: BAD_CREDENTIALS, RATE_LIMITED, UNAVAILABLE. The result is borrowed for the call. */
typedef void (*login_cb)(void *ctx, int err, const struct login_result *result);
void auth_login(struct app *a, const char *account, const char *password, const char *client_address, login_cb cb,
                void *ctx);

/* Ends the session everywhere: here at once, elsewhere with its next check. */
void auth_logout(struct app *a, const char *token_id, void (*cb)(void *ctx, int err), void *ctx);

/* Another password for oneself: throttled as signing in is, for the old one could be guessed. Every other session of the
 * account ends, on all daemons. Calls back exactly once. err: BAD_CREDENTIALS, BAD_REQUEST (the new one is too short, too long
 * or the old one), RATE_LIMITED, UNAVAILABLE, UNKNOWN, NO_SUCH_PROJECT (this daemon serves none of the account's). */
void auth_change_password(struct app *a, struct identity *who, const char *old_password, const char *new_password,
                          const char *client_address, void (*cb)(void *ctx, int err), void *ctx);

#endif
