/* Who of the buyers is here, and what each hears of the waiting room.
 *
 * The function library keeps the room; the daemon tells it every few seconds which buyers are connected, and tells every
 * waiting buyer where he stands. */
#ifndef APP_LAUNCH_ROOM_H
#define APP_LAUNCH_ROOM_H

#include "app/project.h"
#include "app/session.h"

struct launch_room;

struct launch_room *launch_room_new(const struct launches *l, struct project *p); /* both outlive it */
void launch_room_free(struct launch_room *r);
void launch_room_tick(struct launch_room *r);                         /* once a second */
void launch_room_arrived(struct launch_room *r, struct session *s);   /* begins to watch */
void launch_room_entered(struct launch_room *r, const char *account); /* has accepted the rules */

#endif
