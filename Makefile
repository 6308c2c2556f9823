# make run      set everything up and run the switch on conf/demo.yaml, in the foreground
# make test     set everything up and run every test            make check   lint, types, the rooms' import rules
# make bench    the measured claims                             make wheel   PJSIP's wheel: build it, print its path
# make setup    .venv with the command .venv/bin/softswitch     make lock    choose the pinned versions anew
# make sanitize the tests on the wire, each access to memory watched by AddressSanitizer
# make clean    remove .venv and what tools left behind; PJSIP's cache stays (see pjsip/README.md)

# Debian's own Python where it is new enough: built with profiles, it takes a tenth less for a call than one built plainly.
ifndef PYTHON
PYTHON := $(shell /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
endif
ARGS ?=
# Tests wait for phones more than they compute: two workers more than there are cores.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 2)

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMPS := $(VENV)/stamps
PJSIP := $(wildcard pjsip/*.py pjsip/*.h pjsip/builder/*.py pjsip/package/softswitch_pjsip/*.py* pjsip/tap/*.[ch])

.PHONY: run setup test sanitize sanitized check bench wheel lock clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

run: setup
	@exec $(BIN)/softswitch run conf/demo.yaml

setup: $(STAMPS)/project $(STAMPS)/pjsip

test: $(STAMPS)/test-tools setup $(STAMPS)/test-requirements
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(ARGS)

# PJSIP and the tap compiled anew, in an environment of their own; each piece of a pool is malloc's. How much memory is
# taken is not asked, nor what is left at the end; espeak-ng does not run with AddressSanitizer.
ASAN := -fsanitize=address -fno-omit-frame-pointer -DPJ_POOL_DEBUG=1
sanitize:
	@CC="gcc $(ASAN)" CXX="g++ $(ASAN)" ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=64:log_path=$(CURDIR)/build/asan \
		LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(g++ -print-file-name=libstdc++.so.6)" \
		$(MAKE) VENV=build/sanitized sanitized

sanitized: $(STAMPS)/test-tools setup $(STAMPS)/test-requirements
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal -k 'not leak and not texts_are_spoken' \
		tests/torture tests/sip tests/e2e $(ARGS)

check: setup $(STAMPS)/test-requirements
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=pjsip $(BIN)/mypy pjsip/build.py pjsip/builder pjsip/package/softswitch_pjsip
	$(BIN)/lint-imports

bench: $(STAMPS)/test-tools setup $(STAMPS)/test-requirements
	$(BIN)/python -m benchmarks $(ARGS)

wheel: $(STAMPS)/requirements
	@$(BIN)/python pjsip/build.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment -----------------------------------------------------------------------------------------
# A stamp says that a step is done, so a second `make run` starts at once.

$(STAMPS)/venv:
	@$(call find-missing); $(call install-missing)
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/requirements: requirements.lock $(STAMPS)/venv
	$(PIP) install --require-hashes --requirement requirements.lock
	@touch $@

$(STAMPS)/test-requirements: requirements-dev.lock $(STAMPS)/requirements
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

$(STAMPS)/pjsip: $(PJSIP) $(STAMPS)/requirements
	@wheel=$$($(BIN)/python pjsip/build.py) && $(PIP) install --no-index --no-deps --force-reinstall "$$wheel"
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/requirements
	$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# Before the environment, so that one run of apt brings everything.
$(STAMPS)/test-tools:
	@$(call find-missing); \
	need sipp sip-tester; need baresip baresip-core; need tshark tshark; need sox sox; need openssl openssl; need psql postgresql; \
	$(call install-missing)
	@mkdir -p $(STAMPS) && touch $@

lock: $(STAMPS)/venv
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(BIN)/python -m venv "$$tools" && "$$tools/bin/pip" install --quiet uv && \
	lock() { \
		echo 'setuptools>=77,<90' | "$$tools/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
			--custom-compile-command 'make lock' "$$@" pyproject.toml -; \
	} && \
	lock --output-file requirements.lock && \
	lock --extra dev --constraint requirements.lock --output-file requirements-dev.lock

# ---- system packages -----------------------------------------------------------------------------------------

# Leaves in $missing the Debian packages without which neither PJSIP nor .venv can be made, or no prompt spoken.
define find-missing
missing=; need() { command -v "$$1" >/dev/null 2>&1 || missing="$$missing $$2"; }; \
need python3 "python3 python3-venv python3-dev"; $(call install-missing); missing=; \
command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "there is no program $(PYTHON). Name another: make PYTHON=python3.12" >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "softswitch needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; \
	exit 1; \
}; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing=python3-venv; \
need espeak-ng espeak-ng; \
missing="$$missing $$($(PYTHON) pjsip/build.py --missing)" || exit 1
endef

# Installs $missing through apt, after one `apt-get update`; elsewhere says what to do.
define install-missing
missing=$$(echo $$missing); \
if [ -n "$$missing" ]; then \
	as_root=; \
	if ! command -v apt-get >/dev/null 2>&1; then \
		echo "this system lacks what Debian calls: $$missing" >&2; \
		echo "there is no apt here: install them with this system's package manager, then run make again" >&2; \
		exit 1; \
	elif [ "$$(id -u)" -ne 0 ]; then \
		as_root=sudo; \
		command -v sudo >/dev/null 2>&1 || { \
			echo "system packages are missing; as root: apt-get install $$missing" >&2; exit 1; }; \
	fi; \
	echo "installing system packages: $$missing"; \
	$$as_root apt-get update -q </dev/null || echo "apt-get update had errors: trying the lists that are there" >&2; \
	$$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends $$missing </dev/null || exit 1; \
fi
endef
