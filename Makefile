# make app       sets everything up and runs the app on http://localhost:8501
# make test      sets everything up and passes the tests, in a few minutes
# make test-all  the slow tests, and all of those in a real browser
# make check     format, lint, layers, types and the quick tests
# make bench     what is measured, not asserted
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: app test test-all check lint bench clean

app: .venv/app
	$(BIN)/mmc app

test: .venv/dev
	$(PYTEST)

test-all: .venv/dev
	$(PYTEST) -m "slow or browser"

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: lint test

bench: .venv/dev
	for script in benchmarks/[!_]*.py; do $(BIN)/python -m benchmarks.$$(basename $$script .py) || exit 1; done

.venv/app: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

.venv/dev: requirements-dev.txt .venv/app
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv
