# listingd. `make` builds the daemon, listingctl and the pages; `make help` lists the rest.
#
# BUILD=dir     where everything built goes (default build)
# SANITIZE=1    AddressSanitizer and UndefinedBehaviorSanitizer
# WERROR=1      warnings are errors (CI)
# Headers are tracked by -MMD; one -Idaemon, so that every include names its layer.

BUILD    ?= build
PREFIX   ?= /usr
DESTDIR  ?=
CC       ?= gcc
PYTHON   ?= /usr/bin/python3
VERSION  := $(shell cat VERSION)

CFLAGS   ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes $(if $(WERROR),-Werror)
comma    := ,
SANFLAGS := $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
PKGS     := libwebsockets hiredis libcjson
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DLISTINGD_VERSION='"$(VERSION)"' -Idaemon -I$(BUILD)/gen -I/usr/include/cjson \
             $(CFLAGS) $(if $(SANITIZE),-O1 -U_FORTIFY_SOURCE) $(WARN) $(SANFLAGS) -MMD -MP
LDFLAGS  += $(SANFLAGS)

# The libraries, each met in one layer only.
DAEMON_LIBS := -lwebsockets -lev -lcurl -lsodium -ljwt -lcrypto -lhiredis -lcjson -lcrypt -lpthread
CTL_LIBS    := -lhiredis -lcjson -lcsv -lxlsxwriter -lcrypt -lsodium -lm

LAYERS      := base conf loop core seal wire store outbound app net
DAEMON_SRC  := $(filter-out daemon/store/sync.c,$(foreach l,$(LAYERS),$(wildcard daemon/$l/*.c))) $(wildcard daemon/main/*.c)
# Signed links are the daemon's: listingctl and the fuzzers do without their libraries.
SEAL_SRC    := $(filter-out daemon/seal/link_key.c,$(wildcard daemon/seal/*.c))
CTL_SRC     := $(SEAL_SRC) $(wildcard daemon/base/*.c daemon/core/*.c daemon/wire/*.c daemon/listing/*.c daemon/report/*.c daemon/ctl/*.c) daemon/store/sync.c
obj          = $(patsubst %.c,$(BUILD)/obj/%.o,$1)
GEN         := $(BUILD)/gen/store/listing_lua.h

.PHONY: all daemon web check check-unit check-lua check-system check-web check-pages check-fuzz bench lint format install clean help
all: daemon web
daemon: $(BUILD)/listingd $(BUILD)/listingctl

help:
	@echo 'all daemon web check check-unit check-lua check-system check-web check-pages check-fuzz bench lint format install clean'

$(BUILD)/listingd: $(call obj,$(DAEMON_SRC))
	$(CC) $(LDFLAGS) -o $@ $^ $(DAEMON_LIBS)

$(BUILD)/listingctl: $(call obj,$(CTL_SRC))
	$(CC) $(LDFLAGS) -o $@ $^ $(CTL_LIBS)

$(BUILD)/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(GEN): scripts/gen-lua $(wildcard daemon/store/lua/*.lua) daemon/core/rights.def daemon/core/transitions.def
	@mkdir -p $(@D)
	scripts/gen-lua daemon/store/lua/listing.lua daemon/core/rights.def daemon/core/transitions.def $(BUILD)/listing.lua $@

# --- pages
WEB_SRC := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
web: web/dist/.built
web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
web/dist/.built: web/node_modules/.installed $(WEB_SRC)
	cd web && npm run --silent build
	@touch $@

# --- tests
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
# Everything but main and the network: a test takes what it needs from the archive.
$(BUILD)/testable.a: $(call obj,$(sort $(filter-out daemon/net/% daemon/main/% daemon/ctl/%,$(DAEMON_SRC) $(CTL_SRC))))
	$(AR) rcs $@ $^
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/testable.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lev -lcurl -lhiredis -lcjson -lcsv -lxlsxwriter -lcrypt -lsodium -ljwt -lcrypto -lpthread -lm
unit-tests: $(UNIT_TESTS)

check:
	./scripts/test
check-unit: unit-tests
	scripts/unit-tests $(BUILD)
check-lua: $(GEN)
	$(PYTHON) -m pytest -q -n 2 tests/lua
check-system: daemon bench-programs
	LISTINGD_BUILD=$(BUILD) $(PYTHON) -m pytest -q -n 2 tests/system
check-web: web/node_modules/.installed
	cd web && npm test
check-pages: all tests/pages/node_modules/.installed
	cd tests/pages && LISTINGD_BUILD=$(abspath $(BUILD)) npm test
tests/pages/node_modules/.installed: tests/pages/package.json tests/pages/package-lock.json
	cd tests/pages && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# --- bench
BENCH_SRC := $(wildcard tests/bench/*.c)
include $(wildcard tests/bench/bench.mk)
bench: all $(BENCH_PROGRAMS)
	$(PYTHON) tests/bench/bench $(BENCH_ARGS)

# --- fuzz: with clang's libFuzzer when asked for, and as a plain replay of the seeds in every check
FUZZ_SECONDS ?= 60
FUZZ_SRC := $(SEAL_SRC) $(wildcard daemon/base/*.c daemon/wire/*.c daemon/core/*.c)
FUZZ_OBJ := $(call obj,$(FUZZ_SRC))
$(BUILD)/tests/replay_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o $(FUZZ_OBJ)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcjson -lsodium -lcrypt -lm
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_SRC)
	@mkdir -p $(@D)
	clang -std=c17 -D_GNU_SOURCE -Idaemon -I/usr/include/cjson -g -O1 -fsanitize=fuzzer,address,undefined -o $@ $^ -lcjson -lsodium -lcrypt -lm
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
check-fuzz: $(FUZZERS:%=$(BUILD)/fuzz_%)
	for f in $(FUZZERS); do mkdir -p $(BUILD)/corpus/$$f && \
		$(BUILD)/fuzz_$$f -max_len=5000 -max_total_time=$(FUZZ_SECONDS) $(BUILD)/corpus/$$f tests/fuzz/seeds/$$f || exit 1; done

# --- house-keeping
C_FILES := $(shell find daemon tests -name '*.[ch]' -not -path '*/node_modules/*' 2>/dev/null)
lint:
	scripts/lint $(C_FILES)
format:
	clang-format -i $(C_FILES)

install: all
	install -D -m 755 $(BUILD)/listingd $(DESTDIR)$(PREFIX)/sbin/listingd
	install -D -m 755 $(BUILD)/listingctl $(DESTDIR)$(PREFIX)/bin/listingctl
	install -D -m 644 config/listingd.conf $(DESTDIR)$(PREFIX)/share/doc/listingd/listingd.conf
	@# What the office has set there stays.
	[ -e $(DESTDIR)/etc/listingd/listingd.conf ] || install -D -m 644 config/listingd.conf $(DESTDIR)/etc/listingd/listingd.conf
	install -D -m 644 config/redis.conf $(DESTDIR)$(PREFIX)/share/doc/listingd/redis.conf
	install -D -m 644 config/outbound.json $(DESTDIR)$(PREFIX)/share/doc/listingd/outbound.json
	install -D -m 644 config/nginx.conf $(DESTDIR)$(PREFIX)/share/doc/listingd/nginx.conf
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/listingd README.md CHANGELOG.md LICENSE
	install -D -m 644 config/listingd.service $(DESTDIR)/lib/systemd/system/listingd.service
	cd web/dist && find . -type f -not -name '.built' -exec install -D -m 644 {} $(abspath $(DESTDIR)/)$(PREFIX)/share/listingd/web/{} \;

clean:
	rm -rf $(BUILD) build-asan web/dist

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
.SECONDARY:
