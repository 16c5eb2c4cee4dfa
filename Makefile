# Closing the Gap. `make` alone prints what there is.
# Every target but lock, benchmarks and clean is also `python -m equityguide TARGET`, for machines without make.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
RUN := $(VENV)/bin/python -m equityguide
STAMP := $(VENV)/.stamp
ENGINES := $(VENV)/.stamp-engines
PINS := $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url $(if $(UPGRADE),--upgrade) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help book trainer assignments handouts print serve test test-full worksheets lock benchmarks clean

help: ## print this
	@echo "Closing the Gap. Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

book: $(STAMP) ## build the site into _build/html (LITE=0: without the worksheets that run in the browser)
	@$(RUN) book $(if $(filter 0,$(LITE)),--without-lite)

trainer: $(STAMP) ## build the trainer's edition, with the worksheets' solutions, into _build/trainer
	@$(RUN) trainer $(if $(filter 0,$(LITE)),--without-lite)

assignments: $(STAMP) ## build the book, then pack chapters (SCORM 1.2) and worksheets (zip) into _build/assignments
	@$(RUN) book $(if $(filter 0,$(LITE)),--without-lite)
	@$(RUN) assignments

handouts: $(STAMP) ## build the book, then print handouts, worksheets and slides to PDF into the site
	@$(RUN) handouts $(if $(filter 0,$(LITE)),--without-lite)

print: $(STAMP) ## build the book, then print all of it to one PDF, _build/closing-the-gap.pdf (A4, and Letter beside it)
	@$(RUN) print $(if $(filter 0,$(LITE)),--without-lite)

serve: $(STAMP) ## show the built site on http://127.0.0.1:8000 (another port: make serve PORT=8001)
	@$(RUN) serve --port $(PORT)

test: $(ENGINES) ## build the book and run the tests, without the full matrix
	@$(RUN) test

test-full: $(ENGINES) ## run all tests
	@$(RUN) test-full

worksheets: $(STAMP) ## write the learner's copies and the solutions from exercises/source
	@$(RUN) worksheets

lock: $(STAMP) ## pin what pyproject.toml asks for; what is pinned and still fits stays (UPGRADE=1: the newest of all)
	@$(PINS) --extra book --extra test -o requirements.txt && echo "-e ." >> requirements.txt
	@$(PINS) --extra book --extra test --generate-hashes -o requirements.lock
	@$(PINS) --extra book --extra test --extra engines -c requirements.lock --generate-hashes -o requirements-engines.lock

benchmarks: $(STAMP) ## time the build and a page against a stock Jupyter Book
	@$(VENV)/bin/python benchmarks/book.py
	@$(RUN) book && $(VENV)/bin/python benchmarks/pages.py

clean: ## delete the built site and its caches
	@rm -rf _build

# The environment, made again whenever the pins or the package's own declaration change.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "This book needs Python 3.11 or newer, and $(PYTHON) is not. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments. Install its venv module (Debian: sudo apt-get install python3-venv)." >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV) …"
	@$(VENV)/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The engines that only tests need: some 500 MB that nobody who builds the book has to fetch.
$(ENGINES): $(STAMP) requirements-engines.lock
	@echo "Installing the packages that only tests need …"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-engines.lock
	@touch $@
