# Everything one needs to run, test and change the service. `make help` lists it.
#
# What is installed is remembered by stamp files inside the thing they vouch for (.venv, frontend/
# node_modules), so a second run does no work, and deleting a folder brings it back whole.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# A build that fails halfway leaves nothing that looks finished.
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --require-hashes
# Runs a command with a Node of at least 20: the machine's, or one from a wheel.
NODE := scripts/node.sh
NPM := $(NODE) npm --prefix frontend
PYTEST := $(PY) -m pytest
# Random steps of two agents at one conversation in `make test-browser`; `make test` takes 60.
STEPS ?= 1000
# Three at a time, on two cores as well: much of a test is waiting. More gain nothing.
TEST_WORKERS ?= 3

# Installed: .venv can also have been made by hand; the stamps alone say what is in it.
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
# The front end is built only where it is: a tree without one still runs the API and the tests.
HAS_FRONTEND := $(wildcard frontend/package.json)
FRONTEND_SOURCES := $(if $(HAS_FRONTEND),$(shell find frontend -type f \
	-not -path '*/node_modules/*' -not -path 'frontend/dist*' -not -path '*/.vite/*'))
FRONTEND_STAMP := frontend/node_modules/.installed
FRONTEND_DIST := frontend/dist/index.html

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- run ------------------------------------------------------------------------------------

.PHONY: setup
setup: $(DEV_STAMP) frontend ## Install all that running and developing need

.PHONY: setup-server
setup-server: $(RUN_STAMP) frontend ## Install only what running needs (docs/small-server.md)

.PHONY: run
run: $(RUN_STAMP) frontend ## Start the whole service with its sandbox, and print how to sign in
	@echo "Starting the service"
	@exec $(BIN)/inbox demo $(ARGS)

.PHONY: dev
dev: $(DEV_STAMP) $(if $(HAS_FRONTEND),$(FRONTEND_STAMP)) ## The same, reloading server and web app when a file changes
	@exec $(PY) scripts/dev.py $(ARGS)

.PHONY: migrate
migrate: $(RUN_STAMP) ## Bring the database to the newest schema
	@$(BIN)/inbox migrate

# --- test -----------------------------------------------------------------------------------

.PHONY: test
test: $(DEV_STAMP) ## Run all tests: SQLite, real PostgreSQL and Valkey, browser and mail where found
	@status=0; \
	$(MAKE) frontend || status=1; \
	$(if $(HAS_FRONTEND),echo "Front-end tests"; CI=1 $(NPM) test || status=1;) \
	echo "Python tests"; \
	$(PYTEST) -m "not faults and not bench" -n $(TEST_WORKERS) --dist loadgroup $(ARGS) || status=1; \
	exit $$status

.PHONY: test-fast
test-fast: $(DEV_STAMP) ## Run what needs no server but SQLite: some minutes
	@$(PYTEST) -q -m "not postgres and not browser and not mail and not faults and not bench" \
		-n $(TEST_WORKERS) $(ARGS)

.PHONY: test-one
test-one: $(DEV_STAMP) ## Run one file, folder or test: make test-one T=tests/test_layout.py
	@: $${T:?say which, as in: make test-one T=tests/test_layout.py}
	@$(PYTEST) $(T) $(ARGS)

.PHONY: test-deps
test-deps: ## Install the browser and the mail server that some tests need (Debian, as root)
	@scripts/test-deps.sh

.PHONY: test-browser
test-browser: $(DEV_STAMP) frontend ## Run all tests that need a browser, and only those, in their long form
	@INBOX_STEPS=$(STEPS) $(PYTEST) -m browser -n $(TEST_WORKERS) --dist loadgroup $(ARGS)

.PHONY: faults
faults: $(DEV_STAMP) ## Run the tests that break things on purpose, in their long form (an hour and more)
	@export INBOX_KILLS=$${INBOX_KILLS:-1000} INBOX_CUTS=$${INBOX_CUTS:-10000} INBOX_FUZZ=$${INBOX_FUZZ:-100000} \
		INBOX_SYNC_EXAMPLES=$${INBOX_SYNC_EXAMPLES:-300}; \
	$(PYTEST) -m faults --timeout 0 $(ARGS) && \
	$(PYTEST) --timeout 0 tests/faults/test_disconnects.py tests/faults/test_redis.py tests/faults/test_store.py \
		tests/inbox/live/test_sync.py $(ARGS)

