# The contributor's menu; every step of .ci/run is a target here. `make help` lists them.
# Targets forward to one command each, so that nobody needs make to work on Potluck.

VENV = $(or $(POTLUCK_VENV),.venv)
PYTHON = $(VENV)/bin/python
export PYTHONPATH = $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help run test check format lint types contracts spelling locks openapi docs tests migrations \
	openapi-diff openapi-release client fmt lock openapi-write docs-write migration bench bench-import bench-search faults fuzz security where environment

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile \
		| while read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done

environment: ## make or refresh the development environment
	@./test.sh --version

run: ## start Potluck on this machine
	./run.sh

test: tests ## run every test on SQLite and PostgreSQL

# Cheap checks first; `tests` holds the migration tests, so `migrations` is not asked for again.
check: format lint types contracts spelling locks openapi openapi-release docs tests ## all that CI asks for

format: environment ## every file is laid out by ruff
	$(PYTHON) -m ruff format --check .

lint: environment ## no rule of ruff is broken
	$(PYTHON) -m ruff check .

types: environment ## mypy finds nothing
	$(PYTHON) -m mypy

contracts: environment ## modules import only what their layer may
	$(VENV)/bin/lint-imports

spelling: environment ## codespell knows every word
	git ls-files -z -- '*.py' '*.md' '*.sh' '*.html' '*.toml' Makefile .ci/run \
		| xargs -0 $(PYTHON) -m codespell_lib

locks: environment ## the locks are what pyproject.toml asks for
	scripts/lock.sh --check

openapi: environment ## the committed OpenAPI document is the one that is served
	$(PYTHON) -m potluck openapi --check docs/reference/openapi.json

openapi-diff: environment ## what in the API would break clients: make openapi-diff BASE=v1.0.0
	$(PYTHON) scripts/openapi_diff.py $(BASE)

openapi-release: environment ## no client of the last release is broken
	$(PYTHON) scripts/openapi_diff.py --release

client: environment ## generate a typed client, check it, and drive it against a server
	$(PYTHON) -m pytest -q tests/docs/test_write_a_client.py

docs: environment ## the generated reference pages are up to date
	$(PYTHON) -m potluck docs --check

tests:
	./test.sh

migrations: environment ## only the tests of the migrations
	$(PYTHON) -m pytest tests/migrations

fmt: environment ## lay out and repair what ruff can
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lock: environment ## write the locks after a change in pyproject.toml
	scripts/lock.sh

openapi-write: environment ## write the OpenAPI document after a change of the API
	$(PYTHON) -m potluck openapi --write docs/reference/openapi.json

docs-write: environment ## write the generated reference pages
	$(PYTHON) -m potluck docs

migration: environment ## draft a migration: make migration m="add cookbooks"
	@test -n "$(m)" || { echo 'say what it does: make migration m="add cookbooks"' >&2; exit 2; }
	$(PYTHON) -m alembic revision --autogenerate -m "$(m)"

bench-import: environment ## measure the import of saved pages: make bench-import DIR=folder
	@test -n "$(DIR)" || { echo 'name the folder of pages: make bench-import DIR=folder' >&2; exit 2; }
	$(PYTHON) benchmarks/import_pages.py "$(DIR)"

bench-search: environment ## measure search with 10,000 and 100,000 recipes: make bench-search DIR=folder
	@test -n "$(DIR)" || { echo 'name a folder to keep databases in: make bench-search DIR=folder' >&2; exit 2; }
	$(PYTHON) -m tests.postgres $(PYTHON) benchmarks/search.py "$(DIR)"

bench: environment ## measure requests beside static bytes and the raw limit: make bench DIR=folder
	@test -n "$(DIR)" || { echo 'name a folder to keep databases in: make bench DIR=folder' >&2; exit 2; }
	$(PYTHON) -m tests.postgres $(PYTHON) -m benchmarks.service "$(DIR)"

faults: environment ## break things on purpose and print what came of it
	$(PYTHON) -m tests.faults

fuzz: environment ## send generated requests to real servers: make fuzz SEED=1 CASES=20000
	$(PYTHON) -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(CASES),--cases $(CASES))

security: environment ## look for weaknesses: own rules, secrets, SQL injection, timing of sign-ins
	$(PYTHON) -I scripts/environment.py audit $(CURDIR)/.venv-audit
	$(PYTHON) -m tests.security

where: ## every file about one thing: make where e=recipe
	@test -n "$(e)" || { echo 'name the thing: make where e=recipe' >&2; exit 2; }
	@git ls-files --cached --others --exclude-standard | grep -E '(^|[/_])$(e)(s|es)?(_[a-z0-9_]+)?\.[a-z.]+$$'
