"""Secrets at rest."""

from __future__ import annotations

import pytest

from inbox.seal import CannotOpen, Sealer

OLD, NEW = "o" * 40, "n" * 40


def test_what_is_sealed_opens_at_its_place_only() -> None:
    """Moved to another row it does not open, and the error tells no content."""
    sealer = Sealer([NEW])
    sealed = sealer.seal("hunter2", "channel:7")

    assert sealer.open(sealed, "channel:7") == "hunter2"
    assert "hunter2" not in sealed
    with pytest.raises(CannotOpen, match="channel:8"):
        sealer.open(sealed, "channel:8")


def test_no_two_seals_are_alike() -> None:
    """The same secret sealed twice does not show that it is the same."""
    sealer = Sealer([NEW])

    assert sealer.seal("same", "a") != sealer.seal("same", "a")


@pytest.mark.parametrize("at", [0, 10, 30, -1])
def test_a_changed_letter_is_noticed(at: int) -> None:
    """Whichever part of the sealed text is changed, it does not open."""
    sealer = Sealer([NEW])
    sealed = sealer.seal("a secret that is long enough", "p")
    position = at % len(sealed)
    changed = sealed[:position] + ("A" if sealed[position] != "A" else "Q") + sealed[position + 1 :]

    with pytest.raises(CannotOpen):
        sealer.open(changed, "p")


def test_an_old_key_opens_what_it_sealed_while_a_new_one_seals() -> None:
    """After a change of key everything still opens, and what is to be sealed anew is known."""
    before = Sealer([OLD]).seal("hunter2", "p")
    both = Sealer([NEW, OLD])

    assert both.open(before, "p") == "hunter2"
    assert both.stale(before)
    assert not both.stale(both.seal("hunter2", "p"))
    with pytest.raises(CannotOpen, match="INBOX_SECRET_KEY"):
        Sealer([NEW]).open(before, "p")


def test_named_secrets_go_together() -> None:
    """Several fields are sealed as one; none are an empty text."""
    sealer = Sealer([NEW])
    fields = {"token": "1:α", "secret": ""}

    assert sealer.open_fields(sealer.seal_fields(fields, "p"), "p") == fields
    assert sealer.seal_fields({}, "p") == ""
    assert sealer.open_fields("", "p") == {}
