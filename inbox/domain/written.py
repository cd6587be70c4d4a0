"""What kind of text somebody wrote: with a link, only emoji, only names of others."""

from __future__ import annotations

import re
import unicodedata

_ENDINGS = (
    "com|net|org|info|biz|io|co|me|app|shop|store|online|site|club|top|xyz|link|live|click|win|vip|ru|cn|tk|gg|ly|to"
)
_LINK = re.compile(
    # an address with its scheme; a name with a path; a name with one of the usual endings. No mail address.
    rf"https?://\S|\bwww\.\w|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:[a-z]{{2,24}}/\S|(?:{_ENDINGS})\b(?!@|\.\w))",
    re.IGNORECASE,
)
_MENTION = re.compile(r"[@\uff20][\w.\-]+")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


def has_link(text: str) -> bool:
    """Whether an address of the web stands in it, with or without `https://`."""
    return "." in text and _LINK.search(text) is not None


def only_emoji(text: str) -> bool:
    """Whether it is emoji and nothing else but blanks and punctuation."""
    if text.isascii():
        return False
    shown = [c for c in text if not c.isspace() and c not in _JOINERS]
    kinds = {unicodedata.category(c) for c in shown}
    return bool(kinds & {"So", "Sk"}) and not any(kind[0] in "LN" for kind in kinds)


def only_mentions(text: str) -> bool:
    """Whether it names others (`@somebody`) and says nothing beside."""
    if "@" not in text and "\uff20" not in text:
        return False
    rest, names = _MENTION.subn("", text)
    return names > 0 and not any(c.isalnum() or unicodedata.category(c) == "So" for c in rest)
