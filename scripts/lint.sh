#!/bin/sh
# Everything a machine can say about the code without running it.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/lint-imports
.venv/bin/mypy weilu tests bench scripts conftest.py
