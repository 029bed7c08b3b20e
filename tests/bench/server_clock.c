#include "server_clock.h"

#include "base/clock.h"

#include <stdio.h>

static int64_t offset_us;

void server_clock_take(void)
{
	offset_us = clock_wall_ms() * 1000 + 500 - clock_mono_us();
	printf("{\"offset_us\":%lld,\"uncertain_us\":%d}\n", (long long)offset_us, SERVER_CLOCK_UNCERTAIN_US);
}

int64_t server_clock_us(int64_t mono_us) { return mono_us + offset_us; }
int64_t server_clock_offset_us(void) { return offset_us; }
