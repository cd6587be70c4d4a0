"""Public holidays of countries and their parts, from the `holidays` package (MIT).

Asked only when a calendar is written: the dates found are stored with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays

from inbox.errors import Invalid


def public_holidays(code: str, years: Iterable[int]) -> dict[date, str]:
    """Date → name, in order, for a country (`GR`) or a part of one (`DE-BY`). Names are in English where the package
    has them so, else in the country's language. Raises Invalid for a code it does not know.
    """
    country, _, part = code.partition("-")
    if part not in _countries().get(country, ()) and (part or country not in _countries()):
        raise Invalid(
            f"no public holidays are known for {code!r}: write a country such as GR, or a part of one such as DE-BY",
            code="holidays",
        )
    languages = holidays.list_localized_countries().get(country, [])
    found = holidays.country_holidays(
        country,
        subdiv=part or None,
        years=list(years),
        language=next((one for one in ("en_US", "en_GB", "en") if one in languages), None),
    )
    return dict(sorted(found.items()))


def known_codes() -> list[str]:
    """Every code that has public holidays: countries, and their parts."""
    parts = [(country, part) for country, known in _countries().items() if len(country) == 2 for part in ("", *known)]
    return sorted(f"{country}-{part}" if part else country for country, part in parts)


@cache
def _countries() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries())
