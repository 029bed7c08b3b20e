/* The accounts of a project, as those who may manage them see and change them. Who may touch which account is decided by the
 * function library; the daemon tells it which projects the actor has. */
#ifndef APP_ACCOUNTS_H
#define APP_ACCOUNTS_H

#include "app/identity.h"
#include "app/project.h"
#include "wire/command.h"

/* The answer of GET …/accounts for `who` (shared until then): calls back exactly once, with the text (to be emptied by the
 * callee) or an error. Projects that the reader does not have are not named. */
typedef void (*accounts_list_cb)(void *ctx, int err, struct buf *text);
void accounts_list(struct project *p, struct identity *who, accounts_list_cb cb, void *ctx);

/* Answer exactly once, as store_call does; `why` is a sentence for what was refused before Redis was asked, else NULL. */
typedef void (*accounts_cb)(void *ctx, int err, const struct fn_reply *reply, const char *why);
/* The commands account.put and account.disable. who and c are lent until the answer. A password is hashed on a worker thread
 * and wiped in c; nothing but the hash leaves this module. */
void accounts_put(struct project *p, const struct identity *who, const struct command *c, accounts_cb cb, void *ctx);
void accounts_disable(struct project *p, const struct identity *who, const struct command *c, accounts_cb cb,
                      void *ctx);

#endif
