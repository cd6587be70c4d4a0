"""What is asked of one IMAP folder. The functions block: they run in a thread, on a connection that is signed in."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import imapclient

from connectors.exchange import FetchMail, MailFetched, MailStored, StoreMail
from inbox.clock import SECOND
from inbox.transport.imap_download import Breaking, Download, micros

_SEARCH_UIDS = 50_000
"""UIDs asked for at once: imaplib gives up at a line of a million bytes, which some 100,000 long UIDs fill."""
_DATED_UIDS = 500
"""UIDs whose dates are asked for at once: Exchange takes command lines of 10,240 bytes, which 1,500 UIDs fill."""
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
_APPENDED = re.compile(rb"APPENDUID \d+ (\d+)")


def fetch(
    client: imapclient.IMAPClient, request: FetchMail, breaking: Breaking, progress: Callable[[], None]
) -> MailFetched:
    """Read what is new, oldest first, as FetchMail says. `progress` is called whenever some of it has come.

    `max_bytes` bounds the mails of one answer together, so that memory is bounded; one that is larger alone is cut to
    its first `max_bytes`, never left out. `since_at` keeps out what is older only where a first fetch would have: not
    what came into the folder later, such as a mail moved out of Junk.
    """
    folder = find_folder(client, request.folder, request.special_use)
    state = client.select_folder(folder, readonly=True)
    uid_validity = int(state.get(b"UIDVALIDITY", 0))
    next_uid = int(state.get(b"UIDNEXT", 0))
    first = _begins_anew(request, uid_validity, next_uid)
    after = 0 if first else request.after_uid
    if request.by_uid_alone and next_uid:
        after = min(after, next_uid - 1)
    start = 1 if first else max(1, after - request.overlap + 1)
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
    mails, taken = Download(client, request.max_bytes, breaking, progress).of(wanted[: request.limit])
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
    if request.unless_id and (found := _with_id(client, folder, request)):
        return MailStored(uid=found)
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


def _begins_anew(request: FetchMail, uid_validity: int, next_uid: int) -> bool:
    """Whether the folder is read from its start: for the first time, or because its UIDs are others than before."""
    if request.by_uid_alone:
        return not request.after_uid
    if uid_validity != request.uid_validity:
        return True
    # UIDNEXT never falls, but on another server that happens to have the same UIDVALIDITY. Where it falls by a little,
    # as on servers that forget what was removed, the overlap finds what comes.
    if 0 < next_uid <= request.after_uid - request.overlap:
        return True
    # Without UIDVALIDITY, which some servers do not have, only the last UID tells a folder that was read.
    return not (request.uid_validity or request.after_uid)


def _with_id(client: imapclient.IMAPClient, folder: str, request: StoreMail) -> int:
    """The UID of the mail with `unless_id`; 0 where there is none."""
    if not client.folder_exists(folder):
        return 0
    client.select_folder(folder, readonly=True)
    # Only so far back: some servers open every mail to look into its header.
    found = client.search([*_since(request.since_at), "HEADER", "Message-ID", request.unless_id])
    return max(found, default=0)


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
    # SEARCH knows days only, and in which zone is the server's affair: `_not_too_old` looks closely.
    since = [] if since_at is None else _since(since_at)
    while True:
        is_last = next_uid - start <= _SEARCH_UIDS
        end = "*" if is_last else str(start + _SEARCH_UIDS - 1)
        found = client.search(["UID", f"{start}:{end}", *since])
        # `n:*` names the last mail even when its UID is below n (RFC 3501 6.4.8).
        yield sorted(uid for uid in found if uid >= start)
        if is_last:
            return
        start += _SEARCH_UIDS


def _since(at: int) -> list[object]:
    """The criterion for what came at an instant (µs) or later, and perhaps up to two days before."""
    return ["SINCE", (datetime.fromtimestamp(at // SECOND, UTC) - timedelta(days=1)).date()]


def _not_too_old(client: imapclient.IMAPClient, uids: list[int], after: int, since_at: int | None) -> list[int]:
    """Without those that a first fetch bounded by `since_at` leaves out: at or below `after`, or all in a first one."""
    suspects = [uid for uid in uids if uid <= after or after == 0]
    if since_at is None or not suspects:
        return uids
    dates = client.fetch(suspects, ["INTERNALDATE"])
    # 0 is a date that the server does not know or writes its own way: no reason to leave a mail out.
    old = {uid for uid in suspects if 0 < micros(dates.get(uid, {}).get(b"INTERNALDATE")) < since_at}
    return [uid for uid in uids if uid not in old]
