#!/usr/bin/env bash
# Pins requirements/*.txt again, with hashes and without addresses. Needs uv.
# What is pinned stays as it is where it still fits; `requirements/compile.sh --upgrade` takes the newest.
set -euo pipefail
cd "$(dirname "$0")"
options=(--generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --quiet)
uv pip compile cpu.in "${options[@]}" --overrides overrides.in --output-file cpu.txt "$@"
uv pip compile gpu.in "${options[@]}" --output-file gpu.txt "$@"
uv pip compile dev.in "${options[@]}" --overrides overrides.in --output-file dev.txt "$@"
uv pip compile uv.in "${options[@]}" --output-file uv.txt "$@"
