# Every target makes what it needs: on a fresh clone `make demo` or `make test` is the first command.
# `make` alone lists the targets.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo up test lint faults machines soak bench format proto lock clean

# Lists the targets.
help:
	@awk '/^# /{text = text (text == "" ? "" : " ") substr($$0, 3); next} \
	     /^[a-z]+:/{split($$0, part, ":"); printf "  make %-8s %s\n", part[1], text} \
	     {text = ""}' $(MAKEFILE_LIST)

# Makes .venv from requirements.lock. The other targets do this by themselves.
setup: $(READY)

# Runs the main job on generated leads, live, and ends with a report.
demo: $(READY)
	@$(BIN)/clew demo

# Starts the whole stack and keeps it until Ctrl-C; data survives a restart.
up: $(READY)
	@$(BIN)/clew up

# Everything CI checks: what `make lint` checks, then every test.
test: lint
	@echo "== tests"
	@$(BIN)/python -m pytest

# Breaks the running stack in every way under load and checks each promise (8 minutes); out/faults.html shows it.
# SEED=N draws the same load and faults again.
faults: $(READY)
	@$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED))

# Drives the tests' state machines by new random examples and shrinks what these find. EXAMPLES=N for another number.
machines: $(READY)
	@CLEW_RANDOM_EXAMPLES=$(or $(EXAMPLES),600) $(BIN)/python -m pytest $$(grep -rl --include='test_*.py' run_state_machine_as_test tests)

# Half an hour of load: whether any process grows by it. MINUTES=N for another length.
soak: $(READY)
	@$(BIN)/python -m tests.faults.soak $(if $(MINUTES),--minutes $(MINUTES))

# Measures, as ratios side by side, and keeps the tables in bench/README.md (some eight minutes).
bench: $(READY)
	@$(BIN)/python -m bench --write

# Checks format, lint, types, import rules and protos, and changes nothing.
lint: $(READY)
	@echo "== format"
	@$(BIN)/ruff format --check .
	@echo "== lint"
	@$(BIN)/ruff check .
	@echo "== types"
	@$(BIN)/mypy
	@echo "== import rules"
	@$(BIN)/lint-imports --no-logo
	@echo "== protos"
	@$(BIN)/python proto/generate.py --check

# Formats the code and makes the safe fixes.
format: $(READY)
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

# Regenerates proto/generated from proto/clew.
proto: $(READY)
	@$(BIN)/python proto/generate.py

# Compiles requirements.lock from pyproject.toml anew. Add UPGRADE=1 for newer versions of everything.
lock:
	@$(PYTHON) -m venv .cache/lock
	@.cache/lock/bin/pip install --quiet pip-tools
	@.cache/lock/bin/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe --strip-extras --no-header \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(if $(UPGRADE),--upgrade) \
	    --output-file requirements.lock pyproject.toml
	@! grep -nE '://|^-' requirements.lock || { echo "requirements.lock names an address or an option." >&2; exit 1; }
	@echo "requirements.lock is up to date."

# Removes what was installed, built and cached here; generated protos and data stay.
clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Clew needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not found)." >&2; \
	    echo "Install one and name it, for example: make setup PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version), once."
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing $$(grep -c == requirements.lock) pinned packages from requirements.lock (about a minute when none is cached)."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@echo "Making services, workflows, cli and proto/generated importable, and the clew command."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "Ready: $(BIN)/clew"
