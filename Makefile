# Every target does its own set-up; a machine needs Python 3.11 or newer and make.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
CODE := bot handlers adapters storage tests deploy
# A name on the PATH may be a shim for a version that is not installed, so each candidate is asked.
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3 python3.14; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test check bench audit lock clean

help: ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/$(if $(CHAT),test,run).stamp ## A fictional company answers the public, in your browser (MENTIONS=file.jsonl plays yours; CHAT=slack, teams or both shows it in those, too)
	@$(DEMO) $(if $(MENTIONS),--mentions "$(MENTIONS)") $(ARGS)

DEMO = $(BIN)/$(or $(DEMO_$(CHAT)),baton demo)
DEMO_slack = python -m tests.fakes.local_slack.demo
# ME=kwame@thistlecart.example sits at the screen of Teams, which is one person's.
DEMO_teams = python -m tests.fakes.playground.demo $(if $(ME),--as "$(ME)")
DEMO_both = $(DEMO_teams) --both

test: check .cache/browser.stamp .cache/local-slack.stamp .cache/playground.stamp .cache/bluesky-pds.stamp ## Every check and every test, with coverage
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term $(ARGS)

check: $(VENV)/test.stamp ## Style, types, and the doors between the rooms
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/test.stamp ## Speeds, as ratios to a bare server measured in the same run
	$(BIN)/python -m tests.bench $(ARGS)

# An environment of its own, so that what looks is not among what is looked at.
audit: ## Known weaknesses in what Baton depends on, asked of PyPI (ARGS=--must: fail when it cannot be asked)
	@test -x .cache/audit/bin/pip-audit || { $(PYTHON) -m venv .cache/audit && \
		.cache/audit/bin/python -m pip --disable-pip-version-check --quiet install 'pip-audit==2.10.1'; }
	@.cache/audit/bin/python deploy/audit.py $(ARGS)

# An environment of its own: it must also work when the locks it makes do not.
lock: ## What pyproject.toml asks for into the lock files (ARGS=--upgrade for the newest versions)
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip --disable-pip-version-check --quiet install uv
	$(LOCK) -o requirements.lock pyproject.toml
	$(LOCK) -o tests/requirements.lock --extra dev -c requirements.lock pyproject.toml

# No addresses: where packages come from is each machine's own setting.
LOCK = .cache/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --group build \
	--generate-hashes --no-header --no-annotate --no-emit-index-url $(ARGS)

clean: ## Away with everything that was set up
	rm -rf $(VENV) .cache .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info

$(VENV)/python.stamp:
	@test -n "$(PYTHON)" || { echo "Baton needs Python 3.11 or newer with its venv module (on Debian: python3-venv)." >&2; \
		echo "Install it and run make again, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp requirements.lock pyproject.toml
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp tests/requirements.lock
	$(PIP) install --require-hashes -r tests/requirements.lock
	@touch $@

.cache/browser.stamp: $(VENV)/test.stamp tests/browser/package-lock.json
	$(BIN)/python -m tests.browser.chromium
	@mkdir -p .cache && touch $@

.cache/playground.stamp: $(VENV)/test.stamp tests/fakes/playground/package-lock.json
	$(BIN)/python -m tests.fakes.playground
	@mkdir -p .cache && touch $@

.cache/bluesky-pds.stamp: $(VENV)/test.stamp tests/fakes/bluesky_pds/package-lock.json
	$(BIN)/python -m tests.fakes.bluesky_pds
	@mkdir -p .cache && touch $@

.cache/local-slack.stamp: $(VENV)/test.stamp tests/fakes/local_slack/package-lock.json
	$(BIN)/python -m tests.fakes.local_slack
	@mkdir -p .cache && touch $@
