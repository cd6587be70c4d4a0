"""Prepared answers: which wording fits a conversation, with what its channel always says at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from inbox.domain.records import Canned

Audience = Literal["public", "private"]


class Variant(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The same answer in another language, or for another audience; None: for any."""

    text: str
    language: str | None = None
    audience: Audience | None = None


_variants = msgspec.json.Decoder(list[Variant]).decode
_encode = msgspec.json.Encoder().encode


def variants_of(canned: Canned) -> list[Variant]:
    """The variants beside the answer's own words."""
    return _variants(canned.variants) if canned.variants else []


def written(variants: Sequence[Variant]) -> str:
    """Variants as the row holds them."""
    return _encode(list(variants)).decode() if variants else ""


def wording(canned: Canned, language: str | None, audience: str | None) -> str:
    """The words for a language and an audience. What names another language or audience is left out; of the rest the
    one that names the language goes before the one that names the audience; the answer's own words come last.
    """
    own = Variant(canned.text, canned.language)
    fitting = [one for one in variants_of(canned) if _fits(one.language, language) and _fits(one.audience, audience)]
    return max([*fitting, own], key=lambda one: _closeness(one, language)).text


def _fits(asked: str | None, found: str | None) -> bool:
    return asked is None or asked == found


def _closeness(one: Variant, language: str | None) -> tuple[bool, bool]:
    return one.language is not None and one.language == language, one.audience is not None


def signed(text: str, sign_off: str) -> str:
    """The text with the channel's last line, unless that stands there already."""
    ending = sign_off.strip()
    if not ending or text.rstrip().endswith(ending):
        return text
    return f"{text.rstrip()}\n{ending}"
