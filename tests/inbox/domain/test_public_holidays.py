"""Public holidays of places."""

from __future__ import annotations

from datetime import date

import pytest

from inbox.domain.public_holidays import known_codes, public_holidays
from inbox.errors import Invalid


def test_holidays_are_those_of_the_place() -> None:
    """Bavaria keeps Epiphany, Berlin does not."""
    epiphany = date(2026, 1, 6)
    assert public_holidays("DE-BY", [2026])[epiphany] == "Epiphany"
    assert epiphany not in public_holidays("DE-BE", [2026])
    assert {"GR", "ID", "AM", "FI", "DE-BY"} <= set(known_codes())


@pytest.mark.parametrize("code", ["XX", "DE-QQ", ""])
def test_an_unknown_place_is_refused_with_the_remedy(code: str) -> None:
    """A typing error must not become a calendar without holidays."""
    with pytest.raises(Invalid, match="write a country"):
        public_holidays(code, [2026])
