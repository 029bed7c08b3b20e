/* launch.put: a plan from the office becomes a call of the function library. */
#ifndef APP_LAUNCH_PLAN_H
#define APP_LAUNCH_PLAN_H

#include "app/identity.h"
#include "app/project.h"
#include "wire/command.h"

/* why: a sentence when the plan was refused before Redis was asked, else NULL. */
typedef void (*launch_plan_cb)(void *ctx, int err, const struct fn_reply *reply, const char *why);

/* Plans a session, or changes one with args.launch. The seed of a new one follows from who asks with which key and from the
 * daemons' secret: a repetition of the request is the same call, and nobody can know it beforehand. */
void launch_plan_put(struct project *p, const struct identity *who, const struct command *c, launch_plan_cb cb,
                     void *ctx);

#endif
