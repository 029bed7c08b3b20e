/* One deal of the books (ledger.h): what each event that names it makes of it. */
#ifndef REPORT_LEDGER_DEAL_H
#define REPORT_LEDGER_DEAL_H

#include "report/ledger.h"

struct ledger_deal *ledger_deal_new(const struct trail_entry *e,
                                    int64_t at_ms); /* from the first event that names it */
void ledger_deal_free(struct ledger_deal *d);
/* What any event says of its deal: price, money, consultant. */
void ledger_deal_event(struct ledger_deal *d, const struct trail_entry *e);
/* What an event of its unit adds: the state that the unit now has. */
void ledger_deal_unit(struct ledger_deal *d, const struct trail_entry *e, int64_t at_ms, enum unit_status state);

#endif
