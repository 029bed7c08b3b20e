/* The unit ids of a project, read from a file with one id per line, in index order. */
#ifndef BENCH_UNITS_H
#define BENCH_UNITS_H

void units_read(const char *path); /* fatal when it cannot */
unsigned units_count(void);
const char *unit_id(unsigned index); /* fatal when there is none */

#endif
