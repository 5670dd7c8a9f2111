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
# BSD make takes this line for a directive and ends with its words; GNU make, for a rule.
.error GNU make is needed here: gmake
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
PLACES      := PREFIX BINDIR LIBDIR LIBEXECDIR INCLUDEDIR MANDIR DATADIR

# A word of a command line, whatever is in it.
quote = '$(subst ','\'',$1)'

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
# Position independent for the shared library's sake; what is hidden costs no more than with -fPIE.
HARDENING   := -fstack-protector-strong -fPIC -fvisibility=hidden -fno-strict-overflow
ifdef SANITIZE
HARDENING   += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(filter -O0,$(CFLAGS)),)
HARDENING   += -D_FORTIFY_SOURCE=2
endif
LINKING     := $(if $(SANITIZE),-fsanitize=$(SANITIZE))
DARWIN      := $(findstring darwin,$(shell $(CC) -dumpmachine))
ifndef DARWIN
LINKING     += -Wl,-z,relro,-z,now -Wl,--as-needed
endif

ALL_CPPFLAGS = -Ilib $(CURL_CFLAGS) $(PCRE2_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 $(WARNINGS) $(HARDENING) $(call quote,-ffile-prefix-map=$(CURDIR)=.) $(CFLAGS)
ALL_LDFLAGS  = $(LINKING) -pie $(LDFLAGS)
CURL_CFLAGS := $(shell $(PKG_CONFIG) --cflags libcurl 2>/dev/null)
# Its header is enough: the library is loaded where it is needed.
PCRE2_CFLAGS := $(shell $(PKG_CONFIG) --exists libpcre2-8 2>/dev/null && \
                  echo -DOC_PCRE2 && $(PKG_CONFIG) --cflags libpcre2-8)
CURL_LIBS   := $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null || echo -lcurl)
OTHER_LIBS  := -lm -pthread -ldl
LIBS         = $(CURL_LIBS) $(OTHER_LIBS)

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
COMPLETIONS := $(foreach shell,bash zsh fish,$(COMMANDS:%=$B/completions/%.$(shell)))

# oc.h has the version. Structs may grow from 0.N to 0.N+1, so that each has a soname of its own.
VERSION     := $(shell sed -n 's/^.define OC_VERSION "\(.*\)"/\1/p' lib/oc.h)
SONAME      := liboc.so.$(basename $(VERSION))
SHARED      := $(if $(DARWIN)$(filter -static%,$(LDFLAGS)),,$B/liboc.so.$(VERSION))

# Says what is being made, in place of the command.
tell = $(if $(QUIET),:,echo)
step = $(if $V,,@$(if $(QUIET),,echo '  $1 $@' &&) )

.PHONY: all
all: $B/liboc.a $(SHARED) $(BINARIES) $(LIVE) $(MANUALS) $(COMPLETIONS) ## build all that is installed

# What is missing is told when it matters, and installed by `make deps`.
DEPS         = CC=$(call quote,$(CC) $(ALL_CPPFLAGS)) tests/deps

# What an object depends on besides its sources: the compiler and its flags, and for the one that
# becomes another program, where that will be.
LIVE_FLAGS   = -DOC_LIBEXECDIR=$(call quote,"$(subst ",\",$(subst \,\\,$(LIBEXECDIR)))")
$B/flags: what = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS)
$B/live-flags: what = $(LIVE_FLAGS)
$B/flags $B/live-flags: FORCE | $B
	@printf '%s\n' $(call quote,$(what)) >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else $(if $(filter $B/flags,$@),$(DEPS) build &&) mv $@.new $@; fi
$B/cmd/oc-models.o: $B/live-flags
$B/cmd/oc-models.o: ALL_CPPFLAGS += $(LIVE_FLAGS)
$B:
	@mkdir -p $@

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call step,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/liboc.a: $(LIB_OBJ)
$B/libcmd.a: $(CMD_OBJ)
$B/liboc.a $B/libcmd.a:
	@rm -f $@
	$(call step,AR)$(AR) -rcD $@ $^ 2>/dev/null || $(AR) -rc $@ $^

