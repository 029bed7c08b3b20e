# The programs of the bench, each from a few files of tests/bench and the daemon's lowest layer; included by the Makefile.
BENCH_PROGRAMS := $(addprefix $(BUILD)/bench/,bare bare_lock load writer)

bench_obj     = $(patsubst %,$(BUILD)/obj/tests/bench/%.o,$1) $(call obj,$(addprefix daemon/base/,mem.c clock.c log.c))
BENCH_SERVER := ws_server handshake frame_scan json_scan reactor
BENCH_CLIENT := client frame_scan json_scan reactor histogram proc_stat units screens presses rush shelf journal server_clock

$(BUILD)/bench/bare: $(call bench_obj,bare $(BENCH_SERVER))
$(BUILD)/bench/bare_lock: $(call bench_obj,bare_lock $(BENCH_SERVER))
$(BUILD)/bench/load: $(call bench_obj,load $(BENCH_CLIENT))
$(BUILD)/bench/writer: $(call bench_obj,writer json_scan reactor units)
$(BUILD)/bench/%:
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lhiredis

.PHONY: bench-programs
bench-programs: $(BENCH_PROGRAMS)
