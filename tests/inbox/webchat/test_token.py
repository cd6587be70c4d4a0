"""Visitor tokens: ours, for this channel, and not over."""

from __future__ import annotations

import base64
import json

import pytest

from inbox.clock import DAY, SECOND
from inbox.errors import Unauthorised
from inbox.webchat.token import LIFE_SECONDS, PROVEN_LIFE_SECONDS, VisitorTokens

NOW = 1_795_336_000 * SECOND
OLD, NEW = "an old key of the installation, long enough", "a new key of the installation, long enough"


def test_a_token_is_read_as_it_was_issued() -> None:
    """A fresh visitor has an id of 128 random bits and a year."""
    tokens = VisitorTokens([NEW])
    token, claims = tokens.fresh(7, NOW)

    assert tokens.read(token, 7, NOW) == claims
    assert len(claims.vid) == 32
    assert claims.exp - claims.iat == LIFE_SECONDS
    assert tokens.fresh(7, NOW)[1].vid != claims.vid


def test_the_old_key_still_opens_while_the_new_one_signs() -> None:
    """Changing the installation's key logs no visitor out."""
    token, claims = VisitorTokens([OLD]).fresh(7, NOW)
    both = VisitorTokens([NEW, OLD])

    assert both.read(token, 7, NOW) == claims
    with pytest.raises(Unauthorised):
        VisitorTokens([NEW]).read(token, 7, NOW)
    with pytest.raises(Unauthorised):
        VisitorTokens([OLD]).read(both.fresh(7, NOW)[0], 7, NOW)


def test_every_changed_letter_is_refused() -> None:
    """Nobody can make another visitor's token from his own."""
    tokens = VisitorTokens([NEW])
    token, claims = tokens.fresh(7, NOW)

    for place in range(0, len(token) - 1, 3):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(Unauthorised):
            tokens.read(changed, 7, NOW)
    assert tokens.read(token, 7, NOW) == claims


def test_a_token_cannot_choose_its_algorithm() -> None:
    """`none` and any other header are refused, even where the rest is ours."""
    tokens = VisitorTokens([NEW])
    _, body, signature = tokens.fresh(7, NOW)[0].split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()

    for forged in (f"{header}.{body}.", f"{header}.{body}.{signature}", "", "..", "a.b.c", "é.é.é"):
        with pytest.raises(Unauthorised):
            tokens.read(forged, 7, NOW)


def test_a_token_ends_and_belongs_to_one_channel() -> None:
    """Over, or of another channel: not valid here."""
    tokens = VisitorTokens([NEW])
    token, _ = tokens.fresh(7, NOW)

    with pytest.raises(Unauthorised):
        tokens.read(token, 8, NOW)
    with pytest.raises(Unauthorised):
        tokens.read(token, 7, NOW + 366 * DAY)


def test_a_proven_token_keeps_the_device_and_ends_sooner() -> None:
    """After a sign-in the visitor is the customer, on the same device, for a month."""
    tokens = VisitorTokens([NEW])
    claims = tokens.fresh(7, NOW)[1]
    proven = tokens.proven(claims, "42", NOW)[1]

    assert (proven.visitor, proven.device, proven.rot) == ("u:42", claims.device, 1)
    assert proven.exp - proven.iat == PROVEN_LIFE_SECONDS


def test_a_token_is_made_anew_only_when_it_is_old() -> None:
    """A month for a visitor nobody proved, a day for a customer who proves himself again; another one at once."""
    tokens = VisitorTokens([NEW])
    claims = tokens.fresh(7, NOW)[1]
    token, proven = tokens.proven(claims, "42", NOW)

    assert token is not None
    assert tokens.renewed(claims, NOW + 30 * DAY) is None
    renewed = tokens.renewed(claims, NOW + 31 * DAY)
    assert renewed is not None
    assert tokens.read(renewed, 7, NOW + 31 * DAY).vid == claims.vid
    assert tokens.proven(proven, "42", NOW + DAY) == (None, proven)
    again, later = tokens.proven(proven, "42", NOW + 2 * DAY)
    assert again is not None
    assert later.exp > proven.exp
    other, _ = tokens.proven(proven, "43", NOW)
    assert other is not None


def test_what_is_sealed_for_one_purpose_opens_for_no_other() -> None:
    """A file reference is no upload ticket, and another visitor's is not his."""
    tokens = VisitorTokens([NEW])
    sealed = tokens.sealed("file:7:abc", b"content")

    assert tokens.opened("file:7:abc", sealed) == b"content"
    assert tokens.opened("file:7:abd", sealed) is None
    assert tokens.opened("upload", sealed) is None
    assert tokens.opened("file:7:abc", sealed + "A") is None
    assert tokens.opened("file:7:abc", "") is None
