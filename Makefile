# Two commands matter: `make run` and `make test`. Both set up what is missing, inside this folder.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup browser run test faults check bench screenshots lock secrets
export PORT ?= 8000
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS = never
export UV_CACHE_DIR = .tools/cache

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing, inside this folder
	@scripts/setup

run: setup ## start the service with its demonstration data (PORT=8000; DEMO=0 for a real one)
	@exec .venv/bin/jejak serve --port $(PORT) --$(if $(filter 0,$(DEMO)),no-)demo

test: browser check ## everything: layers, lint, format, types, and the whole suite
	@.venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder

faults: setup ## kill, cut and crowd it at full length (about twenty minutes; JEJAK_SEED=n repeats a run, ARGS=...)
	@JEJAK_FAULTS=full .venv/bin/pytest -s tests/faults $(ARGS)

check: setup ## layers, lint, format, types (seconds)
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --quiet --check .
	@.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache
	@.venv/bin/mypy --no-error-summary

bench: setup ## measure the speed beside the peers into docs/benchmarks.md (ARGS=--quick, ARGS=--growth)
	@.venv/bin/jejak bench --page docs/benchmarks.md $(ARGS)

screenshots: browser ## pictures of every page, to be looked at, into .screenshots/
	@.venv/bin/pytest tests/browser/screenshots.py
	@echo "  .screenshots/"

browser: setup
	@scripts/browser

secrets: ## make the secrets docker-compose.yml reads
	@scripts/secrets

lock: setup ## write requirements.lock anew from pyproject.toml (UPGRADE=1: with the newest versions)
	@UV_CUSTOM_COMPILE_COMMAND='make lock' .tools/bin/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal \
		--generate-hashes --group dev pyproject.toml -o requirements.lock
