"""Addresses of surveys: made again alike, read back, and nobody makes one up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inbox.surveylinks import SurveyLinks

LINKS = SurveyLinks(["new key", "old key"], "https://inbox.example")


@given(st.integers(min_value=1, max_value=2**59))
def test_an_address_leads_to_its_ask(ask_id: int) -> None:
    """The same each time, and to no other."""
    token = LINKS.token(ask_id)
    assert LINKS.ask_of(token) == ask_id
    assert LINKS.url(ask_id) == f"https://inbox.example/s/{token}"
    number, _, sign = token.partition("-")
    assert LINKS.ask_of(f"{ask_id + 1:x}-{sign}") is None
    assert LINKS.ask_of(f"0{number}-{sign}") is None
    assert LINKS.ask_of(f"{number}-{sign[:-1]}") is None


@given(st.text(max_size=60))
def test_what_is_made_up_leads_nowhere(token: str) -> None:
    """Whatever stands in the address."""
    assert LINKS.ask_of(token) is None


def test_addresses_outlive_a_change_of_the_key() -> None:
    """What was sent before the installation's key was changed still works; another house's does not."""
    assert LINKS.ask_of(SurveyLinks(["old key"], "").token(7)) == 7
    assert LINKS.ask_of(SurveyLinks(["another"], "").token(7)) is None
