VENV ?= .venv
BIN := $(VENV)/bin
# Most of what is installed is never imported, so it is compiled when it is.
INSTALL := $(BIN)/pip install --quiet --no-compile --disable-pip-version-check --editable

.PHONY: demo serve test check lint format benchmarks clean

## Hold a measured three-party conference with virtual phones (make demo KEEP=1 leaves the server running)
demo: $(VENV)/.runtime
	$(BIN)/mixminus demo $(if $(KEEP),--keep)

## Start the server with its defaults (make serve OPTIONS="--http 0.0.0.0:8080")
serve: $(VENV)/.runtime
	$(BIN)/mixminus serve $(OPTIONS)

## Run all tests, after installing what they lack
test: $(VENV)/.development
	scripts/system-packages sipp baresip
	$(BIN)/python -m pytest

## Everything that has to be right before a change lands
check: lint test

lint: $(VENV)/.development
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.development
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

## Measure; the results with their machine are kept in benchmarks/RESULTS.md
benchmarks: $(VENV)/.development
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.setup

$(VENV)/.runtime: pyproject.toml
	scripts/virtual-environment $(VENV)
	$(INSTALL) .
	touch $@

$(VENV)/.development: pyproject.toml
	scripts/virtual-environment $(VENV)
	$(INSTALL) '.[dev]'
	touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
