# Two commands do everything on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or newer (PYTHON=… names one), pip and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check format lint types generated docs serve build wheel bench-compat bench-sampling clean

demo: $(VENV)/.installed  ## validate real sample payloads, some of them broken on purpose
	@echo
	@echo "\$$ signalbook validate demo"
	@$(BIN)/signalbook validate demo || test $$? -eq 1

test: $(VENV)/.installed-dev  ## the whole test suite
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

check: format lint types generated docs  ## everything else that CI asks for

format: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/signalbook lint

types: $(VENV)/.installed-dev
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

generated: $(VENV)/.installed-dev
	$(BIN)/signalbook build --check

docs: $(VENV)/.installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir $(VENV)/site

serve: $(VENV)/.installed-dev
	$(BIN)/mkdocs serve

build: $(VENV)/.installed  ## write what is generated from schemas/
	$(BIN)/signalbook build

wheel: $(VENV)/.installed-dev  ## the wheel, installed into an empty environment and used from another folder
	.ci/wheel $(BIN)/python

bench-compat: $(VENV)/.installed-dev benchmarks/.venv/.installed  ## ask signalbook and its peers which changes are compatible
	-cd benchmarks/compat && npm ci --silent --ignore-scripts
	$(BIN)/python -m benchmarks.compat.run

bench-sampling: $(VENV)/.installed-dev  ## make payloads with signalbook and with hypothesis-jsonschema, and compare
	$(BIN)/python -m benchmarks.sampling.run

benchmarks/.venv/.installed: benchmarks/compat/requirements.txt
	$(PYTHON) -m venv benchmarks/.venv
	env -u PIP_CONSTRAINT benchmarks/.venv/bin/python -m pip install --quiet -r benchmarks/compat/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 demo" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed
