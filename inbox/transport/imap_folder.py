"""What is asked of one IMAP folder. The functions block: they run in a thread, on a connection that is signed in."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import imapclient

from connectors.exchange import FetchedMail, FetchMail, MailFetched, MailStored, StoreMail

_SEARCH_UIDS = 50_000
"""UIDs asked for at once: imaplib gives up at a line of a million bytes, which some 100,000 long UIDs fill."""
_DATED_UIDS = 500
"""UIDs whose dates are asked for at once: Exchange takes command lines of 10,240 bytes, which 1,500 UIDs fill."""
_BATCH_BYTES = 4_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_USUAL_NAMES: dict[str, frozenset[str]] = {
    # What programs and providers call it, for servers that mark no folder (Courier, Exchange on the premises).
    "\\sent": frozenset({
        "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete objekte", "gesendete elemente",
        "éléments envoyés", "envoyés", "messages envoyés", "elementos enviados", "enviados", "itens enviados",
        "posta inviata", "inviata", "verzonden items", "verzonden", "skickat", "sendt", "elementy wysłane", "wysłane",
        "odeslaná pošta", "отправленные", "送信済みアイテム", "已发送邮件", "已发送",
    }),
    "\\junk": frozenset({
        "junk", "junk e-mail", "junk email", "junk mail", "spam", "bulk mail", "junk-e-mail", "courrier indésirable",
        "correo no deseado", "lixo eletrônico", "posta indesiderata", "ongewenste e-mail", "спам", "迷惑メール",
    }),
}  # fmt: skip
_NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|SERVERBUG|INUSE|LIMIT)\]|throttl|too many|try again", re.IGNORECASE)
"""A refusal that says nothing of the mail asked for (RFC 5530 3, and in words of Microsoft's)."""
_APPENDED = re.compile(rb"APPENDUID \d+ (\d+)")


def fetch(client: imapclient.IMAPClient, request: FetchMail) -> MailFetched:
    """Read what is new, oldest first, as FetchMail says.

    `max_bytes` bounds the mails of one answer together, so that memory is bounded; one that is larger alone is cut to
    its first `max_bytes`, never left out. `since_at` keeps out what is older only where a first fetch would have: not
    what came into the folder later, such as a mail moved out of Junk.
    """
    folder = find_folder(client, request.folder, request.special_use)
    state = client.select_folder(folder, readonly=True)
    uid_validity = int(state.get(b"UIDVALIDITY", 0))
    first = uid_validity != request.uid_validity or request.uid_validity == 0
    after = 0 if first else request.after_uid
    start = 1 if first else max(1, after - request.overlap + 1)
    next_uid = int(state.get(b"UIDNEXT", 0))
    known = set() if first else set(request.known_uids)
    wanted: list[int] = []
    highest = max(after, next_uid - 1)
    for uids in _search(client, start, next_uid, request.since_at if first else None):
        highest = max(highest, *uids) if uids else highest
        unknown = [uid for uid in uids if uid not in known]
        for at in range(0, len(unknown), _DATED_UIDS):
            wanted += _not_too_old(client, unknown[at : at + _DATED_UIDS], after, request.since_at)
            if len(wanted) > request.limit:
                break
        if len(wanted) > request.limit:
            break
    mails, taken = _download(client, wanted[: request.limit], request.max_bytes)
    more = taken < len(wanted)
    return MailFetched(
        uid_validity=uid_validity,
        mails=tuple(mails),
        highest_uid=max(after, wanted[taken - 1] if taken else after) if more else highest,
        more=more,
        folder=folder,
    )


def store(client: imapclient.IMAPClient, request: StoreMail, message: bytes) -> MailStored:
    """Append `message`, read already, to a folder (made if it is not there), or set a flag on the mail `uid`."""
    folder = find_folder(client, request.folder, request.special_use)
    if not message:
        client.select_folder(folder)
        client.add_flags([request.uid], [request.flag], silent=True)
        return MailStored(uid=request.uid)
    flags = [request.flag or "\\Seen"]
    try:
        said = client.append(folder, message, flags)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as no:
        if "TRYCREATE" not in str(no):
            raise
        client.create_folder(folder)
        client.subscribe_folder(folder)
        said = client.append(folder, message, flags)
    uid = _APPENDED.search(said or b"")
    return MailStored(uid=int(uid[1]) if uid else 0)


def find_folder(client: imapclient.IMAPClient, name: str, special_use: str) -> str:
    """The folder with a special use (RFC 6154); where none is marked so, the one of that name or of a usual one."""
    if not special_use:
        return name
    folders = [(flags, delimiter or b"", str(folder)) for flags, delimiter, folder in client.list_folders()]
    wanted = special_use.lower().encode()
    for flags, _, folder in folders:
        if wanted in (flag.lower() for flag in flags):
            return folder
    usual = _USUAL_NAMES.get(special_use.lower(), frozenset())
    called = [folder for _, delimiter, folder in folders if _own_name(folder, delimiter.decode("latin-1")) in usual]
    return name if name in called else next(iter(called), name)


def _own_name(folder: str, delimiter: str) -> str:
    """The name of a folder at the top, or right below INBOX where all others are (Courier); empty for a deeper one."""
    above, _, name = folder.rpartition(delimiter) if delimiter else ("", "", folder)
    return name.casefold() if above.upper() in {"", "INBOX"} else ""


def _search(client: imapclient.IMAPClient, start: int, next_uid: int, since_at: int | None) -> Iterator[list[int]]:
    """UIDs from `start` on, ascending, in windows."""
    since: list[object] = []
    if since_at is not None:
        # SEARCH knows days only, and in which zone is the server's affair: `_not_too_old` looks closely.
        since = ["SINCE", (_EPOCH + timedelta(microseconds=since_at) - timedelta(days=1)).date()]
    while True:
        is_last = next_uid - start <= _SEARCH_UIDS
        end = "*" if is_last else str(start + _SEARCH_UIDS - 1)
        found = client.search(["UID", f"{start}:{end}", *since])
        # `n:*` names the last mail even when its UID is below n (RFC 3501 6.4.8).
        yield sorted(uid for uid in found if uid >= start)
        if is_last:
            return
        start += _SEARCH_UIDS


def _not_too_old(client: imapclient.IMAPClient, uids: list[int], after: int, since_at: int | None) -> list[int]:
    """Without those that a first fetch bounded by `since_at` leaves out: at or below `after`, or all in a first one."""
    suspects = [uid for uid in uids if uid <= after or after == 0]
    if since_at is None or not suspects:
        return uids
    dates = client.fetch(suspects, ["INTERNALDATE"])
    old = {uid for uid in suspects if _micros(dates.get(uid, {}).get(b"INTERNALDATE")) < since_at}
    return [uid for uid in uids if uid not in old]


def _download(client: imapclient.IMAPClient, uids: list[int], max_bytes: int) -> tuple[list[FetchedMail], int]:
    """The mails, and how many of `uids` were dealt with before `max_bytes` were full; at least one is."""
    facts = client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
    mails: list[FetchedMail] = []
    dealt_with = 0
    for batch in _batches(uids, {uid: int(facts.get(uid, {}).get(b"RFC822.SIZE", 0)) for uid in uids}, max_bytes):
        found, done = _bodies(client, batch, max_bytes, is_first=not dealt_with)
        mails += found
        dealt_with += done
        if done < len(batch):
            break
    return mails, dealt_with


def _batches(uids: list[int], sizes: dict[int, int], max_bytes: int) -> Iterator[list[int]]:
    """What is asked for in one command each, until `max_bytes` are full; the first mail is asked for in any case."""
    batch: list[int] = []
    room = batch_bytes = 0
    for uid in uids:
        if room and room + sizes[uid] > max_bytes:
            break
        if batch and batch_bytes + sizes[uid] > _BATCH_BYTES:
            yield batch
            batch, batch_bytes = [], 0
        batch.append(uid)
        batch_bytes += sizes[uid]
        room += sizes[uid]
    if batch:
        yield batch


def _bodies(
    client: imapclient.IMAPClient, uids: list[int], max_bytes: int, *, is_first: bool
) -> tuple[list[FetchedMail], int]:
    """The mails and how many of `uids` were dealt with: all, or less where the server begins to refuse.

    What it refuses together is asked for one by one. A mail that it refuses while it gives a later one is broken: it
    comes empty, so that it is told of and does not block the folder. Without a later one, the server may refuse
    everything by now (a rate limit): such mails wait, and when nothing was read before, the refusal is raised.
    """
    try:
        return _fetched(client, uids, max_bytes), len(uids)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refused:
        refusal = refused
    found: list[FetchedMail] = []
    dealt_with = 0
    for at, uid in enumerate(uids):
        try:
            mails = _fetched(client, [uid], max_bytes)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as no:
            if _NOT_NOW.search(str(no)):
                break
            continue
        found += [
            FetchedMail(uid=broken, internal_at=0, flags=(), message=b"") for broken in uids[dealt_with:at]
        ] + mails
        dealt_with = at + 1
    if is_first and not dealt_with:
        raise refusal
    return found, dealt_with


def _fetched(client: imapclient.IMAPClient, uids: list[int], max_bytes: int) -> list[FetchedMail]:
    # Asking for a part of the bytes bounds memory whatever RFC822.SIZE said; PEEK leaves \\Seen alone.
    found = client.fetch(uids, ["INTERNALDATE", "FLAGS", f"BODY.PEEK[]<0.{max_bytes}>"]) if uids else {}
    mails: list[FetchedMail] = []
    for uid in uids:
        said = found.get(uid, {})
        # Some servers do not say that it is a part when it is all.
        message = said.get(b"BODY[]<0>", said.get(b"BODY[]"))
        if message is not None:
            flags = tuple(flag.decode("ascii", "replace") for flag in said.get(b"FLAGS", ()))
            at = _micros(said.get(b"INTERNALDATE"))
            mails.append(FetchedMail(uid=uid, internal_at=at, flags=flags, message=message))
    return mails


def _micros(moment: datetime | None) -> int:
    """µs since the epoch; 0 when the server gave no INTERNALDATE."""
    return 0 if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
