# Everything a contributor runs. `make` alone lists the commands.
# Needs Python 3.11 or newer; name another interpreter with `make test PYTHON=python3.13`.

PYTHON ?= python3
VENV ?= .venv
# CONSTRAINTS=/dev/null installs the newest versions instead of the pinned ones.
CONSTRAINTS ?= constraints.txt
PY := $(VENV)/bin/python
READY := $(VENV)/.installed
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))
# Outputs, counts and cell ids stay; timing and widget state go, and in `refresh` what JupyterLab adds.
STRIP := nbstripout --keep-output --keep-count --keep-id

# nbval colours its report wherever it goes; this keeps logs plain.
COLOR := $(if $(MAKE_TERMOUT),,--color=no)
# Jupyter asks this of root, who is the only user in many containers.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab notebooks test browser lint refresh bench evaluate rebuild lowest constraints clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

lab: $(READY) ## open the notebooks in JupyterLab
	@$(PY) -m jupyter lab $(ROOT) --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

notebooks: $(READY) ## run every notebook and write it as a page: build/index.html
	@rm -rf build
	@$(PY) notebooks/build.py build

test: $(READY) ## run the tests, doctests and notebooks, with coverage; ARGS="-k counts": some tests
ifdef ARGS
	@$(PY) -m pytest $(COLOR) $(ARGS)
else
	@$(PY) -m coverage run -m pytest $(COLOR) --nbval --nbval-current-env tests policylib notebooks
	@$(PY) -m coverage report
endif

browser: $(READY) ## run the notebooks in JupyterLab in Chromium; screenshots go to build/browser
	@$(PY) -m pytest $(COLOR) -m browser tests/test_browser.py

lint: $(READY) ## check style, types and that the notebooks hold nothing but content
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(if $(NOTEBOOKS),$(PY) -m $(STRIP) --verify $(NOTEBOOKS) || { echo "These notebooks carry timing or widget metadata: run 'make refresh'." >&2; exit 1; })

refresh: $(READY) ## run every notebook and keep its new outputs
	@$(PY) notebooks/build.py --in-place
	@$(PY) -m $(STRIP) --extra-keys metadata.language_info $(NOTEBOOKS)

bench: $(READY) ## time the library beside its peers; takes a quarter of an hour
	@$(PY) -m pytest $(COLOR) -q --benchmark-quiet -W ignore -o python_files='bench_*.py' benchmarks

evaluate: $(READY) ## measure how far coding by codebook can be trusted
	@$(PY) benchmarks/evaluate.py

rebuild: $(READY) ## code the reports anew with the codebook, where their texts are at hand
	@$(PY) data/rebuild.py

lowest: ## test with the oldest versions that pyproject.toml allows, on Python 3.11
	@rm -rf .venv-lowest && $(PYTHON) -m venv .venv-lowest
	@.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	@.venv-lowest/bin/python -m uv pip install --quiet --python .venv-lowest/bin/python \
		--resolution lowest-direct --editable '.[dev]'
	@JUPYTER_PREFER_ENV_PATH=1 .venv-lowest/bin/python -m pytest $(COLOR) -q -p no:cacheprovider \
		-m "not slow" --nbval-lax --nbval-current-env tests policylib notebooks

constraints: $(READY) ## renew the exact versions in constraints.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(PY) -m uv pip compile pyproject.toml --universal --all-extras --upgrade --no-annotate \
		--quiet --custom-compile-command "make constraints" --output-file constraints.txt
	@echo "constraints.txt is renewed; 'make test' installs and tries it."

clean: ## remove what these commands wrote, the environment too
	@rm -rf .venv .venv-lowest build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# The environment, made anew only when the dependencies change.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "policylib needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not to be found)." >&2; \
		echo "Name another one, for example: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "'$(PYTHON)' cannot make a virtual environment (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing policylib and its tools into $(VENV): a minute or two, only this once ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --constraint $(CONSTRAINTS) --editable '.[dev]'
	@touch $@
	@echo "Installed $$($(PY) -m pip --disable-pip-version-check list | wc -l) packages."
