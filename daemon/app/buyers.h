/* Buyers: personal data is opened and sealed here, so that plain text never reaches Redis.
 *
 * A change is merged with what is there: what it does not name stays. Two changes of the same buyer in the same instant
 * may lose one of them where both touch what is sealed; Redis decides about everything else. */
#ifndef APP_BUYERS_H
#define APP_BUYERS_H

#include "app/identity.h"
#include "app/project.h"
#include "wire/command.h"

/* The answer of GET …/buyers for `who` (shared until then): calls back exactly once, with the text (to be emptied by the
 * callee) or an error. */
typedef void (*buyers_list_cb)(void *ctx, int err, struct buf *text);
void buyers_list(struct app *a, struct project *p, struct identity *who, buyers_list_cb cb, void *ctx);

/* Answers exactly once, as store_call does; `why` is a sentence for what was refused before Redis was asked, else NULL. */
typedef void (*buyers_cb)(void *ctx, int err, const struct fn_reply *reply, const char *why);
/* The command buyer.put. who and c are lent until the answer. */
void buyers_put(struct app *a, struct project *p, const struct identity *who, const struct command *c, buyers_cb cb,
                void *ctx);

#endif
