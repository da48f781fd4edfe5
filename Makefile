# On a machine with Python 3.11 or newer and make, nothing else is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check format lint types weights bench clean

setup: .venv/.ready

# torch first and alone: the constraints pin it, and nothing after may replace its build.
.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "smastn needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev,tracking,cluster,serve]'
	touch $@

demo: setup
	$(BIN)/smastn demo

test: setup
	$(BIN)/python -m pytest

format: setup
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

lint: setup
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks

types: setup
	$(BIN)/pyright

check: lint types test

weights: setup
	$(BIN)/python -m smastn.commands.bundle_weights

bench: setup
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv build dist *.egg-info
