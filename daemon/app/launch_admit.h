/* launch.admit and launch.code: a buyer is admitted to a launch session, or gets another one-time code. The answer carries
 * the code, which is kept nowhere: a repetition of the request with its key makes the same one again. */
#ifndef APP_LAUNCH_ADMIT_H
#define APP_LAUNCH_ADMIT_H

#include "app/identity.h"
#include "app/project.h"
#include "wire/command.h"

/* why: a sentence when the request was refused before Redis was asked, else NULL. */
typedef void (*launch_admit_cb)(void *ctx, int err, const struct fn_reply *reply, const char *why);

/* args launch, buyer, [group], [draw]. who and c outlive the call. */
void launch_admit_one(struct project *p, const struct identity *who, const struct command *c, launch_admit_cb cb,
                      void *ctx);
/* args launch, buyer */
void launch_code_anew(struct project *p, const struct identity *who, const struct command *c, launch_admit_cb cb,
                      void *ctx);

#endif
