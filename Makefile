# Two commands set Perron up: `make run` (a demo to try) and `make test`.
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Python compiles what is used when it is used; compiling all of it takes a third of the time of installing.
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check

# The oldest Python that Perron runs on; uv fetches one where the machine's own is older.
MINIMUM := 3, 12
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 /usr/bin/python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < ($(MINIMUM)))' >/dev/null 2>&1 && { echo $$p; break; }; done)

# Images of containers often turn the keeping of compiled code off; compiled anew, each of the many processes of the
# tests would take two seconds longer to start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check types style bench soak clean messages requirements sbom

run: $(VENV)/.runtime
	$(BIN)/perron demo --quiet-if-loaded
	$(BIN)/perron serve --port $(PORT)

# One more than there are cores, since browsers and servers let a worker wait; four at most.
WORKERS := $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 3 ? n + 1 : 4)))

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Types take longer than all the rest: with `make -j2 check`, the rest is looked at meanwhile.
check: style types
types: $(VENV)/.dev
	$(BIN)/mypy
style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 6.0 $$(git ls-files '*.html')
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/perron makemigrations --check --dry-run
	PERRON_ORIGIN=https://perron.example $(BIN)/perron check --deploy --fail-level WARNING

bench: $(VENV)/.dev
	$(BIN)/python -m bench

# Kills what works at random moments, so many times each, and counts what was lost or done twice.
KILLS ?= 100
# So often services are restarted, and the installation is deployed anew, where PostgreSQL, RabbitMQ and nginx are installed.
TIMES ?= 10
soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak $(KILLS)
	$(BIN)/python -m tests.cluster $(TIMES)

# Which libraries an installation runs, with their licences: CycloneDX, for those who ask.
sbom: $(VENV)/.dev
	$(BIN)/python -m tools.sbom var/sbom.json

messages: $(VENV)/.dev
	$(BIN)/python -m tools.messages

requirements: requirements/base.in requirements/celery.in requirements/dev.in
	uv pip compile -q --python-version 3.12 --generate-hashes --no-emit-index-url --no-header requirements/base.in -o requirements/base.txt
	uv pip compile -q --python-version 3.12 --generate-hashes --no-emit-index-url --no-header -c requirements/base.txt requirements/celery.in -o requirements/celery.txt
	uv pip compile -q --python-version 3.12 --generate-hashes --no-emit-index-url --no-header -c requirements/base.txt -c requirements/celery.txt requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find src -name '*.mo' -delete

$(VENV)/bin/python:
ifeq ($(PYTHON),)
	@command -v uv >/dev/null || { echo "Perron needs Python 3.12 or newer: install it (Debian: apt install python3-venv; elsewhere: pyenv install 3.13), or install uv, and run make again." >&2; exit 1; }
	uv venv --seed --python 3.13 $(VENV)
else
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
endif

$(VENV)/.runtime: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/base.txt -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m perron.project.compile_messages
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
