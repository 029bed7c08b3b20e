/* What a running process has used, read from outside. -1 when the process is gone. */
#ifndef BENCH_PROC_STAT_H
#define BENCH_PROC_STAT_H

#include <stdint.h>
#include <sys/types.h>

int64_t proc_cpu_us(pid_t pid);        /* user and system time of all threads, also ended ones */
int64_t proc_private_bytes(pid_t pid); /* memory that is this process' alone (smaps_rollup) */

#endif
