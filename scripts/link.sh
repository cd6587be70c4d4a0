#!/bin/bash
# Links the working tree into the environment of the Python $1, which gives it the `inbox` command.
# Needs no network: the build tool is one of the packages already installed from the lock.
set -euo pipefail

exec "$1" -m pip --disable-pip-version-check install --quiet \
  --no-deps --no-index --no-build-isolation --editable .
