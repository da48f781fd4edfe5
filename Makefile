# On a machine with Python 3.11 or newer and make, nothing else is needed.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --no-compile  # Python compiles what is imported
CHECKED := src tests benchmarks

.PHONY: setup demo test check format lint types oldest weights bench clean

setup: .venv/.tests-ready

# What running needs: torch first and alone, so that nothing after replaces the pinned build.
# Its C++ tests and headers are not kept: they are a quarter of its size, and only compilers
# of extensions read them.
.venv/.run-ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "smastn needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(PIP) -c constraints.txt torch==2.13.0
	cd .venv/lib/python3*/site-packages/torch && rm -rf test include bin/test_*
	$(PIP) -c constraints.txt -e .
	touch $@

# What tests and the other commands of this file need besides.
.venv/.tests-ready: .venv/.run-ready
	$(PIP) -c constraints.txt -e '.[dev,tracking,cluster,serve]'
	touch $@

demo: .venv/.run-ready
	$(BIN)/smastn demo

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not cluster"
	$(BIN)/python -m pytest -m cluster

format: setup
	$(BIN)/ruff format $(CHECKED)
	$(BIN)/ruff check --fix $(CHECKED)

lint: setup
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)

types: setup
	$(BIN)/pyright

check: lint types test

# The oldest versions that pyproject.toml allows, in an environment of their own. Their warnings
# are no errors: they concern the newer packages below them.
oldest:
	$(PYTHON) -m venv .venv-oldest
	$(PYTHON) .ci/oldest.py > .venv-oldest/oldest.txt
	.venv-oldest/bin/python -m pip install --quiet --no-compile --only-binary :all: -r .venv-oldest/oldest.txt
	.venv-oldest/bin/python -m pip install --quiet --no-compile --no-deps -e .
	.venv-oldest/bin/python -m pytest -n 2 --dist worksteal -W ignore

weights: setup
	$(BIN)/python experiments/bundle_weights.py

bench: setup
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv .venv-oldest smastn-demo build dist src/*.egg-info .sealed.* .*_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
