/* The settings of a project, which live in Redis: the function library checks them and knows their bounds. */
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "app/identity.h"
#include "app/project.h"
#include "wire/command.h"

/* The answer of GET …/settings: calls back exactly once, with the text (to be emptied by the callee) or an error. */
typedef void (*settings_read_cb)(void *ctx, int err, struct buf *text);
void settings_read(struct project *p, settings_read_cb cb, void *ctx);

/* The command project.configure {settings:{name:value,…}}; values are texts or whole numbers. Answers exactly once, as
 * store_call does; `why` is a sentence for what was refused before Redis was asked, else NULL. */
typedef void (*settings_cb)(void *ctx, int err, const struct fn_reply *reply, const char *why);
void settings_put(struct project *p, const struct identity *who, const struct command *c, settings_cb cb, void *ctx);

#endif
