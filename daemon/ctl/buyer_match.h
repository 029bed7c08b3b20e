/* A file of buyers against the buyers of a project: who is known, who is new, and what is in the way. */
#ifndef CTL_BUYER_MATCH_H
#define CTL_BUYER_MATCH_H

#include "ctl/buyer_file.h"
#include "ctl/buyers.h"

/* Every row gets the id of the buyer who has its numbers, or a new one, and becomes a pair of id and record for ld_buyer_put
 * (f->count pairs, for buyers_match_free); its buyer has afterwards all that is known. What is in the way becomes a problem of the
 * file. */
const char **buyers_match(struct buyer_file *f, const struct buyers *all, size_t *added);
void buyers_match_free(const char **pairs, size_t count); /* NULL is fine */

/* The consultants without an account, each by the first row that names it: a consultant is known by the account, not by the name,
 * and a buyer of nobody is seen by the office only. The rows are lent by the file; free `rows` with mem_free. 0, or an exit status
 * after the problem was printed. */
struct buyer_strangers {
	size_t count;
	const struct buyer_row **rows;
};
MUST_CHECK int buyers_strangers(struct ctl *c, const struct buyer_file *f, struct buyer_strangers *out);

#endif
