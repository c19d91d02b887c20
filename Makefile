# make demo · make test · make check · make bench: each sets up .venv by itself and installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DAYS := 2019-12-31 2020-06-30 2020-12-31
# durable-rules on Python 3.13 needs this; harmless elsewhere.
export CPPFLAGS := -DPyEval_CallObject=PyObject_CallObject $(CPPFLAGS)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-peers bench-scale clean

help:
	@echo "make demo   set up, check the example workbooks of Nantong, show the gate of every county"
	@echo "make test   set up, lint, type-check, run all tests"
	@echo "make check  lint and type-check only"
	@echo "make bench  print the measured ratios"
	@echo "make bench-peers  install other tools, measure them on the same rules and records, write docs/performance.md"
	@echo "make bench-scale  measure runs from a city to five million schools, write docs/performance.md (SIZES='nation 20M': only these)"
	@echo "make clean  remove .venv and what demo wrote"

$(VENV)/.core: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[rete]' || \
	  echo "durable-rules could not be built (it needs a C compiler): the rest works without it, see docs/督办.md"
	if command -v java >/dev/null; then \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[spark]'; \
	else echo "no Java here: the tests of Spark will be skipped, see docs/Spark.md"; fi
	touch $@

demo: $(VENV)/.core
	rm -rf demo runs/demo
	$(BIN)/checker demo demo --lang zh
	for day in $(DAYS); do \
	  $(BIN)/checker run nantong-2019 demo/$$day --as-of $$day --out runs/demo/$$day --history runs/demo --lang zh && \
	  { $(BIN)/checker gate runs/demo/$$day --lang zh || echo "exit code $$?: 1 = a gate is closed, 3 = undecided"; } || exit; \
	done

check: $(VENV)/.dev
	$(BIN)/ruff check checker tests examples benchmarks
	$(BIN)/ruff format --check -q checker tests examples benchmarks
	$(BIN)/mypy
	$(BIN)/checker validate national
	$(BIN)/checker validate nantong-2019 --strict
	$(BIN)/checker clauses nantong-2019

test: check
	$(BIN)/checker test national
	$(BIN)/checker test nantong-2019 --coverage
	$(BIN)/checker test examples/overlay/qidong-2019
	$(BIN)/python -m pytest -n 2

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

bench-peers: $(VENV)/.bench
	$(BIN)/python -m benchmarks.peers

bench-scale: $(VENV)/.dev
	$(BIN)/python -m benchmarks.scale $(SIZES)

clean:
	rm -rf $(VENV) demo runs
