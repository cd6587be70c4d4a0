"""The Chromium that browser tests drive: the machine's own, since none comes from a wheel."""

import os
import shutil
from pathlib import Path

# No sandbox: Chromium refuses one as root. The rest keeps it from calling its maker.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # websites by name, which no resolver knows
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> Path | None:
    """Return the browser named by INBOX_TEST_CHROMIUM, or the first one in PATH, or None."""
    for name in (os.environ.get("INBOX_TEST_CHROMIUM"), *NAMES):
        if name and (found := shutil.which(name)):
            return Path(found)
    return None
