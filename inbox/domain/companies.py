"""Whom a contact works for, as far as his address tells."""

from __future__ import annotations

import re

from inbox.errors import Invalid

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
FREE_MAIL = frozenset(
    (
        "126.com", "163.com", "aim.com", "aol.com", "arcor.de", "bk.ru", "bluewin.ch", "cox.net", "elisanet.fi",
        "email.com", "fastmail.com", "foxmail.com", "free.fr", "freemail.gr", "freenet.de", "gmail.com", "gmx.at",
        "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.de",
        "hotmail.fr", "hotmail.gr", "icloud.com", "in.gr", "inbox.ru", "kolumbus.fi", "libero.it", "list.ru",
        "live.com", "luukku.com", "mac.com", "mail.am", "mail.com", "mail.gr", "mail.ru", "me.com", "msn.com",
        "naver.com", "orange.fr", "otenet.gr", "outlook.com", "outlook.de", "plasa.com", "posteo.de", "proton.me",
        "protonmail.com", "qq.com", "rambler.ru", "rocketmail.com", "saunalahti.fi", "suomi24.fi", "t-online.de",
        "telkom.net", "tuta.com", "tutanota.com", "vodafone.de", "web.de", "windowslive.com", "yahoo.co.id",
        "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.gr", "yandex.com", "yandex.ru", "ymail.com",
        "zoho.com",
    )
)  # fmt: skip
"""Providers of mail for everybody: an address there says nothing about where somebody works."""


def domain_of(email: str | None) -> str | None:
    """The mail domain that tells of a company; None without one, and for mail for everybody."""
    domain = (email or "").rpartition("@")[2].strip().lower()
    return domain if domain and domain not in FREE_MAIL and _DOMAIN.fullmatch(domain) else None


def domains_of(given: list[str]) -> list[str]:
    """Domains as they are kept: in small letters, each once. Raises Invalid (`domain`)."""
    found: dict[str, None] = {}
    for one in given:
        domain = one.strip().lower().removeprefix("@")
        if not _DOMAIN.fullmatch(domain):
            raise Invalid(f"{one!r} is not a domain: write it as example.com", code="domain")
        if domain in FREE_MAIL:
            raise Invalid(f"{domain} is mail for everybody: it tells of no company", code="domain")
        found[domain] = None
    return list(found)
