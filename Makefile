# Every target makes its own environment when needed; nothing but Python 3.11+, make and git is assumed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Bytes of the environment follow the lock file; the project itself is installed editable on top.
READY  := $(VENV)/.ready
SOURCES := $(shell git ls-files '*.py' '*.json' pyproject.toml 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help install demo serve test strict contract check lint types imports coverage bench soak fuzz gallery same-bytes oldest \
  newest resolved mutate format lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## make the environment in .venv

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "pixelpact needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "Making the environment in $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## one job from end to end, with the vendor's SDK; the picture lands in demo/
	@$(BIN)/python scripts/demo.py

serve: $(READY) ## run the mock server for the browser and other programs (ARGS="--port 9000")
	@$(BIN)/pixelpact serve $(ARGS)

test: $(READY) ## run the tests, in parallel (ARGS="-k seed")
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest -q -n auto --dist worksteal $(ARGS)
	@$(BIN)/python -m coverage combine --quiet

strict: $(READY) ## run the tests of the mock server on a store that decodes each read and loses races
	@$(BIN)/python -m pytest -q -n auto --dist worksteal --strict-store tests/mockserver tests/contract_tests tests/test_plugin.py $(ARGS)

contract: $(READY) ## check servers with all other answers and all mutants, ten runs, and behind nginx (an hour)
	@PIXELPACT_ALL_ROWS=1 $(BIN)/python -m pytest -q -n auto --dist worksteal tests/contract_tests $(ARGS)

check: lint types imports coverage ## lint, format, types, import rules, coverage floor

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports --no-cache

coverage: .coverage
	@$(BIN)/python -m coverage report

# Measured by the tests; run again only when something changed since.
.coverage: $(SOURCES)
	@$(MAKE) --no-print-directory test

bench: $(READY) ## measure strategies, pictures, the event loop, slow clients and requests, beside their peers
	@$(BIN)/python -m bench.strategies
	@$(BIN)/python bench/images.py
	@$(BIN)/python bench/event_loop.py
	@$(BIN)/python bench/slow_clients.py
	@$(BIN)/python bench/requests.py

soak: $(READY) ## see that memory stays flat over 100,000 jobs and 10,000 uploads (minutes)
	@$(BIN)/python bench/memory.py $(ARGS)

fuzz: $(READY) ## fuzz the mock server with Schemathesis, all phases (ARGS="--max-examples 200")
	@$(BIN)/python scripts/fuzz.py --max-examples 50 $(ARGS)

mutate: $(READY) ## put small faults into the code and see which the tests notice (PATHS="mockserver/jobs" N=40 SEED=...)
	@$(BIN)/python -m scripts.mutate $(if $(PATHS),--paths "$(PATHS)") $(if $(N),--sample $(N)) \
	  $(if $(SEED),--seed "$(SEED)") $(ARGS)

gallery: $(READY) ## draw contact sheets of the placeholder pictures into gallery/
	@$(BIN)/python scripts/gallery.py

same-bytes: $(READY) ## draw the golden pictures with other Pythons, libraries and workers, and compare
	@$(BIN)/python scripts/same_bytes.py

oldest: $(READY) ## run the tests with the oldest versions that pyproject.toml admits
	@$(MAKE) --no-print-directory resolved RESOLUTION=lowest-direct INTO=.venv-oldest

newest: $(READY) ## run the tests with the newest versions of everything, without the lock
	@$(MAKE) --no-print-directory resolved RESOLUTION=highest INTO=.venv-newest

# Without the fuzzer: it needs newer versions of our dependencies than we do, and the lock has it.
resolved:
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(INTO)
	@$(BIN)/uv pip install --quiet --python $(INTO) --resolution $(RESOLUTION) --group tests -e .
	@$(INTO)/bin/python -m pytest -q -n auto --ignore tests/test_fuzz.py $(ARGS)

format: $(READY) ## format the code and sort imports
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(READY) ## choose the newest versions again and write requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove everything that was made
	@rm -rf $(VENV) .venv-oldest .venv-newest .mutate build dist demo .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .schemathesis
