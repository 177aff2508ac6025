# Where things are built, for the bindings that stand on the C library. CARGO_TARGET_DIR is honoured; one that is relative
# is taken from the repository's root, where the commands of the READMEs are run.
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)
ifeq ($(CARGO_TARGET_DIR),)
TARGET := $(ROOT)/target
else
TARGET := $(if $(filter /%,$(CARGO_TARGET_DIR)),$(CARGO_TARGET_DIR),$(ROOT)/$(CARGO_TARGET_DIR))
endif
export CARGO_TARGET_DIR := $(TARGET)

# The C library as it is installed, for the others to build with.
STAGE := $(TARGET)/bindings/stage
OUT := $(TARGET)/bindings/$(notdir $(CURDIR))

# What the READMEs say builds each language; without this, the first target of this file would.
.DEFAULT_GOAL := all

.PHONY: stage
stage:
	@$(MAKE) --no-print-directory -C $(ROOT)/bindings/c install PREFIX=$(STAGE) DESTDIR=