.PHONY: calendars
calendars: $(DEV_STAMP) ## Compare 100,000 business calendars with a clock looked at once a minute
	@$(PY) -m tests.faults.calendars $(ARGS)

.PHONY: bench
bench: $(DEV_STAMP) ## Measure rates and delays on this machine
	@$(PY) -m bench $(ARGS)

.PHONY: bench-ui
bench-ui: $(DEV_STAMP) frontend ## Measure the web app in Chromium: first load, keys to paint, a burst of events, memory
	@$(PY) -m bench.ui $(ARGS)

.PHONY: pictures
pictures: $(DEV_STAMP) frontend ## Take the pictures of docs/images/ anew, from a fresh sandbox
	@$(PY) -m scripts.pictures

.PHONY: check
check: $(DEV_STAMP) $(if $(HAS_FRONTEND),$(FRONTEND_STAMP)) ## Check format, style, types and imports, both languages
	@echo "ruff"; $(BIN)/ruff format --check .; $(BIN)/ruff check .
	@echo "mypy"; $(BIN)/mypy
	@echo "imports"; $(BIN)/lint-imports --no-logo
	@$(if $(HAS_FRONTEND),echo "front end"; $(NPM) run lint; $(NPM) run typecheck,echo "front end: frontend/package.json is not there: not checked")

.PHONY: docs
docs: $(DEV_STAMP) ## Make the generated pages of docs/ anew
	@$(PY) -m scripts.reference

.PHONY: format
format: $(DEV_STAMP) ## Put all Python into the one format
	@$(BIN)/ruff format .; $(BIN)/ruff check --fix .

# --- connectors -----------------------------------------------------------------------------

.PHONY: connector
connector: $(DEV_STAMP) ## Begin a connector: make connector NAME=line
	@: $${NAME:?say which network, as in: make connector NAME=line}
	@$(PY) scripts/new_connector.py $(NAME)

.PHONY: conformance
conformance: $(DEV_STAMP) ## Put one connector through the conformance kit: make conformance NAME=line
	@: $${NAME:?say which network, as in: make conformance NAME=line}
	@test -d "connectors/$(NAME)" || { echo "There is no connectors/$(NAME): make connector NAME=$(NAME) begins it."; exit 1; }
	@$(PYTEST) tests/connectors/test_conformance.py tests/connectors/$(NAME) -k "$(NAME)" $(ARGS)

# --- front end ------------------------------------------------------------------------------

.PHONY: frontend
ifneq ($(HAS_FRONTEND),)
frontend: $(FRONTEND_DIST) ## Build the web app and the chat widget
else
frontend:
	@echo "Front end: frontend/package.json is not there, nothing to build"
endif

.PHONY: frontend-types
frontend-types: $(DEV_STAMP) $(FRONTEND_STAMP) ## Make the web app's types from the API's own description
	@$(NPM) run generate-types

$(FRONTEND_STAMP): frontend/package.json frontend/package-lock.json
	@echo "Front end: installing packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(FRONTEND_DIST): $(FRONTEND_STAMP) $(FRONTEND_SOURCES)
	@echo "Front end: building"
	@$(NPM) run --silent build
	@touch $@

# --- install --------------------------------------------------------------------------------

$(PY):
	@scripts/make_venv.sh $(VENV)

$(RUN_STAMP): requirements.lock scripts/build.lock pyproject.toml | $(PY)
	@echo "Python: installing packages"
	@$(PIP) -r requirements.lock
	@$(PIP) -r scripts/build.lock
	@scripts/link.sh $(PY)
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(PY)
	@echo "Python: installing packages for development and tests"
	@$(PIP) -r requirements-dev.lock
	@scripts/link.sh $(PY)
	@touch $@ $(RUN_STAMP)

.PHONY: lock
lock: $(DEV_STAMP) ## Choose package versions anew, and write the lock files
	@scripts/lock.sh $(BIN)/uv $(ARGS)

.PHONY: dist
dist: $(DEV_STAMP) frontend ## Make the wheel, web app and migrations included
	@rm -rf dist
	@$(PY) -m hatchling build -t wheel
	@ls dist

.PHONY: clean
clean: ## Remove what was built and installed; data in var/ stays
	@rm -rf $(VENV) dist frontend/node_modules frontend/dist .pytest_cache .mypy_cache \
		.ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
