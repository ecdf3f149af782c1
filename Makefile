# Everything runs from .venv, made from the hashed lock: nothing is installed outside this folder.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Processes that share the tests; 0 runs them in this one, where a debugger can be had.
JOBS   ?= 2

.PHONY: help demo run test coverage check bench lock clean
help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

$(VENV)/.made: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Vigie needs Python 3.11 or newer, this is %s: name one with make PYTHON=python3.12" % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(VENV)/.made ## a news site on loopback is crawled until a real e-mail and a real webhook arrive
	@$(BIN)/vigie demo $(ARGS)

run: $(VENV)/.made ## the service, its data in ./data
	@$(BIN)/vigie run --data data $(ARGS)

test: $(VENV)/.made ## every test, in JOBS=2 processes
	$(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(ARGS)

coverage: $(VENV)/.made ## every test, and the lines and branches that none of them took
	$(BIN)/python -m pytest --cov --cov-report=term --cov-report=html $(ARGS)

check: $(VENV)/.made ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

bench: $(VENV)/.made ## the measurements of bench/README.md
	$(BIN)/python -m bench.end_to_end $(ARGS)

lock: ## resolve the requirements anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra demo --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt
	echo 'setuptools>=80' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements/dev.txt - -o requirements/build.txt

clean: ## forget the environment
	rm -rf $(VENV)
