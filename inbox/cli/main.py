"""`inbox`: the verbs, and how they fail.

Exit codes: 0 done; 1 refused, with one line that says why and what to do; 2 not understood; 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

import inbox

REFUSED, NOT_UNDERSTOOD, INTERRUPTED = 1, 2, 130

# (verb, module:function, what it does): repeated here, so that `--help` loads none of them.
_Verbs = tuple[tuple[str, str, str], ...]
_VERBS: _Verbs = (
    ("run", "serve:run", "Run the whole service in one process, on SQLite."),
    ("web", "serve:web", "Serve browsers, programs and webhooks (PostgreSQL)."),
    ("worker", "serve:worker", "Talk to the networks (PostgreSQL)."),
    ("migrate", "data:migrate", "Bring the database to the newest schema."),
    ("demo", "demo:demo", "Try everything out, with invented customers."),
    ("backup", "copies:backup", "Write all data and files into one archive."),
    ("restore", "copies:restore", "Put an archive into an empty database, on either engine."),
    ("erase", "data:erase", "Blank all that is kept of a person."),
    ("doctor", "doctor:doctor", "Look at the installation and say what to mend."),
)
_GROUPS: tuple[tuple[str, str, _Verbs], ...] = (
    (
        "user",
        "The people who sign in.",
        (
            ("add", "people:user_add", "Let somebody in."),
            ("reset", "people:user_reset", "Let somebody in again."),
            ("list", "people:user_list", "List them with their roles."),
        ),
    ),
    (
        "token",
        "Bearer tokens for programs.",
        (
            ("create", "people:token_create", "Make one, shown once."),
            ("list", "people:token_list", "List those that work."),
            ("revoke", "people:token_revoke", "Have one stop working at once."),
        ),
    ),
    (
        "channel",
        "Connected channels.",
        (("add", "channels:add", "Connect one."), ("list", "channels:show", "List them with their health.")),
    ),
    (
        "quarantine",
        "Deliveries that could not be understood.",
        (("list", "channels:quarantined", "List them."), ("replay", "channels:replay", "Take them in again.")),
    ),
    (
        "metrics",
        "Waits and response times.",
        (
            ("verify", "metrics:verify", "Recompute every wait and every figure from the log."),
            ("recount", "metrics:recount", "Count all that reports show anew, from the log."),
            ("explain", "metrics:explain", "Tell one wait: the events and business hours behind its figures."),
        ),
    ),
    ("secrets", "Stored credentials.", (("rotate", "secrets:rotate", "Encrypt them with a new key."),)),
)


def _app() -> App:
    app = App(
        name="inbox",
        help="Unified inbox: messages, comments, mentions and reviews of all networks on one screen.",
        version=inbox.__version__,
    )
    for name, where, help in _VERBS:
        app.command(f"inbox.cli.{where}", name=name, help=help)
    for group_name, help, verbs in _GROUPS:
        group = App(name=group_name, help=help)
        for name, where, verb_help in verbs:
            group.command(f"inbox.cli.{where}", name=name, help=verb_help)
        app.command(group)
    return app


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
