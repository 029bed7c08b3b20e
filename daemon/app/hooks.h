/* Webhooks: the events of a project, delivered to ERP and CRM systems in order and at least once.
 *
 * Where each webhook stands is in Redis only (store/lua/outbound.lua), and is asked for before every delivery. A delivery
 * is one POST of up to 100 events; an answer 2xx moves the cursor, if nobody else has moved it. So a crash in between
 * repeats a delivery and loses none. While one delivery is under way no other of its webhook is: order is kept. */
#ifndef APP_HOOKS_H
#define APP_HOOKS_H

#include "app/courier.h"

void hook_add(struct courier *c, const struct target *t); /* t outlives the courier */
void hooks_free(struct courier *c);
void hooks_wake(struct courier *c);

#endif
