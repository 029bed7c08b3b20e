/* Robots: short messages into the office's group chat (WeCom 企业微信, DingTalk 钉钉).
 *
 * Three lanes, the first that has something speaks: urgent (the clock in doubt, a freeze, an overdue unit, Redis away); the
 * sheet of the day, once; a digest of what has happened since the last one. A robot takes 20 messages a minute: what
 * waits is merged, never queued. How far a robot has told is in Redis, so another daemon goes on where one stopped. A
 * message may come twice when a daemon dies between the robot's answer and Redis; the sheet rather not at all. */
#ifndef APP_ROBOTS_H
#define APP_ROBOTS_H

#include "app/courier.h"

enum robot_alarm { ALARM_REDIS_AWAY, ALARM_REDIS_BACK, ALARM_COUNT };

void robot_add(struct courier *c, const struct target *t); /* t outlives the courier */
void robots_free(struct courier *c);
void robots_wake(struct courier *c);
/* Said by every robot at once, also without Redis. */
void robots_alarm(struct courier *c, enum robot_alarm alarm);

#endif
