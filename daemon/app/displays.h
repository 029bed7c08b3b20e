/* The displays of a project: which there are, and when each was last in contact.
 *
 * A display is in contact while its WebSocket is open. Each daemon vouches in Redis for those connected to it, again every
 * DISPLAY_SEEN_MS, so that the last contact survives every restart and is the same at whichever daemon one asks. */
#ifndef APP_DISPLAYS_H
#define APP_DISPLAYS_H

#include "app/project.h"
#include "app/session.h"

/* The answer of GET …/displays: calls back exactly once, with the text (to be emptied by the callee) or an error. */
typedef void (*displays_list_cb)(void *ctx, int err, struct buf *text);
void displays_list(struct project *p, displays_list_cb cb, void *ctx);

/* A session that may be one of a display's has begun or, after it left the app's lists, ended. */
void displays_arrived(struct session *s);
void displays_left(struct session *s);
void displays_tick(struct project *p); /* once a second */

/* What the trail says of accounts and displays concerns their open sessions here: each asks Redis again whether its sign-in
 * still holds. */
void displays_on_event(struct project *p, const struct event *e);
void displays_on_gap(struct project *p); /* such events went by unread: each session of the project asks */

#endif
