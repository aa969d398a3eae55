# The commands for contributors; `make` alone lists them.
# They need Python 3.11 or newer. To choose another interpreter: `make test PYTHON=python3.13`.

PYTHON ?= python3
VENV ?= .venv
# CONSTRAINTS=/dev/null installs the newest versions instead of the pinned ones.
CONSTRAINTS ?= constraints.txt
PY := $(VENV)/bin/python
READY := $(VENV)/.installed
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))
# Keep outputs, counts and cell ids. Remove timing, widget state and, in `refresh`, the metadata
# that JupyterLab adds.
STRIP := nbstripout --keep-output --keep-count --keep-id

# nbval colours its report even in log files, unless this option is set.
COLOR := $(if $(MAKE_TERMOUT),,--color=no)
# pytest-benchmark 5.1 warns if it is loaded beside several processes.
PARALLEL := --numprocesses auto --maxprocesses 4 -p no:benchmark
# Jupyter needs this option to run as root, the only user in many containers.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab notebooks docs docs-links test browser fuzz kills sweep lint refresh bench evaluate rebuild lowest constraints clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

lab: $(READY) ## open the notebooks in JupyterLab
	@$(PY) -m jupyter lab $(ROOT) --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

notebooks: $(READY) ## run every notebook and write it as a page; open build/index.html
	@rm -rf build
	@$(PY) notebooks/build.py build

docs: $(READY) ## build the documentation site; open build/docs/index.html
	@$(PY) docs/build.py build/docs

docs-links: $(READY) ## check the links of the site to other sites; needs the network
	@$(PY) docs/build.py build/docs-links --links

test: $(READY) ## run tests, doctests and notebooks; some tests: ARGS="-k counts"; coverage: COVERAGE=1
ifdef ARGS
	@$(PY) -m pytest $(COLOR) $(ARGS)
else
	@$(PY) -m pytest $(COLOR) $(PARALLEL) --dist worksteal $(if $(COVERAGE),--cov=policylib) tests policylib
	@$(PY) -m pytest $(COLOR) $(PARALLEL) --dist loadfile --nbval --nbval-current-env notebooks
endif

sweep: $(READY) ## call every function with bad arguments; takes ten minutes
	@$(PY) -m pytest $(COLOR) -q -m sweep tests/test_sweep.py

kills: $(READY) ## kill each function that writes files 50 times; takes a quarter of an hour
	@$(PY) -m tests.kills

browser: $(READY) ## run notebooks and hand coding in JupyterLab in Chromium; screenshots go to build/browser
	@$(PY) -m pytest $(COLOR) $(PARALLEL) -m browser tests/browser

fuzz: $(READY) ## read damaged files with every reader; takes an hour or two; other files: SEED=2
	@$(PY) -m tests.fuzz --seed $(or $(SEED),0) $(ARGS)

lint: $(READY) ## check style, types and the metadata of notebooks
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(if $(NOTEBOOKS),$(PY) -m $(STRIP) --verify $(NOTEBOOKS) || { echo "These notebooks have timing or widget metadata: run 'make refresh'." >&2; exit 1; })

refresh: $(READY) ## run every notebook and save its new outputs
	@$(PY) notebooks/build.py --in-place
	@$(PY) -m $(STRIP) --extra-keys metadata.language_info $(NOTEBOOKS)

bench: $(READY) ## compare the speed of policylib with other packages; takes a quarter of an hour
	@$(PY) -m pytest $(COLOR) -q --benchmark-quiet -W ignore -o python_files='bench_*.py' benchmarks

evaluate: $(READY) ## measure how reliable coding by codebook is
	@$(PY) benchmarks/evaluate.py

rebuild: $(READY) ## code the reports again with the codebook; needs their texts
	@$(PY) data/rebuild.py

lowest: ## test with the oldest versions that pyproject.toml allows, on Python 3.11
	@rm -rf .venv-lowest && $(PYTHON) -m venv .venv-lowest
	@.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	@.venv-lowest/bin/python -m uv pip install --quiet --python .venv-lowest/bin/python \
		--resolution lowest-direct --editable '.[dev]'
	@JUPYTER_PREFER_ENV_PATH=1 .venv-lowest/bin/python -m pytest $(COLOR) -q -p no:cacheprovider \
		$(PARALLEL) --dist loadfile -m "not slow" --nbval-lax --nbval-current-env tests policylib notebooks

constraints: $(READY) ## update the exact versions in constraints.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(PY) -m uv pip compile pyproject.toml --universal --all-extras --upgrade --no-annotate \
		--quiet --custom-compile-command "make constraints" --output-file constraints.txt
	@echo "constraints.txt is updated; 'make test' installs and tests it."

clean: ## remove all that these commands wrote, including the environment
	@rm -rf .venv .venv-lowest build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# The environment is installed again only if the dependencies change.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "policylib needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not found)." >&2; \
		echo "Choose another one, for example: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "'$(PYTHON)' cannot create a virtual environment (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing policylib and its tools into $(VENV); this takes a minute or two, once ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --constraint $(CONSTRAINTS) --editable '.[dev]'
	@touch $@
	@echo "Installed $$($(PY) -m pip --disable-pip-version-check list | wc -l) packages."
