# make app       sets everything up and runs the app on http://localhost:8501
# make test      sets everything up and passes the quick tests; seven minutes on two cores
# make test-all  the slow tests, and all of those in a real browser
# make test-oldest   the quick tests with the oldest packages that pyproject.toml allows
# make check     format, lint, layers, types and the quick tests
# make docs      the documentation as a site, in build/docs
# make check-security   whether known faults are in the packages; asks PyPI
# make lock      the packages again, with the hashes of their files, into .ci/requirements.lock
# make catalogues   the pages' translations, brought up to date (docs/translating.md)
# make bench     how many times as quick this is as others, into docs/speed.md; a quarter of an hour
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 2

.PHONY: app test test-all test-oldest check check-security lock lint docs catalogues bench clean

app: .venv/app
	$(BIN)/mmc app

test: .venv/dev
	$(PYTEST)

test-all: .venv/docs
	$(PYTEST) --dist loadfile -m "slow or browser"

test-oldest: .bench/oldest
	.bench/oldest/bin/python -m pytest -n 2

.bench/oldest: pyproject.toml
	test -x .bench/uv/bin/uv || $(PYTHON) -m venv .bench/uv
	.bench/uv/bin/python -m pip install --quiet uv==0.13.9
	.bench/uv/bin/uv venv --quiet --clear --python $(PYTHON) $@
	.bench/uv/bin/uv pip install --quiet --python $@/bin/python --resolution lowest-direct \
		--only-binary :all: --no-binary mmc --editable ".[dev]"

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: lint test

docs: .venv/docs
	$(BIN)/python -m sphinx -q -W --keep-going -c docs . build/docs

catalogues: .venv/dev
	$(BIN)/python -m tests.support.catalogues $(CODES)

bench: .venv/dev
	test -x .bench/peers/bin/python || $(PYTHON) -m venv .bench/peers
	.bench/peers/bin/python -m pip install --quiet -r benchmarks/peers.txt || rm -rf .bench/peers
	$(BIN)/python -m benchmarks --keep benchmarks/results.json --table docs/speed.md

check-security: .bench/audit
	.bench/audit/bin/pip-audit --disable-pip --require-hashes -r .ci/requirements.lock

lock: .bench/audit
	.bench/audit/bin/pip-compile -q --generate-hashes --allow-unsafe --no-header --no-annotate \
		--strip-extras --no-emit-index-url --no-emit-find-links -o .ci/requirements.lock requirements.txt

.bench/audit:
	$(PYTHON) -m venv $@
	$@/bin/python -m pip install --quiet pip-tools==7.6.2 pip-audit==2.10.1

.venv/app: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

.venv/dev: requirements-dev.txt .venv/app
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

.venv/docs: docs/requirements.txt .venv/dev
	$(BIN)/python -m pip install --quiet -r docs/requirements.txt
	touch $@

clean:
	rm -rf .venv .bench
