/* Buyers sign in for a launch session: by telephone number and one-time code, or by a link that the developer's own mini-program
 * has signed. Throttled per number and address, per number and per address before anything is looked up; a wrong number, a
 * wrong code and one that was used look alike and take the same time. */
#ifndef APP_BUYER_LOGIN_H
#define APP_BUYER_LOGIN_H

#include "app/auth.h"
#include "app/project.h"

/* attempt: a key of the page, or "": when the answer was lost, the same proof with the same attempt signs in once more.
 * Calls back exactly once; the result is borrowed for the call. err: BAD_CREDENTIALS, RATE_LIMITED, UNAVAILABLE. An earlier
 * sign-in of the same buyer ends, and its sessions are closed with 4508. */
void buyer_login_by_code(struct project *p, const char *phone, const char *code, const char *attempt,
                         const char *client_address, login_cb cb, void *ctx);
/* The same by a signed link: one of the settings' key, algorithm and audience, not expired, not used before, for a buyer who is
 * admitted. Without a key in the settings every link is refused. */
void buyer_login_by_link(struct project *p, const char *link, const char *attempt, const char *client_address,
                         login_cb cb, void *ctx);

#endif
