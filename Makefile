# make run: the watch. make test: every check. Both set up what they need: Python 3.11+ and make will do.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help

.PHONY: help
help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 12

.PHONY: setup
setup: $(STAMP) ## the environment in .venv, with the command .venv/bin/vigie

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Vigie needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || { echo "making the environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the locked packages (hashes checked)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: run
run: $(STAMP) ## start the watch; ARGS="--source posts.jsonl" and other options of `vigie run`
	@$(BIN)/vigie run $(ARGS)

.PHONY: test
test: lint unit kafka ## every check: lint, types, layers, tests without and with a broker

.PHONY: lint
lint: $(STAMP) ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: unit
unit: $(STAMP) ## tests that need no broker
	$(BIN)/python -m pytest -m "not kafka and not faults" -n 2 tests

.PHONY: kafka
kafka: $(STAMP) ## tests on a real broker, started by the tests
	$(BIN)/python -m pytest -m "kafka and not faults" tests

.PHONY: evaluate
evaluate: $(STAMP) ## measure judging against people's labels; reads ../shared/data, and CORRECTIONS=FILE
	PYTHONPATH=.:tests $(BIN)/python -m evaluation.evaluate --quick
	PYTHONPATH=.:tests $(BIN)/python -m evaluation.evaluate_disclosures
	@test -z "$(CORRECTIONS)" || PYTHONPATH=.:tests $(BIN)/python -m evaluation.evaluate_corrections "$(CORRECTIONS)"

.PHONY: bench
bench: $(STAMP) ## speed by stage and end to end, each beside a peer in the same run
	$(BIN)/python tests/bench/bench_judge.py 100000
	$(BIN)/python tests/bench/bench_companies.py
	$(BIN)/python tests/bench/bench_measure.py
	$(BIN)/python tests/bench/bench_stream.py

.PHONY: faults
faults: $(STAMP) ## the slower faults on a real broker: kill -9 of Kafka, a worker that stands still
	$(BIN)/python -m pytest -m faults tests

.PHONY: dashboards
dashboards: $(STAMP) ## write Grafana's dashboards and alert rules again from their code
	$(BIN)/python -m deploy.grafana.generate

.PHONY: lock
lock: $(STAMP) ## resolve the dependencies again
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile $(LOCK) pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --group dev -o requirements-dev.lock
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

.PHONY: clean
clean: ## remove the environment and the caches, never the data in .vigie
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
