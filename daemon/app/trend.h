/* The figures of the last days (core/trend.h), counted from the audit trail by `listingctl report trend` beside the daemon.
 *
 * One run counts as many days as anybody may ask for; its answer is kept in memory and good as long as the project is at the
 * same event and the office at the same day. A project that changes all the time is not counted all the time: an answer
 * may be ten times as old as its making took, at most 30 s. At most one run per project is under way, and who asks then
 * gets what it finds. */
#ifndef APP_TREND_H
#define APP_TREND_H

#include "app/project.h"
#include "core/trend.h"

struct trends;

struct trends *trends_new(struct project *p);
/* Everybody who waits is answered LD_E_UNAVAILABLE. NULL is fine. */
void trends_free(struct trends *t);

/* 0 and a trend that is lent for the call, up to TREND_DAYS_MAX days, or LD_E_UNAVAILABLE. Called exactly once, perhaps before
 * trends_get returns. */
typedef void (*trends_cb)(void *ctx, int err, const struct trend *found);
void trends_get(struct trends *t, trends_cb cb, void *ctx);

#endif
