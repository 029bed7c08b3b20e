/* How a file of buyers was understood, for people and for programs. */
#ifndef CTL_BUYER_SHOW_H
#define CTL_BUYER_SHOW_H

#include "ctl/buyer_match.h"
#include "ctl/print.h"

enum { BUYER_FIRST_ROWS = 5 }; /* so many rows are shown, knowingly arbitrary */

/* Its format, and what each column was taken for. */
void buyer_show_file(const struct buyer_file *f, const char *path);
void buyer_show_problems(const struct buyer_file *f);       /* on standard error */
void buyer_show_strangers(const struct buyer_strangers *s); /* on standard error */
/* "file" (unless NULL), "format", "encoding", "columns", "buyers", "problems" and "problem_count" of an object. */
void buyer_emit_file(struct emit *j, const struct buyer_file *f, const char *path);
void buyer_emit_first(struct emit *j, const struct buyer_file *f); /* "first": as they are understood, numbers masked */
void buyer_emit_strangers(struct emit *j, const struct buyer_strangers *s); /* "unknown_consultants" */

#endif
