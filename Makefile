# make run    the portal with a demo province on this machine; Ctrl-C stops it
# make test   the whole suite            make check  style, types, contracts, translations
# make setup  what the others share      make lock   pin requirements*.in anew
# make bench  what things cost, as ratios within one run; DATABASE_URL chooses the database
.POSIX:
.SUFFIXES:
.PHONY: help run test check bench setup setup-dev lock

PORT ?= 8000
HOST ?= 127.0.0.1
ARGS =
PY = .venv/bin/python

help:
	@sed -n '1,4p' Makefile

setup:
	@PYTHON="$(PYTHON)" .ci/setup

setup-dev:
	@PYTHON="$(PYTHON)" .ci/setup dev

run: setup
	@DEMO=1 exec $(PY) manage.py runportal --host "$(HOST)" --port "$(PORT)" --stay-with-parent

PG = postgres://postgres@127.0.0.1:5432
REACHABLE = import psycopg2; psycopg2.connect("$(PG)/postgres", connect_timeout=2).close()

test: setup-dev
	@$(PY) manage.py prepare --files-only
	@if [ -z "$(ARGS)$$DATABASE_URL" ] && $(PY) -c '$(REACHABLE)' 2>/dev/null; then \
	    DATABASE_URL=$(PG)/portal_make $(PY) -m pytest -q -m postgres || [ $$? = 5 ]; fi
	@$(PY) -m pytest -rs $(ARGS)

bench: setup-dev
	@$(PY) manage.py prepare --files-only
	@$(PY) -m pytest -q -s -o python_files='bench_*.py' tests/bench $(ARGS)

check: setup-dev
	@$(PY) manage.py prepare --files-only
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py check_translations

lock: setup-dev
	.venv/bin/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade requirements.in -o requirements.txt
	.venv/bin/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade requirements-dev.in -o requirements-dev.txt
	.venv/bin/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --upgrade .ci/node.in -o .ci/node.txt
	cd static && npm install --package-lock-only --ignore-scripts --no-audit --no-fund
