# SPDX-License-Identifier: MIT
# The filters, their library and their tests. `make help` lists the targets; docs/HACKING.md explains.
#
#   DEVELOPER=1                   every warning, and each is an error
#   SANITIZE=address,undefined    instrument everything
#   WRAP=valgrind                 run the unit tests and the commands in tests under valgrind
#   CC=clang                      another compiler
#   JOBS=N                        so many test programs at the same time
#   V=1                           show every command
#   CC=clang FUZZER=1 fuzzers     the fuzz targets as libFuzzer programs, sanitized

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

PREFIX      ?= /usr/local
BINDIR      ?= $(PREFIX)/bin
LIBDIR      ?= $(PREFIX)/lib
LIBEXECDIR  ?= $(PREFIX)/libexec/oc
INCLUDEDIR  ?= $(PREFIX)/include
MANDIR      ?= $(PREFIX)/share/man
DATADIR     ?= $(PREFIX)/share

ifeq ($(origin CC),default)
CC := cc
endif
AR          ?= ar
CFLAGS      ?= -O2 -g
PKG_CONFIG  ?= pkg-config

WARNINGS    := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes
ifdef DEVELOPER
WARNINGS    += -Werror -Wconversion -Wformat=2 -Wcast-qual -Wpointer-arith -Wundef -Wwrite-strings \
               -Wswitch-enum -Wold-style-definition -Wnull-dereference -Wdouble-promotion
endif

ifdef FUZZER
SANITIZE    ?= fuzzer-no-link,address,undefined
endif
HARDENING   := -fstack-protector-strong -fPIE -fno-strict-overflow
ifdef SANITIZE
HARDENING   += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(filter -O0,$(CFLAGS)),)
HARDENING   += -D_FORTIFY_SOURCE=2
endif
LINKING     := $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -pie -Wl,-z,relro,-z,now -Wl,--as-needed

ALL_CPPFLAGS = -Ilib $(CURL_CFLAGS) $(PCRE2_CFLAGS) -DOC_LIBEXECDIR='"$(LIBEXECDIR)"' $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 $(WARNINGS) $(HARDENING) '-ffile-prefix-map=$(subst ','\'',$(CURDIR))=.' $(CFLAGS)
ALL_LDFLAGS  = $(LINKING) $(LDFLAGS)
CURL_CFLAGS := $(shell $(PKG_CONFIG) --cflags libcurl 2>/dev/null)
# Its header is enough: the library is loaded where it is needed.
PCRE2_CFLAGS := $(shell $(PKG_CONFIG) --exists libpcre2-8 2>/dev/null && \
                  echo -DOC_PCRE2 && $(PKG_CONFIG) --cflags libpcre2-8)
CURL_LIBS   := $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)
LIBS         = $(CURL_LIBS) -lm -pthread -ldl

