"""`inbox`: the verbs, and how they fail.

Exit codes: 0 done; 1 refused, with one line that says why and what to do; 2 not understood; 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

import inbox

REFUSED, NOT_UNDERSTOOD, INTERRUPTED = 1, 2, 130


def _app() -> App:
    app = App(
        name="inbox",
        help="Unified inbox: messages, comments, mentions and reviews of all networks on one screen.",
        version=inbox.__version__,
    )
    app.command("inbox.cli.serve:run", name="run")
    app.command("inbox.cli.serve:web", name="web")
    app.command("inbox.cli.serve:worker", name="worker")
    app.command("inbox.cli.data:migrate", name="migrate")
    app.command("inbox.cli.demo:demo", name="demo")
    app.command(_group("user", "The people who sign in.", add="people:user_add", reset="people:user_reset"))
    app.command(_group("token", "Bearer tokens for programs.", create="people:token_create"))
    app.command(_group("channel", "Connected channels.", add="channels:add", list="channels:show"))
    app.command(
        _group("quarantine", "Deliveries not understood.", list="channels:quarantined", replay="channels:replay")
    )
    app.command("inbox.cli.copies:backup", name="backup")
    app.command("inbox.cli.copies:restore", name="restore")
    app.command("inbox.cli.data:erase", name="erase")
    app.command(_group("metrics", "Waits and response times.", verify="data:verify"))
    app.command(_group("secrets", "Stored credentials.", rotate="secrets:rotate"))
    app.command("inbox.cli.doctor:doctor", name="doctor")
    return app


def _group(name: str, help: str, **verbs: str) -> App:
    group = App(name=name, help=help)
    for verb, where in verbs.items():
        group.command(f"inbox.cli.{where}", name=verb)
    return group


def main(words: Sequence[str] | None = None) -> int:
    """Run the verb that the words name; returns the exit code."""
    from inbox.cli.opened import Refusal, warn
    from inbox.errors import InboxError

    try:
        result = _app()(words, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as wrong:
        warn(f"inbox: {_one_line(str(wrong))} See `inbox --help`.")
        return NOT_UNDERSTOOD
    except (Refusal, InboxError, OSError) as refused:
        warn(f"inbox: {_one_line(str(refused))}")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
