# The chores of this repository, one word each; `make` alone lists them.
#
#   PYTHON=/path/to/python3.11   the Python that .venv is made with
#   GPU=1                        TensorFlow with CUDA, not the one for the CPU
#   INSTALLER=pip                do not try uv
#   SEED=1 JOBS=330 FAULTS=180 MINUTES=15    what `make chaos` does, see docs/durability.md

VENV := .venv
BIN := $(VENV)/bin
INSTALL := PYTHON="$(PYTHON)" INSTALLER="$(INSTALLER)" requirements/install.sh

# .venv remembers what it was made for: after `make GPU=1 setup` every word keeps the GPU.
KIND := $(if $(or $(filter-out 0,$(GPU)),$(wildcard $(VENV)/.set-up-gpu)),gpu,cpu)
SET_UP := $(VENV)/.set-up-$(KIND)
SET_UP_DEV := $(SET_UP)-dev
CHAOS := $(foreach name,SEED JOBS FAULTS MINUTES,$(if $($(name)),--$(shell echo $(name) | tr A-Z a-z) $($(name))))
# Those that need no research data go first.
BENCHMARKS := sandbox ingest applications evaluate_speed sweep_speed memory repairs
# The scanner that hostile files are shown to as well; newer NumPy breaks it.
MODELSCAN := 'modelscan[h5py]==0.8.8' 'numpy<2.3'
SERVICE_BENCHMARKS := upload storage rows pages claims overhead

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev run demo test quick e2e screenshots check format fuzz-api bench bench-service bench-repair bench-diagnosis chaos attack hostile fuzz-files audit sbom requirements clean

help: ## list these words
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: $(SET_UP) ## make .venv with everything netmend needs to run

setup-dev: $(SET_UP_DEV)

run: $(SET_UP) ## start the service on this machine: broker, workers, web server; Ctrl-C stops it
	@$(BIN)/netmend up

demo: $(SET_UP) ## plant a backdoor in a small model, have the service repair it, show the report
	@$(BIN)/netmend demo

test: $(SET_UP_DEV) ## run all tests and print their coverage
	@$(BIN)/pytest -n auto --dist loadgroup --cov --cov-report=term:skip-covered

quick: $(SET_UP_DEV) ## run the tests that take less than ten seconds each
	@$(BIN)/pytest -n auto --dist loadgroup -m "not slow"

e2e: $(SET_UP_DEV) ## do in Chromium what people do with the pages of the real service; axe, and the keyboard
	@$(BIN)/pytest tests/e2e

screenshots: $(SET_UP_DEV) ## write each page of a service with examples to screenshots/
	@$(BIN)/python -m tests.e2e.screenshots

check: $(SET_UP_DEV) ## look for what is wrong without running it: style, layers, types
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports
	@$(BIN)/mypy

format: $(SET_UP_DEV) ## rewrite the code in the one style
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

fuzz-api: $(SET_UP_DEV) ## ask the running API all that its description allows, for ten minutes
	@$(BIN)/python -m tests.fuzzing

bench: $(SET_UP_DEV) ## measure speed, memory and repair, side by side
	@set -e; for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name; done

bench-service: $(SET_UP_DEV) ## measure uploads, 100,000 jobs, claims and overhead of the service
	@set -e; for name in $(SERVICE_BENCHMARKS); do $(BIN)/python -m benchmarks.$$name; done

bench-repair: $(SET_UP_DEV) ## attack our own nets, repair them with every method, write docs/benchmark.md; goes on where it was stopped
	@set -e; for word in nets run ablation report; do $(BIN)/python -m benchmarks.repair $$word; done

bench-diagnosis: $(SET_UP_DEV) ## train benign nets and diagnose them, and the real ones; goes on where it was stopped
	@$(BIN)/python -m benchmarks.diagnosis

chaos: $(SET_UP_DEV) ## kill, starve and confuse the whole service at random; nothing may get lost
	@$(BIN)/python -m tests.chaos $(CHAOS)

attack: $(SET_UP_DEV) ## have a hostile job attack its worker from the real child; each attempt has to be denied
	@$(BIN)/python -m tests.attacks

hostile: $(SET_UP_DEV) ## meet every kind of hostile file, side by side with modelscan where it can be installed
	@test -x $(VENV)-modelscan/bin/modelscan || { $(BIN)/python -m venv $(VENV)-modelscan && $(VENV)-modelscan/bin/pip install --quiet $(MODELSCAN); } || echo "modelscan cannot be installed here: its column stays empty" >&2
	@$(BIN)/python -m tests.hostile --modelscan $(VENV)-modelscan/bin/modelscan

fuzz-files: $(SET_UP_DEV) ## read mutated files, where the last run stopped: FUZZ="--way child --count 10000 --seconds 600"
	@$(BIN)/python -m tests.fuzzing_files $(FUZZ)

audit: $(SET_UP_DEV) ## what is known to be weak in the libraries that are pinned; our own list, then the public one
	@$(BIN)/python -m tests.audit

sbom: $(SET_UP_DEV) ## write what netmend is made of, for CPU and for GPU, as CycloneDX
	@set -e; for kind in cpu gpu; do \
	  $(BIN)/python -W ignore -m cyclonedx_py requirements requirements/$$kind.txt --pyproject pyproject.toml --output-reproducible --output-file netmend-$$kind.cdx.json; \
	  echo netmend-$$kind.cdx.json; done

requirements: ## pin requirements/*.txt again after a change of an .in file (needs uv)
	@PATH="$(CURDIR)/$(BIN):$$PATH" requirements/compile.sh

clean: ## remove .venv and everything else that these words made
	rm -rf $(VENV) $(VENV)-modelscan dist .coverage* .hypothesis .*_cache
	find . -type d -name __pycache__ -prune -exec rm -rf {} +

$(SET_UP): requirements/$(KIND).txt pyproject.toml
	@test "$(KIND)" = cpu -o ! -e $(VENV)/.set-up-cpu || { echo ".venv is made for the CPU; run 'make clean' first" >&2; exit 1; }
	@$(INSTALL) requirements/$(KIND).txt .
	@touch $@

$(SET_UP_DEV): requirements/dev.txt $(SET_UP)
	@$(INSTALL) requirements/dev.txt
	@touch $@