# Another build directory for each kind of build keeps them from rebuilding each other:
# `make B=build/asan SANITIZE=address,undefined check` leaves bin/ alone.
B           ?= build
BIN         := $(if $(filter build,$B),bin,$B/bin)
COMMANDS    := $(patsubst cmd/%.c,%,$(wildcard cmd/oc-*.c))
LIB_OBJ     := $(patsubst %.c,$B/%.o,$(wildcard lib/*/*.c))
# What oc-models becomes for --live; it is no command.
LIVE        := $(BIN)/libexec/oc-models-live
CMD_OBJ     := $(patsubst %.c,$B/%.o,$(filter-out cmd/oc-% cmd/models-live.c,$(wildcard cmd/*.c)))
FAKE_OBJ    := $(patsubst %.c,$B/%.o,$(wildcard tests/fake/*.c))
UNIT        := $(patsubst %.c,$B/%,$(wildcard tests/unit/test-*.c))
FUZZ        := $(patsubst %.c,$B/%,$(wildcard tests/fuzz/fuzz-*.c))
BENCH       := $(patsubst %.c,$B/%,$(wildcard tests/bench/*.c))
BINARIES    := $(COMMANDS:%=$(BIN)/%)
MANUALS     := $(patsubst docs/%,$B/man/%,$(wildcard docs/*.[137]))

# Says what is being made, in place of the command.
step = $(if $V,,@$(if $(QUIET),,echo '  $1 $@' &&) )

.PHONY: all
all: $B/liboc.a $(BINARIES) $(LIVE) $(MANUALS) ## build the library, the commands and their manuals

# What an object depends on besides its sources: the compiler and its flags.
$B/flags: FORCE | $B
	@printf '%s\n' '$(CC) $(subst ','\'',$(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$B:
	@mkdir -p $@

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call step,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/liboc.a: $(LIB_OBJ)
$B/libcmd.a: $(CMD_OBJ)
$B/liboc.a $B/libcmd.a:
	@rm -f $@
	$(call step,AR)$(AR) -rcD $@ $^

$(BINARIES): $(BIN)/%: $B/cmd/%.o $B/libcmd.a $B/liboc.a
	@mkdir -p $(@D)
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(LIVE): $B/cmd/models-live.o $B/libcmd.a $B/liboc.a
	@mkdir -p $(@D)
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$B/fake: $(FAKE_OBJ)
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lm

# The manuals with the options that they share.
$B/man/%: docs/% docs/request-options.mdoc docs/expand.awk
	@mkdir -p $(@D)
	$(call step,MAN)awk -f docs/expand.awk docs/request-options.mdoc $< >$@

# What tests put before the C library; never instrumented, since it is loaded by what is.
$B/shim.so: tests/shim/shim.c $B/flags
	$(call step,LD)$(CC) -std=c11 $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl

# Allocations go through fail-alloc.c, which can make them fail.
WRAPPED     := malloc calloc realloc strdup strndup free
$B/tests/unit/%: $B/tests/unit/%.o $B/tests/unit/fail-alloc.o $B/liboc.a
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LIBS)

# With FUZZER=1 and clang these are libFuzzer programs; otherwise they replay files.
$B/tests/fuzz/%: $B/tests/fuzz/%.o $(if $(FUZZER),,$B/tests/fuzz/replay.o) $B/liboc.a
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(if $(FUZZER),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

$B/tests/bench/%: $B/tests/bench/%.o $B/liboc.a
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

-include $(wildcard $B/*/*.d $B/*/*/*.d)

.PHONY: deps
deps: ## install what building and testing need (apt-get), or say what is missing
	@tests/deps

.PHONY: check
check: deps ## build everything and run every test
	@$(MAKE) --no-print-directory all $B/fake $B/shim.so unit fuzzers
	@B='$B' BIN='$(BIN)' SANITIZE='$(SANITIZE)' WRAP='$(WRAP)' tests/run $(TESTS)

.PHONY: unit fuzzers benches
unit: $(UNIT)
fuzzers: $(FUZZ)
benches: $(BENCH)

.PHONY: demo
demo: ## a short tour: real prompts through the real binaries
	@tests/deps demo
	@$(MAKE) --no-print-directory QUIET=1 all $B/fake
	@B='$B' BIN='$(BIN)' tests/demo

.PHONY: peers
peers: ## fetch what tests/peers.bats compares with, from the npm and PyPI registries
	@B='$B' tests/peers/fetch

.PHONY: engines
engines: deps ## run the recipes of docs/examples on Slurm, Spark and others, where they are there
	@$(MAKE) --no-print-directory QUIET=1 all $B/fake
	@B='$B' BIN='$(BIN)' tests/engines/run

.PHONY: torture
torture: deps ## kill oc-batch 200 times, and prove that nothing was lost
	@$(MAKE) --no-print-directory QUIET=1 all $B/fake
	@B='$B' BIN='$(BIN)' tests/torture

.PHONY: mutants
mutants: deps ## break one thing after the other, and require that a test notices
	@tests/mutants/run $(MUTANTS)

.PHONY: lint
lint: deps ## everything that can be checked without running it
	@$(MAKE) --no-print-directory all $B/fake unit
	@B='$B' BIN='$(BIN)' CC='$(CC)' tests/lint/run

.PHONY: bench
bench: deps ## measure against curl, jq and others
	@$(MAKE) --no-print-directory all $B/fake benches
	@B='$B' BIN='$(BIN)' tests/bench/run $(BENCHES)

.PHONY: compdb
compdb: ## compile_commands.json for editors and clang-tidy
	@tests/lint/compdb '$(CC) $(subst ','\'',$(ALL_CPPFLAGS) $(ALL_CFLAGS))' lib cmd tests >compile_commands.json

.PHONY: install
install: all ## install into $(DESTDIR)$(PREFIX)
	install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(LIBDIR)' '$(DESTDIR)$(INCLUDEDIR)'
	install -m 755 $(BINARIES) '$(DESTDIR)$(BINDIR)'
	install -D -m 755 $(LIVE) '$(DESTDIR)$(LIBEXECDIR)/oc-models-live'
	install -m 644 $B/liboc.a '$(DESTDIR)$(LIBDIR)'
	install -m 644 lib/oc.h '$(DESTDIR)$(INCLUDEDIR)'
	for page in $(MANUALS); do \
		install -D -m 644 $$page "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}" || exit 1; \
	done
	for name in $$(sed -n 's/^\.Nm \(oc_[a-z_]*\).*/\1/p' docs/liboc.3); do \
		ln -sf liboc.3 "$(DESTDIR)$(MANDIR)/man3/$$name.3" || exit 1; \
	done
	for command in $(COMMANDS); do \
		to='$(DESTDIR)$(DATADIR)' run="$(BIN)/$$command --completion"; \
		install -d "$$to/bash-completion/completions" "$$to/zsh/site-functions" \
			"$$to/fish/vendor_completions.d" && \
		$$run bash >"$$to/bash-completion/completions/$$command" && \
		$$run zsh >"$$to/zsh/site-functions/_$$command" && \
		$$run fish >"$$to/fish/vendor_completions.d/$$command.fish" || exit 1; \
	done

.PHONY: clean
clean: ## remove what was built
	rm -rf bin build compile_commands.json

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

.PHONY: FORCE
FORCE:
