# Two commands for users: `make run` and `make test`. The others are for those who develop; `make essais` is the
# everyday run, without browser, notebooks and crashes.
# worksteal keeps the tests of a module together: what they share is made once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADRESSE ?= 127.0.0.1
PORT ?= 8501

.PHONY: run test essais check lock captures benchmarks clean

run: $(VENV)/.installe
	@$(BIN)/python -m indicators.premiere_base
	@echo "Éclore : http://$(ADRESSE):$(PORT)  (Ctrl+C pour arrêter)"
	@$(BIN)/python -m streamlit run dashboard/app.py --server.address $(ADRESSE) --server.port $(PORT)

test: $(VENV)/.installe-dev
	$(BIN)/python -m pytest -n auto --dist worksteal

essais: $(VENV)/.installe-dev
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not long and not navigateur"

check: $(VENV)/.installe-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

captures: $(VENV)/.installe-dev
	$(BIN)/python -m tests.captures

benchmarks: $(VENV)/.installe-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

lock: $(VENV)/.installe-dev
	$(BIN)/uv pip compile --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --generate-hashes --no-annotate --no-header --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --generate-hashes --no-annotate --no-header --universal --python-version 3.11 benchmarks/requirements.in -o benchmarks/requirements.txt

clean:
	rm -rf $(VENV) data/processed/*

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 ou plus récent est nécessaire. Donnez-en un : make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installe: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installe-dev: requirements-dev.txt $(VENV)/.installe
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
