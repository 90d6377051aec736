# Everything a developer or a curious user runs. Each target sets up what it needs by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Without bytecode each of the processes that tests start would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE
# Tests differ in length by a thousand times: who has none left takes some of the others'.
# One process more than processors, for tests wait for servers as often as they compute.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')
PARALLEL = -n $(WORKERS) --dist worksteal

.PHONY: help fuzz bench-scan bench-start soak-crash quick test coverage hooks dist cassettes servers demo lint format types constraints browser screenshots interop clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(READY): pyproject.toml constraints.txt runner/base/version.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev --group docs
	@touch $@

quick: $(READY) lint types ## lint, type-check and run all but the slow tests: before each commit
	$(BIN)/python -m pytest -q $(PARALLEL) --hypothesis-profile=quick -m "not slow and not interop and not browser"

test: $(READY) lint types ## lint, type-check and run the whole suite
	$(BIN)/python -m pytest $(PARALLEL)

coverage: $(READY) ## run the whole suite, and fail where it runs too little of the program
	$(BIN)/python -m pytest $(PARALLEL) --cov

.PHONY: docs
docs: $(READY) ## build the documentation's site into site/, strictly: no dead link, nothing loaded
	$(BIN)/python -m docsite

dist: $(READY) ## build what a release uploads, and check it
	rm -rf dist
	$(BIN)/python -m build --quiet --outdir dist .
	$(BIN)/python -m twine check --strict dist/*
	version=$$($(BIN)/sitewalk --version) && ls "dist/sitewalk-$${version#* }.tar.gz" "dist/sitewalk-$${version#* }-py3-none-any.whl"

hooks: $(READY) ## let git check each commit, as .pre-commit-config.yaml says
	$(BIN)/pre-commit install

servers: $(READY) ## build and install the real tus servers that uploads are shown against
	tests/servers/setup

cassettes: $(READY) ## record the cassettes anew, against the sandbox
	$(BIN)/python -m pytest --record-mode=rewrite tests/contract/test_five_steps.py tests/contract/test_drawing.py

demo: $(READY) ## run the main job end to end on an embedded sandbox
	$(BIN)/sitewalk demo

lint: $(READY) ## ruff, the order of the rooms, and the workflows
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --no-logo >.import_linter.log || { cat .import_linter.log; exit 1; }
	$(BIN)/zizmor --offline --quiet action.yml .github
	@[ ! -d .github/workflows ] || { ! command -v actionlint >/dev/null && echo "NOT CHECKED: actionlint is not installed here" >&2; } || actionlint

format: $(READY) ## ruff: mend what can be mended
	$(BIN)/ruff check --quiet --fix --exit-zero .
	$(BIN)/ruff format --quiet .

types: $(READY) ## mypy, strict
	$(BIN)/mypy

.PHONY: platforms
platforms: $(READY) ## mypy as on Windows and macOS: each call that a system lacks has its way around it
	for platform in win32 darwin; do $(BIN)/mypy --platform $$platform --cache-dir .mypy_cache/$$platform runner || exit 1; done

constraints: ## renew the versions the suite is known to pass with
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev --group docs --group fuzz
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	$(MAKE) action/requirements.txt

.PHONY: action/requirements.txt
# Every file of every version that is pinned here, for whatever runner the Action is started on; with
# what a ledger on a server and recordings in a store need, which its inputs may name.
action/requirements.txt: ## renew what the Action installs: the same versions, with their hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --constraint constraints.txt --group build --extra postgresql --extra remote pyproject.toml --output-file $@

browser: $(READY) ## open the pages in this machine's Chromium, as their readers do
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || { echo "make browser needs Chromium, and finds none: apt-get install chromium, or install Google Chrome" >&2; exit 1; }
	$(BIN)/python -m pytest -m browser

screenshots: $(READY) ## make the pictures of the demo's pages for README and docs
	$(BIN)/python -m tests.browser.screenshots docs/images

.PHONY: screencast
screencast: $(READY) ## make the picture of a first run for README and docs
	$(BIN)/python -m docsite.screencast docs/images/first-run.svg

.PHONY: bench-upload soak-line
bench-upload: $(READY) servers ## sitewalk beside curl, tus-js-client and tuspy; ROWS=line,tiny ROUNDS=1 SCALE=0.5 for a part
	[ -d tests/interop/node_modules ] || (cd tests/interop && npm ci --no-audit --no-fund --loglevel=error)
	PYTHONPATH=. $(BIN)/python bench/upload.py --rounds $(or $(ROUNDS),5) --rows $(or $(ROWS),loopback,tls,jobs,line,lossy,resume,tiny) --scale $(or $(SCALE),1)

soak-line: $(READY) servers ## send files over a line that breaks at random, ROUNDS times about 100 faults
	PYTHONPATH=. $(BIN)/python bench/badline.py --rounds $(or $(ROUNDS),5)

interop: $(READY) servers ## other people's clients and servers, against ours
	@command -v npm >/dev/null || { echo "make interop needs Node 18 or newer with npm, and finds no npm: install it from nodejs.org" >&2; exit 1; }
	cd tests/interop && npm ci --no-audit --no-fund --loglevel=error
	$(BIN)/python -m pytest tests/interop/interop_*.py
	$(BIN)/python -m pytest -m interop

bench-start: $(READY) ## what a command costs before it does anything, beside a Python that does nothing
	PYTHONPATH=. $(BIN)/python bench/start.py --rounds $(or $(ROUNDS),7)

bench-scan: $(READY) ## scan 10,000 recordings, beside merely opening each of them
	PYTHONPATH=. $(BIN)/python bench/scan.py

.PHONY: bench-scale
bench-scale: $(READY) ## commands beside 100 and 100,000 finished walks, in a file and on PostgreSQL
	PYTHONPATH=. $(BIN)/python bench/scale.py --sizes $(or $(SIZES),100,10000,100000)

soak-crash: $(READY) ## kill runs at random, ROUNDS times a job of 20 walkthroughs
	PYTHONPATH=. $(BIN)/python bench/crash.py --rounds $(or $(ROUNDS),20)

.PHONY: bench-ledger soak-machines every-pause
bench-ledger: $(READY) ## appends a second in a file and on PostgreSQL; uploads an hour of 1, 2 and 4 machines
	PYTHONPATH=. $(BIN)/python bench/ledger.py

soak-machines: $(READY) ## break three machines that share a ledger on PostgreSQL, ROUNDS times a job of 20 walkthroughs
	PYTHONPATH=. $(BIN)/python bench/machines.py --rounds $(or $(ROUNDS),10)

every-pause: $(READY) ## a process dies or stands still at every event, another goes on, a person decides or not
	SITEWALK_EVERY_PAUSE=1 $(BIN)/python -m pytest tests/postgres/test_every_pause.py

CONFORMANCE := tests/conformance
.PHONY: conformance
conformance: $(READY) ## other people's suites and validators, against what sitewalk reads and writes
	@command -v npm >/dev/null || { echo "make conformance needs Node 18 or newer with npm, and finds no npm: install it from nodejs.org" >&2; exit 1; }
	cd $(CONFORMANCE) && npm ci --no-audit --no-fund --loglevel=error --ignore-scripts
	@command -v exiftool >/dev/null || [ "$$(id -u)" != 0 ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends libimage-exiftool-perl; } || true
	@! command -v go >/dev/null || go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	@for tool in java exiftool go; do command -v $$tool >/dev/null || echo "NOT CHECKED: $$tool is not installed here, and what needs it is left out" >&2; done
	PATH="$$HOME/go/bin:$$PATH" $(BIN)/python -m pytest $(CONFORMANCE)/conformance_*.py tests/docs/test_workflows.py

fuzz: $(READY) ## fuzz manifests, recordings, drawings, documents and a server's answers, SECONDS each
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group fuzz
	$(BIN)/python bench/fuzz_validate.py -max_total_time=$(or $(SECONDS),60)
	$(BIN)/python bench/fuzz_insv.py -max_total_time=$(or $(SECONDS),60)
	PYTHONPATH=. $(BIN)/python bench/fuzz_documents.py -max_total_time=$(or $(SECONDS),60)
	PYTHONPATH=. $(BIN)/python bench/fuzz_svg.py -max_total_time=$(or $(SECONDS),60)
	PYTHONPATH=. $(BIN)/python bench/fuzz_answers.py -max_total_time=$(or $(SECONDS),60)

clean: ## remove everything the targets made
	rm -rf $(VENV) dist build site .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	rm -rf tests/servers/tusd/bin tests/servers/tus-node/node_modules tests/interop/node_modules tests/conformance/node_modules
