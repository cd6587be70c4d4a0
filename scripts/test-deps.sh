#!/bin/bash
# Installs what pip cannot give the tests: a browser and a mail server (Debian and its children).
# Nothing is started and nothing already there is configured.
set -euo pipefail

if ! command -v apt-get >/dev/null; then
  echo "No apt-get on this machine: install Chromium, Dovecot (IMAP, LMTP) and Postfix by its own" \
    "means; the tests that need them are skipped until then."
  exit 0
fi

packages=(chromium dovecot-imapd dovecot-lmtpd postfix)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
    missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
  echo "Test dependencies are installed: ${packages[*]}"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Not root: run \`sudo apt-get install --no-install-recommends ${missing[*]}\`; the tests" \
    "that need them are skipped until then."
  exit 0
fi

# A daemon's package starts the daemon, on all addresses, unless this file says no.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
echo "Installing ${missing[*]}"
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
echo "Test dependencies are installed: ${packages[*]}"
