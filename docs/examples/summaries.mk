# SPDX-License-Identifier: MIT
# A summary of every text: make -j8 -f summaries.mk
#
# No more than three are asked for at a time, whatever -j says. A text that has been summarized before is not asked about
# again, also where its time has changed, as after git checkout, or its summary is gone.
export OLLAMA_CLOUD_SLOTS ?= 3
export OLLAMA_CLOUD_CACHE ?= $(CURDIR)/.answers

.PHONY: all
all: $(patsubst %.txt,%.summary,$(wildcard *.txt))

%.summary: %.txt
	oc-complete -q -p 'Summarize in a sentence.' -o $@ $<
