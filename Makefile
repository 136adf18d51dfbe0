# make app   sets everything up and runs the app on http://localhost:8501
# make test  sets everything up and passes the tests, slow ones included
PYTHON ?= python3
BIN := .venv/bin

.PHONY: app test check bench clean

app: .venv/app
	$(BIN)/streamlit run app.py

test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadgroup

bench: .venv/dev
	for script in benchmarks/*.py; do $(BIN)/python -m benchmarks.$$(basename $$script .py) || exit 1; done

.venv/app: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt .venv/app
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv
