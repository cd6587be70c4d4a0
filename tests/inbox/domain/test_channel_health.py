"""Why a channel does not work, in one column."""

from __future__ import annotations

from typing import get_args

import pytest

from connectors.errors import SendErrorKind
from inbox.domain.channel_health import HealthCode, noted, parted


@pytest.mark.parametrize("code", sorted(get_args(HealthCode)))
@pytest.mark.parametrize("reason", ["HTTP 401: token revoked", "reached: nobody", ""])
def test_what_is_noted_is_read_again(code: HealthCode, reason: str) -> None:
    """Colons in the network's words are the network's."""
    assert parted(noted(code, reason)) == (code, reason)


def test_words_without_a_code_stay_whole() -> None:
    """So were those of before."""
    assert parted("HTTP 502: bad gateway") == ("", "HTTP 502: bad gateway")


def test_every_refusal_of_a_network_has_a_code() -> None:
    """A new kind gets one."""
    assert {kind.value for kind in SendErrorKind} <= set(get_args(HealthCode))