$B/liboc.so.$(VERSION): $(LIB_OBJ)
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(LINKING) $(if $(SANITIZE),,-Wl,-z,defs) $(LDFLAGS) \
		-shared -Wl,-soname,$(SONAME) -o $@ $^ $(LIBS)

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
SHIMS       := $B/shim.so $B/memory.so
$(SHIMS): $B/%.so: tests/shim/%.c $B/flags
	$(call step,LD)$(CC) -std=c11 $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl

# Allocations go through fail-alloc.c, which can make them fail.
WRAPPED     := malloc calloc realloc strdup strndup free
$B/tests/unit/%: $B/tests/unit/%.o $B/tests/unit/unit.o $B/tests/unit/fail-alloc.o $B/liboc.a
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LIBS)

# With FUZZER=1 and clang these are libFuzzer programs; otherwise they replay files.
$B/tests/fuzz/%: $B/tests/fuzz/%.o $(if $(FUZZER),,$B/tests/fuzz/replay.o) $B/liboc.a
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(if $(FUZZER),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

$B/tests/bench/%: $B/tests/bench/%.o $B/liboc.a
	$(call step,LD)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

-include $(wildcard $B/*/*.d $B/*/*/*.d)

.PHONY: deps
deps: ## install what building and testing need
	@$(DEPS) --install check

# `make deps check` is two things, the second after the first.
.PHONY: have-deps
have-deps: $(filter deps,$(MAKECMDGOALS))
	@$(DEPS) check

.PHONY: check
check: have-deps ## build everything and run every test
	@$(MAKE) --no-print-directory all $B/fake $(SHIMS) unit fuzzers
	@B='$B' BIN='$(BIN)' SANITIZE='$(SANITIZE)' WRAP='$(WRAP)' tests/run $(TESTS)

.PHONY: unit fuzzers benches
unit: $(UNIT)
fuzzers: $(FUZZ)
benches: $(BENCH)

.PHONY: demo
demo: $(filter deps,$(MAKECMDGOALS)) ## a short tour: real prompts through the real binaries
	@$(DEPS) demo
	@$(MAKE) --no-print-directory QUIET=1 all $B/fake
	@B='$B' BIN='$(BIN)' tests/demo

.PHONY: peers
peers: ## fetch what tests/peers.bats compares with, from the npm and PyPI registries
	@B='$B' tests/peers/fetch

.PHONY: engines
engines: have-deps ## run the recipes of docs/examples on Slurm, Spark and others, where they are there
	@$(MAKE) --no-print-directory QUIET=1 all $B/fake
	@B='$B' BIN='$(BIN)' tests/engines/run

.PHONY: torture
torture: have-deps ## kill oc-batch 200 times, and prove that nothing was lost
	@$(MAKE) --no-print-directory QUIET=1 all $B/fake
	@B='$B' BIN='$(BIN)' tests/torture

.PHONY: portability
portability: ## build and run the tests for other machines, in emulators
	@tests/portability $(MACHINES)

.PHONY: mutants
mutants: have-deps ## break one thing after the other, and require that a test notices
	@tests/mutants/run $(MUTANTS)

.PHONY: lint
lint: have-deps ## everything that can be checked without running it
	@$(MAKE) --no-print-directory all $B/fake unit
	@B='$B' BIN='$(BIN)' CC='$(CC)' tests/lint/run

.PHONY: files
files: ## write docs/FILES.md anew
	@tests/lint/files >docs/FILES.md

.PHONY: bench
bench: have-deps ## measure against curl, jq and others
	@$(MAKE) --no-print-directory all $B/fake benches
	@B='$B' BIN='$(BIN)' tests/bench/run $(BENCHES)

.PHONY: compdb
compdb: ## compile_commands.json for editors and clang-tidy
	@tests/lint/compdb $(call quote,$(CC) $(ALL_CPPFLAGS) $(LIVE_FLAGS) $(ALL_CFLAGS)) lib cmd tests >compile_commands.json

# For all that is installed: put MODE FILE PLACE, or link FILE PLACE. No command is run for it: the
# completion of each asks it for its script when a shell wants that.
define each_installed
set -e; $(foreach v,DESTDIR $(PLACES),$v=$(call quote,$($v));) \
for name in $(COMMANDS); do \
	put 755 "$(BIN)/$$name" "$$BINDIR/$$name"; \
	put 644 "$B/completions/$$name.bash" "$$DATADIR/bash-completion/completions/$$name"; \
	put 644 "$B/completions/$$name.zsh" "$$DATADIR/zsh/site-functions/_$$name"; \
	put 644 "$B/completions/$$name.fish" "$$DATADIR/fish/vendor_completions.d/$$name.fish"; \
done; \
put 755 $(LIVE) "$$LIBEXECDIR/oc-models-live"; \
put 644 lib/oc.h "$$INCLUDEDIR/oc.h"; \
put 644 $B/oc.pc "$$LIBDIR/pkgconfig/oc.pc"; \
put 644 $B/liboc.a "$$LIBDIR/liboc.a"; \
for file in $(notdir $(SHARED)); do \
	put 644 "$B/$$file" "$$LIBDIR/$$file"; \
	link "$$file" "$$LIBDIR/$(SONAME)"; \
	link "$$file" "$$LIBDIR/liboc.so"; \
done; \
for page in $(notdir $(MANUALS)); do \
	put 644 "$B/man/$$page" "$$MANDIR/man$${page##*.}/$$page"; \
done; \
for name in $$(sed -n 's/^\.Nm \(oc_[a-z_]*\).*/\1/p' docs/liboc.3); do \
	link liboc.3 "$$MANDIR/man3/$$name.3"; \
done
endef

.PHONY: install
install: all $B/oc.pc ## install into $(DESTDIR)$(PREFIX)
	@put() { $(tell) "  $$DESTDIR$$3"; \
		install -d "$$DESTDIR$${3%/*}"; install -m "$$1" "$$2" "$$DESTDIR$$3"; }; \
	link() { $(tell) "  $$DESTDIR$$2"; ln -sf "$$1" "$$DESTDIR$$2"; }; \
	$(each_installed)

.PHONY: uninstall
uninstall: ## remove what install has put there, and nothing else
	@put() { $(tell) "  $$DESTDIR$$3"; rm -f "$$DESTDIR$$3"; }; \
	link() { put - "$$@"; }; \
	$(each_installed); \
	rmdir "$$DESTDIR$$LIBEXECDIR" 2>/dev/null || :

$B/completions/%: | $B
	@mkdir -p $(@D)
	@case $(suffix $*) in \
	.fish) echo '$(basename $*) --completion fish 2>/dev/null | source' ;; \
	.bash) echo 'eval "$$($(basename $*) --completion bash 2>/dev/null)"' ;; \
	.zsh) echo '#compdef $(basename $*)'; \
		echo 'eval "$$($(basename $*) --completion zsh 2>/dev/null)"' ;; \
	esac >$@

