/* Pushes that only some may see: a consultant's own deals, and notices to the holder before a hold runs out. */
#ifndef APP_PRIVATE_PUSH_H
#define APP_PRIVATE_PUSH_H

#include "app/project.h"
#include "app/session.h"
#include "core/event.h"

/* To a session that has just begun to watch: each unit that its account holds. */
void private_push_own_deals(struct project *p, struct session *s);
void private_push_all_own_deals(struct project *p); /* the same for everybody who watches */
/* After an event: the deal as it now stands, to its holder's sessions on this daemon. */
void private_push_deal(struct project *p, const struct event *e);
/* To everybody of the office who watches: the project has just been frozen, or thawed. */
void private_push_frozen(struct project *p);
/* The same to one of them who has just begun to watch; nothing when the project is not frozen. */
void private_push_if_frozen(struct project *p, struct session *s);
/* To clerks and managers: the self-check has found everything in order. */
void private_push_checked(struct project *p);
/* Notices for every hold that has come within one of the project's warning times since the last look. */
void private_push_warnings(struct project *p);

#endif
