"""The mails by which people get in, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import structlog

from inbox.api.deps import Deps
from inbox.domain.records import Agent
from inbox.errors import Unavailable

log = structlog.get_logger(__name__)


class Letter(NamedTuple):
    """A mail with a link."""

    subject: str
    text: str
    """With places for `{name}` and `{link}`."""


class Letters(NamedTuple):
    """What is said in one language."""

    invitation: Letter
    reset: Letter


def _letter(subject: str, *paragraphs: str) -> Letter:
    return Letter(subject, "\n\n".join(paragraphs) + "\n")


LANGUAGES: Mapping[str, Letters] = {
    "en": Letters(
        _letter(
            "Your account in the inbox",
            "Hello {name},", "an account was made for you. Choose a password here:", "{link}",
            "The link works once, for 24 hours.",
        ),
        _letter(
            "A new password for the inbox",
            "Hello {name},", "choose a new password here:", "{link}", "The link works once, for one hour.",
        ),
    ),
    "de": Letters(
        _letter(
            "Ihr Konto in der Inbox",
            "Guten Tag {name},", "für Sie wurde ein Konto angelegt. Wählen Sie hier ein Passwort:", "{link}",
            "Der Link gilt einmal, 24 Stunden lang.",
        ),
        _letter(
            "Ein neues Passwort für die Inbox",
            "Guten Tag {name},", "wählen Sie hier ein neues Passwort:", "{link}",
            "Der Link gilt einmal, eine Stunde lang.",
        ),
    ),
    "el": Letters(
        _letter(
            "Ο λογαριασμός σας στο inbox",
            "Γεια σας {name},", "δημιουργήθηκε λογαριασμός για εσάς. Διαλέξτε κωδικό εδώ:", "{link}",
            "Ο σύνδεσμος ισχύει για μία φορά, επί 24 ώρες.",
        ),
        _letter(
            "Νέος κωδικός για το inbox",
            "Γεια σας {name},", "διαλέξτε νέο κωδικό εδώ:", "{link}", "Ο σύνδεσμος ισχύει για μία φορά, επί μία ώρα.",
        ),
    ),
    "fi": Letters(
        _letter(
            "Tilisi inboxissa",
            "Hei {name},", "sinulle on luotu tili. Valitse salasana täällä:", "{link}",
            "Linkki toimii kerran, 24 tunnin ajan.",
        ),
        _letter(
            "Uusi salasana inboxiin",
            "Hei {name},", "valitse uusi salasana täällä:", "{link}", "Linkki toimii kerran, tunnin ajan.",
        ),
    ),
    "hy": Letters(
        _letter(
            "Ձեր հաշիվը inbox-ում",
            "Բարև ձեզ, {name},", "ձեզ համար հաշիվ է ստեղծվել։ Ընտրեք գաղտնաբառ այստեղ՝", "{link}",
            "Հղումը գործում է մեկ անգամ՝ 24 ժամվա ընթացքում։",
        ),
        _letter(
            "Նոր գաղտնաբառ inbox-ի համար",
            "Բարև ձեզ, {name},", "ընտրեք նոր գաղտնաբառ այստեղ՝", "{link}",
            "Հղումը գործում է մեկ անգամ՝ մեկ ժամվա ընթացքում։",
        ),
    ),
    "id": Letters(
        _letter(
            "Akun Anda di Inbox",
            "Halo {name},", "sebuah akun telah dibuat untuk Anda. Pilih kata sandi di sini:", "{link}",
            "Tautan ini berlaku satu kali, selama 24 jam.",
        ),
        _letter(
            "Kata sandi baru untuk Inbox",
            "Halo {name},", "pilih kata sandi baru di sini:", "{link}",
            "Tautan ini berlaku satu kali, selama satu jam.",
        ),
    ),
}  # fmt: skip


def letters_of(locale: str | None) -> Letters:
    """Those of a locale such as `el-GR`; English where there are none."""
    return LANGUAGES.get((locale or "en").split("-")[0].lower(), LANGUAGES["en"])


def address_of_link(deps: Deps, token: str) -> str:
    """Where a link leads: a page of the web app."""
    return f"{deps.settings.address}/links/{token}"


async def mail_or_show(
    deps: Deps, agent: Agent, kind: Literal["invitation", "reset"], token: str, *, by: int | None
) -> tuple[str | None, str | None]:
    """Mail a link to its agent, in the language of the agent `by` while he has none of his own. Returns the link where
    it is to be shown instead, and why it could not be mailed.
    """
    try:
        mailed = await mail_link(deps, agent, kind, token, by=by)
    except Unavailable as problem:
        # What was asked for is done: only the link has to find another way.
        log.warning("link_not_mailed", code=problem.code)
        return address_of_link(deps, token), problem.detail
    return (None if mailed else address_of_link(deps, token)), None


async def mail_link(
    deps: Deps, agent: Agent, kind: Literal["invitation", "reset"], token: str, *, by: int | None = None
) -> bool:
    """Mail a link to its agent. False: there is no MAIL_URL. Raises Unavailable."""
    if deps.mail is None:
        return False
    asking = deps.directory.agents.get(by) if by is not None else None
    letters = letters_of(agent.locale or (asking.locale if asking is not None else None))
    letter = letters.invitation if kind == "invitation" else letters.reset
    await deps.mail(agent.email, letter.subject, letter.text.format(name=agent.name, link=address_of_link(deps, token)))
    return True
