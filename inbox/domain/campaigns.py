"""Campaigns: which of them a text belongs to by its hashtags. What hangs on a post belongs to the post's campaign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

_HASHTAG = re.compile(r"[#\uff03]([^\W_](?:\w|\u200c)*)")


class CampaignFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions need to know of a campaign that has hashtags."""

    id: int
    hashtags: frozenset[str]
    starts_at: int | None
    ends_at: int | None

    def runs(self, at: int) -> bool:
        """Whether it runs at an instant; a campaign without dates always does."""
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)


def hashtag(written: str) -> str:
    """A hashtag as it is compared: without its sign, in one form and case."""
    return unicodedata.normalize("NFKC", written.strip().lstrip("#\uff03")).casefold()


def named_in(campaigns: Iterable[CampaignFacts], text: str, at: int) -> int | None:
    """The oldest campaign that runs at an instant and one of whose hashtags stands in the text; None without one."""
    if not campaigns or ("#" not in text and "\uff03" not in text):
        return None
    found = {hashtag(one) for one in _HASHTAG.findall(text)}
    return min((c.id for c in campaigns if c.runs(at) and not found.isdisjoint(c.hashtags)), default=None)
