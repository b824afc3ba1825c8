# Everything is set up from the hash-pinned locks. PYTHON chooses the interpreter: make PYTHON=python3.12
PYTHON ?= python3
PIP = -m pip install -qq --disable-pip-version-check
PIP_TOOLS = pip-tools==7.6.2
COMPILE = .venv-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--build-deps-for editable --no-header --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --no-emit-options $(UPGRADE)
NEEDS = duider needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=python3.12

.PHONY: run test check messages bench lock clean help

run: .venv/.runtime ## start the bot; without a token, the sandbox in the browser
	.venv/bin/duider run

test: .venv/.installed ## run every check: style, types, content, catalogues, tests
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/duider check
	.venv/bin/python -m flows.extract --check
	.venv/bin/python -m pytest

check: .venv/.runtime ## check flows and catalogues
	.venv/bin/duider check

messages: .venv/.runtime ## regenerate the message template and update the catalogues
	.venv/bin/python -m flows.extract

bench: .venv-bench/.installed ## measure speed, in an environment of its own; make bench BENCH=--quick is shorter
	.venv-bench/bin/python -m tests.bench $(BENCH)

lock: .venv-lock/.installed ## resolve the locks again; make lock UPGRADE=--upgrade takes newer versions
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra test --constraint requirements.lock --output-file requirements-test.lock pyproject.toml
	$(COMPILE) --extra bench --constraint requirements.lock --output-file tests/bench/requirements.lock pyproject.toml

clean: ## remove environments, caches and build output; data and keys stay
	rm -rf .venv .venv-bench .venv-lock build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find bot flows storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

# Two stamps share one environment: the test lock contains the runtime lock, so it satisfies both.
.venv/.runtime: requirements.lock pyproject.toml | .venv/.made
	.venv/bin/python $(PIP) --require-hashes -r requirements.lock
	.venv/bin/python $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.installed: requirements-test.lock requirements.lock pyproject.toml | .venv/.made
	.venv/bin/python $(PIP) --require-hashes -r requirements-test.lock
	.venv/bin/python $(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/.runtime $@

.venv-bench/.installed: tests/bench/requirements.lock pyproject.toml | .venv-bench/.made
	.venv-bench/bin/python $(PIP) --require-hashes -r tests/bench/requirements.lock
	.venv-bench/bin/python $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# The oldest Python needs the most packages, so its resolution serves the newer ones too.
.venv-lock/.installed: Makefile | .venv-lock/.made
	@.venv-lock/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "make lock needs Python 3.11: make clean, then make lock PYTHON=python3.11" >&2; exit 1; }
	.venv-lock/bin/python $(PIP) $(PIP_TOOLS)
	@touch $@

%/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "$(NEEDS)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $*
	@touch $@
