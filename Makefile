# The two commands of a new user are `make run` and `make test`; each sets up .venv itself.
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
SOURCES ?=
# Sample pages and live pages never share a data folder.
DATA    ?= $(if $(SOURCES),data-live,data)
ARGS    ?=

.PHONY: run test ui lint bench bench-quick score faults fuzz readers baseline clean lock

run: $(VENV)/run.stamp
	$(BIN)/biwaq run --data $(DATA) $(if $(SOURCES),--sources $(SOURCES)) $(ARGS)
	@$(BIN)/biwaq query --data $(DATA) \
	  "SELECT project_id, title, municipality_name, start_date, end_date, programme_areas, n_partners FROM v_projects LIMIT 5"

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -q -n 2 $(ARGS)

ui: $(VENV)/run.stamp
	$(BIN)/biwaq ui --data $(DATA) $(if $(SOURCES),--sources $(SOURCES)) $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench $(ARGS)

score: $(VENV)/dev.stamp
	$(BIN)/python -m tests.score $(ARGS)

faults: $(VENV)/dev.stamp
	$(BIN)/python -m tests.faults $(ARGS)

fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m tests.fuzz $(ARGS)

# The data that the sample site gives, as files to read in review: run it after a change that is meant to change data.
baseline: $(VENV)/dev.stamp
	$(BIN)/python -m tests.baseline

# Programs that others read our files with, for the tests that need them.
readers: $(VENV)/readers.stamp

bench-quick: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bench --quick $(ARGS)

clean:
	rm -rf $(VENV) build data data-live .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

# Needs uv; run after a change of the dependencies in pyproject.toml.
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-strip-extras --no-emit-index-url
lock:
	echo pip | $(COMPILE) - -o requirements-pip.lock
	$(COMPILE) pyproject.toml --extra build -o requirements.lock
	$(COMPILE) pyproject.toml --extra build --extra dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml --extra build --extra cluster -o requirements-cluster.lock
	$(COMPILE) pyproject.toml --extra build --extra dev --extra cluster --extra readers -o requirements-readers.lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements-pip.lock  # older pip can not read extras in a hash-pinned file

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) -r requirements.lock
	PYTHONWARNINGS=ignore $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(PIP) -r requirements-dev.lock
	@touch $@

$(VENV)/readers.stamp: requirements-readers.lock $(VENV)/dev.stamp
	$(PIP) -r requirements-readers.lock
	@touch $@
