#!/bin/bash
# Makes the virtual environment at $1 with the first Python that is new enough.
# PYTHON names another one.
set -euo pipefail

new_enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
  if command -v "$python" >/dev/null && "$python" -c "$new_enough" 2>/dev/null; then
    echo "Python: making $1 with $("$python" --version)"
    exec "$python" -m venv --clear "$1"
  fi
done
echo "No Python of 3.11 or newer with venv found. Install one (Debian: python3 python3-venv)," \
  "or name it: make run PYTHON=/path/to/python3.11" >&2
exit 1
