# make demo, make test: all that is needed is Python 3.11 or later and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS := corpus
MINUTES := 1
# Where the files of bench-peers lie: in memory where that can be, so that no disk has a part in it.
ROOM := $(firstword $(wildcard /dev/shm) /tmp)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format docs docs-current bench bench-peers bench-growth bench-queries bench-reconciling bench-serving load screenshots vendor matching faults dist clean

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

# The environment is made anew only when pyproject.toml changes.
$(VENV)/khabar: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "khabar needs Python 3.11 or later; try: make PYTHON=python3.11")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: $(VENV)/khabar
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/khabar ## Check the corpus, build its graph, load it into a store, and ask who says what.
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh docs/demo.sh $(CORPUS) build

test: $(VENV)/dev ## Run all tests.
	@$(BIN)/python -m pytest --numprocesses=auto

lint: $(VENV)/dev ## Check style and types.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/dev ## Put the code in its form.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(VENV)/dev ## Write the generated documents anew.
	@$(BIN)/python -m khabar.reference docs

docs-current: $(VENV)/dev ## Check that the generated documents are current.
	@$(BIN)/python -m khabar.reference --check docs

bench: $(VENV)/dev ## Measure start-up, checking, building, folders of YAML, and loading.
	@$(BIN)/python benchmarks/building.py $(KEEP)
	@$(BIN)/python benchmarks/reading.py $(KEEP)
	@$(BIN)/python benchmarks/loading.py $(KEEP)

bench-peers: $(VENV)/dev ## Measure beside Morph-KGC, maplib, DuckDB, pyoxigraph and rdflib.
	@$(BIN)/python benchmarks/comparing.py --folder $(ROOM) $(KEEP)
	@$(BIN)/python benchmarks/profiling.py $(KEEP)

bench-growth: $(VENV)/dev ## Measure how time and memory grow, up to a million records.
	@$(BIN)/python benchmarks/growth.py $(KEEP)

bench-queries: $(VENV)/dev ## Measure the bundled queries on 100,000 articles.
	@mkdir -p build
	@$(BIN)/python benchmarks/articles.py 100000 -o build/articles.jsonl
	@$(BIN)/khabar load build/articles.jsonl --to build/articles --verify counts --optimize
	@$(BIN)/python benchmarks/queries.py build/articles $(KEEP)

bench-reconciling: $(VENV)/dev ## Measure the reconciliation service beside csv-reconcile.
	@$(BIN)/python benchmarks/reconciling.py $(KEEP)

bench-serving: $(VENV)/dev ## Measure the SPARQL endpoint beside oxigraph serve.
	@$(BIN)/python benchmarks/answering.py $(KEEP)

load: $(VENV)/dev ## Let 64 clients ask the endpoint, with and without hostile ones beside; MINUTES=10 for long.
	@$(BIN)/python benchmarks/load.py --minutes $(MINUTES)

screenshots: $(VENV)/dev ## Take the pictures of the explorer anew, with Chromium.
	@$(BIN)/python tools/screenshots.py

vendor: $(VENV)/dev ## Check the files of others that the pages bring, by their sums.
	@$(BIN)/python tools/vendor.py --check

matching: $(VENV)/dev ## Measure how well names are matched, on the labelled set; writes docs/matching.md.
	@$(BIN)/python tests/matching_figures.py > docs/matching.md
	@sed -n '/^| threshold/,/^$$/p' docs/matching.md

faults: $(VENV)/dev ## Try loads against faults of networks, disks and processes; prints a table.
	@$(BIN)/python tests/faults/figures.py

dist: $(VENV)/dev ## Build the wheel and the source archive.
	@$(BIN)/python -m build --no-isolation --outdir dist

clean: ## Remove what make made.
	rm -rf $(VENV) build dist
