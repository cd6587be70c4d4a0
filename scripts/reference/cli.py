"""docs/cli.md: every verb of `inbox`, from the program itself."""

from __future__ import annotations

import re

from inbox.cli.main import INTERRUPTED, NOT_UNDERSTOOD, REFUSED, _app

_HEAD = f"""# Command line

`inbox` is in `.venv/bin` of an installation. It reads the same [settings](settings.md) as the server. Made from the
program by `python -m scripts.reference`.

Exit codes: 0 done; {REFUSED} refused, with one line on standard error that says why and what to do; {NOT_UNDERSTOOD}
not understood; {INTERRUPTED} interrupted.
"""
_CONTENTS = re.compile(r"^## Table of Contents\n.*?(?=^\*\*Commands\*\*)", re.MULTILINE | re.DOTALL)


def page() -> str:
    """The whole page."""
    made = _CONTENTS.sub("", _app().generate_docs())
    _, _, verbs = made.partition("**Commands**:\n")
    return f"{_HEAD}\n## Verbs\n{verbs.replace('```console', '```sh').rstrip()}\n"
