"""Context links: what an admin may write as an address, and how the numbers look that become one.

A mask is no regular expression: `#` stands for a digit, `@` for a letter of A to Z, all else for itself. It is matched
in one pass, whatever it and the text say.
"""

from __future__ import annotations

import re

from inbox.errors import Invalid

PLACES = ("email", "phone", "name", "external_id", "order", "contact_id")
SCHEMES = ("https", "mailto", "tel", "sip", "callto", "skype")
"""What an address may begin with: the web in private, and programs that call or write."""
MAX_MASK = 40
_PLACE = re.compile(r"\{([^{}]*)\}")
_MASK = re.compile(r"[A-Za-z0-9#@\-_/.]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
_HOST = re.compile(r"https://[A-Za-z0-9.\-]+(:\d{1,5})?(?=[/?#]|$)")


def check_template(template: str) -> None:
    """Raises Invalid (`template`) for an address that is none, names a place there is none of, or lets what a customer
    wrote choose where it leads.
    """
    scheme = _SCHEME.match(template)
    if scheme is None or scheme[1] not in SCHEMES:
        raise _wrong(f"an address begins with one of {', '.join(SCHEMES)}, not {template[:20]!r}")
    if any(char.isspace() or not char.isprintable() for char in template):
        raise _wrong("an address has no blanks: write %20")
    if scheme[1] == "https" and not _HOST.match(template):
        raise _wrong("the host stands in the address as it is: places such as {email} come after it")
    places = _PLACE.findall(template)
    unknown = next((place for place in places if place not in PLACES), None)
    if unknown is not None:
        raise _wrong(f"there is no {{{unknown}}}: take one of {', '.join(PLACES)}")
    if "{" in _PLACE.sub("", template) or "}" in _PLACE.sub("", template):
        raise _wrong("a brace stands alone: places are written as {email}")


def check_mask(mask: str, template: str) -> None:
    """Raises Invalid (`mask`) for a mask that is none, that `{order}` asks for in vain, or that fills nothing."""
    if not mask:
        if "{order}" in template:
            raise Invalid("{order} needs a mask, such as AB-######: how the numbers look", code="mask")
        return
    if "{order}" not in template:
        raise Invalid("a mask is for addresses with {order}", code="mask")
    if len(mask) > MAX_MASK or not _MASK.fullmatch(mask):
        raise Invalid(f"a mask has up to {MAX_MASK} letters, digits, #, @ and - _ / .", code="mask")
    if mask.count("#") + mask.count("@") < 3:
        raise Invalid("a mask with fewer than three # or @ would find what is no number of yours", code="mask")


def _wrong(said: str) -> Invalid:
    return Invalid(said, code="template")
