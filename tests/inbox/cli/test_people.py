"""`inbox user`, `inbox token`, on both engines."""

from __future__ import annotations

import json
import re

from tests.inbox.cli.program import Program

PASSWORD = "seven olive trees"


def test_a_user_gets_a_link(either: Program) -> None:
    """Without a password a one-use link is printed."""
    said = either.done("user", "add", "eva@example.org", "--name", "Eva", "--role", "admin")

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/links/[\w-]{40,}", said)


def test_a_user_with_a_password_can_sign_in_at_once(either: Program) -> None:
    """A password from standard input is set, and is not printed."""
    said = either.done("user", "add", "eva@example.org", "--password-stdin", given=f"{PASSWORD}\n")

    assert "eva@example.org can sign in as agent" in said
    assert PASSWORD not in said


def test_an_address_is_taken_once(program: Program) -> None:
    """A second person with the same address is refused, naming the first."""
    program.done("user", "add", "eva@example.org", "--name", "Eva")

    assert "belongs to Eva" in program.refused("user", "add", "EVA@example.org")


def test_wrong_words_are_refused(program: Program) -> None:
    """No address, a weak password, an empty standard input: each is refused with its reason."""
    assert "is no e-mail address" in program.refused("user", "add", "eva")
    assert "characters" in program.refused("user", "add", "eva@example.org", "--password-stdin", given="short\n")
    assert "standard input is empty" in program.refused("user", "add", "eva@example.org", "--password-stdin")


def test_a_reset_gives_a_link_or_sets_the_password(program: Program) -> None:
    """Somebody who cannot get in gets a new link, or a password at once; an unknown address is refused."""
    program.done("user", "add", "eva@example.org")

    assert "/links/" in program.done("user", "reset", "eva@example.org")
    assert "can sign in" in program.done(
        "user", "reset", "eva@example.org", "--password-stdin", given="another long one\n"
    )
    assert "nobody signs in as" in program.refused("user", "reset", "adam@example.org")


def test_a_token_is_printed_once_as_json(either: Program) -> None:
    """The answer for programs holds the id and the secret."""
    words = ("token", "create", "--name", "crm", "--scopes", "read,write", "--acts-as", "person", "--json")

    found = json.loads(either.done(*words))

    assert found.keys() == {"id", "token"}
    assert found["token"].startswith("inb_")


def test_unknown_scopes_are_refused(program: Program) -> None:
    """A scope that is none is named with those there are."""
    said = program.refused("token", "create", "--name", "crm", "--scopes", "everything")

    assert "read, write, admin" in said


def test_people_and_tokens_are_listed(either: Program) -> None:
    """One a line, with what tells them apart; for programs as JSON; no secret among it."""
    either.done("user", "add", "eva@example.org", "--name", "Eva", "--role", "admin")
    made = json.loads(either.done("token", "create", "--name", "crm", "--scopes", "read,write", "--json"))

    people = json.loads(either.done("user", "list", "--json"))
    tokens = json.loads(either.done("token", "list", "--json"))

    assert (people["email"], people["role"], people["active"]) == ("eva@example.org", "admin", True)
    assert either.done("user", "list").split() == [people["id"], "eva@example.org", "Eva", "admin"]
    assert tokens == {"id": made["id"], "name": "crm", "scopes": ["read", "write"], "last_used_at": None}
    assert either.done("token", "list").split() == [made["id"], "crm", "read,write", "never", "used"]


def test_a_token_is_revoked_once(program: Program) -> None:
    """It is gone from the list; another one, or the same again, is refused with the way to those there are."""
    made = json.loads(program.done("token", "create", "--name", "crm", "--scopes", "read", "--json"))

    assert "crm" in program.done("token", "revoke", made["id"])

    assert program.done("token", "list") == ""
    assert "`inbox token list`" in program.refused("token", "revoke", made["id"])
