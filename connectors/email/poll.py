"""Reading the mailbox: INBOX, what people sent from their own mail client, and the junk folder if wanted.

Each folder is read from its last UID with an overlap, since UIDs may become visible out of order. The cursor names the
mails of the overlap, so that nothing is downloaded twice; the dedupe key of each mail does the rest, also after a
change of UIDVALIDITY, when the folder is read again from the beginning of the channel.
"""

from __future__ import annotations

from collections.abc import Generator

import msgspec

from connectors.contract import Context
from connectors.email.headers import instant, split_headers
from connectors.email.inbound import Place, read
from connectors.email.outbound import imap_error
from connectors.email.payloads import Cursor, Folder, Mailbox, Recent, cursor, mailbox
from connectors.email.threads import message_id_of
from connectors.errors import PayloadInvalid
from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    Exchange,
    FetchedMail,
    FetchMail,
    MailFetched,
    MailRefused,
    Polled,
    TransportFailed,
    WaitForMail,
)
from connectors.inbound import AnyInbound

OVERLAP_UIDS = 50
BATCH_MAILS = 50
SAFETY_POLL_SECONDS = 300.0
"""Servers drop an IDLE connection without a word."""
IDLE_SECONDS = 540.0
"""Below the 10 minutes after which Gmail and many NATs forget it (RFC 2177 allows 29)."""
_REMEMBERED_DATES = 500
_RESTLESS_CHANGES = 3
"""So often in a row UIDVALIDITY has changed where a server makes a new one each time, so that it tells nothing."""


class _Brought:
    """What a poll gathers from all folders. A copy in Sent, which says that it is ours, goes before one in INBOX."""

    def __init__(self, dates: dict[str, int]) -> None:
        self.told: dict[Place, list[tuple[AnyInbound, bytes]]] = {"sent": [], "inbox": [], "junk": []}
        self.problems: list[tuple[str, bytes]] = []
        self.dates = dict(dates)
        self.more = False


def poll(text: str, ctx: Context) -> Exchange[Polled]:
    """What is new since the cursor. Raises SendError when INBOX cannot be read; another folder is then read later."""
    box = mailbox(ctx)
    before = cursor(text)
    since_at = before.since_at or max(1, ctx.now - box.history_seconds * 1_000_000)
    folders = dict(before.folders)
    brought = _Brought(before.dates)
    for place in _places(box):
        known = folders.get(place, Folder())
        answer = yield from _fetch(box, place, known, since_at)
        if answer:
            folders[place] = _take(answer, known, place, brought, ctx)
    dates = dict(list(brought.dates.items())[-_REMEMBERED_DATES:])
    told = [pair for pairs in brought.told.values() for pair in pairs]
    return Polled(
        inbounds=tuple(one for one, _ in told),
        cursor=msgspec.json.encode(Cursor(since_at=since_at, folders=folders, dates=dates)).decode(),
        more=brought.more,
        next_after_seconds=SAFETY_POLL_SECONDS,
        wait=WaitForMail(server=box.imap, folder="INBOX", timeout_seconds=min(IDLE_SECONDS, SAFETY_POLL_SECONDS)),
        raw=tuple(raw for _, raw in told),
        problems=tuple(brought.problems),
    )


def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """Read a mail again that was kept raw because it could not be understood. Raises PayloadInvalid when it still
    cannot.
    """
    return list(read(body, ctx))


def _places(box: Mailbox) -> tuple[Place, ...]:
    wanted: tuple[tuple[Place, bool], ...] = (("inbox", True), ("sent", box.reads_sent), ("junk", box.reads_junk))
    return tuple(place for place, is_wanted in wanted if is_wanted)


def request(box: Mailbox, place: Place, known: Folder, since_at: int) -> FetchMail:
    """What to ask of a folder. Only INBOX has a name of its own; the others are found by their special use."""
    special = {"inbox": "", "sent": "\\Sent", "junk": "\\Junk"}[place]
    restless = known.changes >= _RESTLESS_CHANGES
    return FetchMail(
        server=box.imap,
        folder={"inbox": "INBOX", "sent": "Sent", "junk": "Junk"}[place],
        uid_validity=known.uid_validity,
        after_uid=known.last_uid,
        overlap=OVERLAP_UIDS,
        known_uids=() if restless else tuple(one.uid for one in known.recent),
        since_at=since_at,
        # By then a UID may be another mail's: those of the overlap are all read again.
        limit=BATCH_MAILS + OVERLAP_UIDS if restless else BATCH_MAILS,
        special_use=special,
        by_uid_alone=restless,
    )


def _fetch(
    box: Mailbox, place: Place, known: Folder, since_at: int
) -> Generator[AnyRequest, AnyResponse, MailFetched | None]:
    try:
        answer = yield request(box, place, known, since_at)
    except (MailRefused, TransportFailed) as refused:
        if place == "inbox":
            raise imap_error(refused) from refused
        return None  # no such folder, or not now: its cursor stays where it is
    if not isinstance(answer, MailFetched):
        raise TypeError(f"FetchMail was answered with {type(answer).__name__}")
    return answer


def _take(answer: MailFetched, known: Folder, place: Place, brought: _Brought, ctx: Context) -> Folder:
    """Read the mails of a folder and say how far it has been read."""
    # UIDs far below those before are of another server that happens to have the same UIDVALIDITY.
    is_moved = answer.highest_uid <= known.last_uid - OVERLAP_UIDS
    same = answer.uid_validity == known.uid_validity and not is_moved
    recent = list(known.recent) if same else []
    done = {one.uid for one in recent}
    for mail in answer.mails:
        if mail.uid not in done:
            recent.append(Recent(mail.uid, _read_one(mail, place, brought, ctx)))
    before = known.last_uid if same else 0
    read_to = max((m.uid for m in answer.mails), default=answer.highest_uid)
    last = max(before, read_to if answer.more else max(read_to, answer.highest_uid))
    brought.more |= answer.more and (last > before or bool(answer.mails))
    kept = sorted((one for one in recent if one.uid > last - OVERLAP_UIDS), key=lambda one: one.uid)
    changes = 0 if same or known == Folder() else known.changes + 1
    return Folder(uid_validity=answer.uid_validity, last_uid=last, recent=tuple(kept), changes=changes)


def _read_one(mail: FetchedMail, place: Place, brought: _Brought, ctx: Context) -> str:
    """Add what a mail tells to what was brought and return its Message-ID, empty when there is none."""
    if not mail.message:
        why = f"{place} uid {mail.uid}: the mail server refuses to give this mail"
        # Quarantine knows a body that it has seen: two such mails are two.
        brought.problems.append((why, why.encode()))
        return ""
    try:
        told = read(mail.message, ctx, place=place, internal_at=mail.internal_at or None, dates=brought.dates)
    except PayloadInvalid as invalid:
        brought.problems.append((f"{place} uid {mail.uid}: {invalid}", mail.message))
        return ""
    headers = split_headers(mail.message)[0]
    message_id = message_id_of(headers)
    if message_id:
        brought.dates.setdefault(message_id, instant(headers.raw("date")) or 0)
    brought.told[place] += [(one, mail.message) for one in told]
    return message_id
