# make run: the watch. make test: every check. Both set up what they need: Python 3.11+ and make will do.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := .venv-bench

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
kafka: $(STAMP) ## tests on a real broker, started by the tests; two files at a time, for each waits much
	$(BIN)/python -m pytest -m "kafka and not faults" -n 2 --dist loadfile tests/kafka tests/faults

.PHONY: evaluate
evaluate: $(STAMP) ## measure judging against people's labels; reads ../shared/data, and CORRECTIONS=FILE
	PYTHONPATH=.:tests $(BIN)/python -m evaluation.evaluate --quick
	PYTHONPATH=.:tests $(BIN)/python -m evaluation.evaluate_disclosures
	@test -z "$(CORRECTIONS)" || PYTHONPATH=.:tests $(BIN)/python -m evaluation.evaluate_corrections "$(CORRECTIONS)"

.PHONY: bench
bench: $(STAMP) $(PEERS)/.installed ## beside peers, latency, growth (12 min); tables to bench.md; BENCH_POSTS=, BENCH_MOST=
	@rm -f bench.md
	$(BIN)/python tests/bench/bench_stream.py --posts $(BENCH_POSTS) --peer-python $(PEERS)/bin/python | tee -a bench.md
	$(BIN)/python tests/bench/bench_latency.py | tee -a bench.md
	$(BIN)/python tests/bench/bench_growth.py --most $(BENCH_MOST) | tee -a bench.md
BENCH_POSTS := 100000
BENCH_MOST := 1000000

.PHONY: bench-stages
bench-stages: $(STAMP) ## speed stage by stage, judge beside TextBlob
	$(BIN)/python tests/bench/bench_judge.py 100000
	$(BIN)/python tests/bench/bench_companies.py
	$(BIN)/python tests/bench/bench_measure.py

# stream libraries to measure against: in an environment of their own, never in ours
$(PEERS)/.installed: Makefile
	@echo "installing the peers of the bench in $(PEERS)"
	@$(PYTHON) -m venv $(PEERS)
	@for peer in textblob==0.20.1 orjson==3.13.0 quixstreams==3.28.1 "bytewax[kafka]==0.21.1"; do \
		$(PEERS)/bin/python -m pip install --quiet "$$peer" || echo "$$peer is left out of the bench"; done
	@touch $@

.PHONY: faults
faults: $(STAMP) ## break everything on a real broker, some half an hour; ends with a table of faults
	$(BIN)/python -m pytest -m "faults or kafka" tests/faults
	$(BIN)/python -m pytest -m faults tests/kafka

.PHONY: soak
soak: $(STAMP) ## a steady load with faults; MINUTES=10: what must not grow, memory, handles, state, lag
	PYTHONPATH=.:tests $(BIN)/python tests/faults/soak.py --minutes $(MINUTES)
MINUTES ?= 10

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
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