# An installation can be moved where its lib is PREFIX/lib.
blank  := $(subst ,, )
escape  = $(subst ',\',$(subst ",\",$(subst $(blank),\$(blank),$1)))
below   = $(subst ^,,$(subst ^$(PREFIX)/,$${prefix}/,^$1))
$B/oc.pc: FORCE | $B
	@printf '%s\n' \
		$(call quote,prefix=$(if $(subst ^$(PREFIX)/lib,,^$(LIBDIR)),$(call escape,$(PREFIX)),$${pcfiledir}/../..)) \
		$(call quote,libdir=$(call escape,$(call below,$(LIBDIR)))) \
		$(call quote,includedir=$(call escape,$(call below,$(INCLUDEDIR)))) '' \
		'Name: oc' 'Description: ask language models by the OpenAI-compatible chat API' \
		'Version: $(VERSION)' 'Requires.private: libcurl' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -loc' 'Libs.private: $(OTHER_LIBS)' >$@.$$$$ && mv $@.$$$$ $@

.PHONY: static dist release deb rpm packages
static: ## binaries without any shared library, in build/static (ARCH=aarch64: for that)
	@docs/packaging/static $(ARCH)

dist: ## the tarball of the last commit, in build/dist
	@docs/packaging/dist

release: ## see whether the last commit can be released as VERSION=, and make what is
	@docs/packaging/release '$(if $(filter command,$(origin VERSION)),$(VERSION))'

deb rpm: ## packages of the last commit, in build/deb and build/rpm
	@docs/packaging/$@

packages: ## try all of these but static (PACKAGES='dist release')
	@tests/packages $(PACKAGES)

.PHONY: clean
clean: ## remove what was built
	rm -rf bin build compile_commands.json

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1:\2/p' Makefile | tr : '\t' | expand -t 12

.PHONY: FORCE
FORCE:
