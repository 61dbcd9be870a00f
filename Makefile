.DEFAULT_GOAL := help
.PHONY: help setup run test check lock
export PORT ?= 8000
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing, inside this folder
	@scripts/setup

run: setup ## start the service with its demonstration data (PORT=8000, DEMO=0 for a real one)
	@exec .venv/bin/jejak serve --port $(PORT) $(if $(filter 0,$(DEMO)),,--demo)

check: setup ## layers, lint, format, types
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --quiet --check .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache

test: check ## the whole suite
	@.venv/bin/pytest -n 2 --dist loadfile

lock: setup ## choose the newest versions again and write requirements.lock
	@UV_PYTHON_DOWNLOADS=never .tools/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --group dev pyproject.toml -o requirements.lock
