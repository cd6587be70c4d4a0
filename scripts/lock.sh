#!/bin/bash
# Writes the four lock files with the uv named by $1. Further words go to uv, for example
# `make lock ARGS="--upgrade-package starlette"`; without --upgrade, versions stay where they can.
#
# The locks hold versions and hashes, and no address of an index: whoever installs says where from.
set -euo pipefail

uv=$1
shift
lock() {
  local file=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
    --output-file "$file" "$@" >/dev/null
  echo "$file: $(grep -c '==' "$file") packages"
}
lock requirements.lock pyproject.toml --extra tracing "$@"
lock requirements-dev.lock pyproject.toml --extra tracing --group dev --constraint requirements.lock "$@"
lock scripts/build.lock --group build --constraint requirements-dev.lock "$@"
lock scripts/node.lock --group node "$@"
