# Every target sets up .venv by itself. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# CHECK=1: notebooks are regenerated, executed and compared, and none is written.
CHECK ?=

help:                    ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

demo: $(VENV)/.demo      ## the whole story, about 4 minutes: train, analyse, adapt, report
	$(BIN)/minilora demo

test: $(VENV)/.test      ## the tests, one process a core
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadgroup

oracle: $(VENV)/.oracle  ## the tests against PyTorch, Transformers, PEFT and CuPy's signatures; fetches two real models first
	$(BIN)/minilora fetch smollm2 minilm
	MINILORA_ORACLE=1 $(BIN)/python -m pytest --override-ini=addopts='-q --strict-markers --import-mode=importlib' tests/oracle

notebooks: $(VENV)/.test ## lessons/*.md to executed notebooks/*.ipynb (28 wants a real model, fetched first); with CHECK=1 compare and execute only
	$(BIN)/minilora fetch smollm2
	$(BIN)/python -m minilora.course.notebooks $(if $(CHECK),--check)

picture: demo            ## the README's picture, from the demo's run
	mkdir -p lessons/pictures && cp runs/demo/story.png lessons/pictures/demo.png

exercises: $(VENV)/.test  ## stubs and solutions, from the library
	$(BIN)/python -m minilora.course.stubs

base: $(VENV)/.demo      ## train the base model that comes with the package again: about 10 minutes
	$(BIN)/python -m minilora.experiments.pretrained

gallery: $(VENV)/.test   ## every planted mistake and what the checker says of it: a table, and lessons/mistakes.html
	$(BIN)/python tests/mutants/gallery.py

course: $(VENV)/.test     ## what the course needs: Jupyter and the rest
	@echo "next: . $(BIN)/activate, then minilora exercise start 02, or jupyter lab lessons"

bench: $(VENV)/.oracle   ## the benchmarks, each a ratio against a named peer, as one table; then how cost grows
	$(BIN)/python benchmarks/table.py
	$(BIN)/python benchmarks/growth.py

lint: $(VENV)/.test      ## ruff
	$(BIN)/ruff check .

clean:                   ## remove .venv and runs
	rm -rf $(VENV) runs

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"minilora needs Python 3.11 or later, $(PYTHON) is {v.major}.{v.minor}: try make PYTHON=python3.12") if v < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --editable '.[course,dev,real]'
	@touch $@ $(VENV)/.demo

$(VENV)/.oracle: pyproject.toml tests/oracle/constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --constraint tests/oracle/constraints.txt --editable '.[course,dev,oracle,real]'
	@touch $@ $(VENV)/.test $(VENV)/.demo

.PHONY: help demo picture test course exercises base gallery oracle notebooks bench lint clean
