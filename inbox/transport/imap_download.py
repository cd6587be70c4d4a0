"""Loading mails out of an open IMAP folder: in portions that fit the line, past mails that the server cannot give.

The functions block: they run in a thread, on a connection that has selected the folder.
"""

from __future__ import annotations

import imaplib
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import imapclient

from connectors.exchange import FetchedMail

_FIRST_BYTES = 500_000
"""Asked for in the first command. Each command has the same time, so that a slow line is asked for less in each."""
_LEAST_BYTES = 50_000
_BATCH_BYTES = 4_000_000
_QUICK_SECONDS = 10.0
"""What took longer is asked for in smaller portions."""
_READ_SECONDS = 90.0
"""A server so slow that it takes longer for a few mails gives what it has: the rest is asked for next time."""
_MAIL_SECONDS = 1_800.0
"""A mail that takes longer is cut to what has come of it, so that it does not keep back those behind it for ever."""
_BROKE_TOO_OFTEN = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|SERVERBUG|INUSE|LIMIT)\]|throttl|too many|try again", re.IGNORECASE)
"""A refusal that says nothing of the mail asked for (RFC 5530 3, and in words of Microsoft's)."""


class Breaking:
    """Mails of one folder at which connections ended, kept from one connection to the next.

    Such mails are asked for one by one, and after some times behind all others: where the connection ends at one of
    them right after the server gave the others, it is the mail's fault and not the line's.
    """

    def __init__(self) -> None:
        self._asked: tuple[int, ...] = ()
        self._times: dict[int, int] = {}
        self._gave_others = False
        self._hopeless: set[int] = set()

    def begin(self) -> None:
        """On a connection that has given nothing yet."""
        self._asked = ()
        self._gave_others = False

    def asked(self, uids: Sequence[int]) -> None:
        """These mails are asked for now."""
        self._asked = tuple(uids)

    def answered(self) -> None:
        """The server answered, with the mails or a refusal."""
        for uid in self._asked:
            self._times.pop(uid, None)
        self._asked = ()

    def gave_others(self) -> None:
        """All that is asked for from here on has been asked for in vain before, and the rest was given."""
        self._gave_others = True

    def broke(self) -> None:
        """The connection ended."""
        for uid in self._asked:
            self._times[uid] = self._times.get(uid, 0) + 1
        if self._gave_others:
            self._hopeless.update(self._asked)

    def is_suspect(self, uid: int) -> bool:
        """Whether it is to be asked for alone."""
        return uid in self._times

    def comes_last(self, uid: int) -> bool:
        """Whether it is to be asked for behind all others."""
        return self._times.get(uid, 0) >= _BROKE_TOO_OFTEN

    def is_hopeless(self, uid: int) -> bool:
        """Whether the server cannot give it."""
        return uid in self._hopeless


class Download:
    """One answer's worth of mails."""

    def __init__(
        self, client: imapclient.IMAPClient, max_bytes: int, breaking: Breaking, progress: Callable[[], None]
    ) -> None:
        self._client = client
        self._max_bytes = max_bytes
        self._breaking = breaking
        self._progress = progress
        self._portion = _FIRST_BYTES
        self._sizes: dict[int, int] = {}

    def of(self, uids: list[int]) -> tuple[list[FetchedMail], int]:
        """The mails, and how many of `uids` were dealt with before `max_bytes` were full; at least one is."""
        if not uids:
            return [], 0
        facts = self._client.fetch(uids, ["RFC822.SIZE"])
        self._sizes = {uid: int(facts.get(uid, {}).get(b"RFC822.SIZE") or 0) for uid in uids}
        asked = [uid for uid in uids if not self._breaking.is_hopeless(uid)]
        first = [uid for uid in asked if not self._breaking.comes_last(uid)]
        last = [uid for uid in asked if uid not in first]
        if last and not first:
            # There is no other mail by which to tell whether it is the line's fault.
            mails, _ = self._in_batches(last[:1])
            end = last[0]
        else:
            mails, dealt_with = self._in_batches(first)
            end = first[dealt_with - 1] if dealt_with < len(first) else uids[-1]
            self._breaking.gave_others()
            for uid in last:
                mails += self._in_batches([uid])[0] if uid <= end else []
        mails += [_empty(uid) for uid in uids if uid <= end and self._breaking.is_hopeless(uid)]
        return sorted(mails, key=lambda mail: mail.uid), sum(uid <= end for uid in uids)

    def _in_batches(self, uids: list[int]) -> tuple[list[FetchedMail], int]:
        mails: list[FetchedMail] = []
        dealt_with = room = 0
        until = time.monotonic() + _READ_SECONDS
        while dealt_with < len(uids) and not (dealt_with and time.monotonic() > until):
            batch = self._batch(uids[dealt_with:], room)
            if not batch:
                break
            began = time.monotonic()
            found, done = self._bodies(batch, is_first=not dealt_with)
            self._learn(time.monotonic() - began)
            mails += found
            dealt_with += done
            room += sum(self._sizes[uid] for uid in batch)
            if done < len(batch):
                break
        return mails, dealt_with

    def _batch(self, uids: list[int], room: int) -> list[int]:
        """What is asked for in one command; nothing when `max_bytes` are full. The first mail is in any case."""
        batch: list[int] = []
        batch_bytes = 0
        for uid in uids:
            size = self._sizes[uid]
            if (room or batch_bytes) and room + batch_bytes + size > self._max_bytes:
                break
            if batch and (batch_bytes + size > self._portion or self._breaking.is_suspect(uid)):
                break
            batch.append(uid)
            batch_bytes += size
            if self._breaking.is_suspect(uid):
                break
        return batch

    def _learn(self, seconds: float) -> None:
        """Ask for more at once where it goes quickly, for less where it does not."""
        factor = 2.0 if seconds < _QUICK_SECONDS else 0.5
        self._portion = min(_BATCH_BYTES, max(_LEAST_BYTES, round(self._portion * factor)))

    def _bodies(self, uids: list[int], *, is_first: bool) -> tuple[list[FetchedMail], int]:
        """The mails and how many of `uids` were dealt with: all, or less where the server begins to refuse.

        What it refuses together is asked for one by one. A mail that it refuses while it gives a later one is broken:
        it comes empty, so that it is told of and does not block the folder. Without a later one, the server may refuse
        everything by now (a rate limit): such mails wait, and when nothing was read before, the refusal is raised.
        """
        try:
            return self._fetched(uids), len(uids)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refused:
            refusal = refused
        found: list[FetchedMail] = []
        dealt_with = 0
        for at, uid in enumerate(uids):
            try:
                mails = self._fetched([uid])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as no:
                if _NOT_NOW.search(str(no)):
                    break
                continue
            found += [_empty(broken) for broken in uids[dealt_with:at]] + mails
            dealt_with = at + 1
        if is_first and not dealt_with:
            raise refusal
        return found, dealt_with

    def _fetched(self, uids: list[int]) -> list[FetchedMail]:
        if len(uids) == 1 and self._sizes[uids[0]] > self._portion:
            return self._in_pieces(uids[0])
        mails: list[FetchedMail] = []
        found = self._asked_for(uids, 0, self._max_bytes)
        self._breaking.answered()
        for uid in uids:
            said = found.get(uid, {})
            content = _content(said, 0)
            if content is not None:
                mails.append(_mail(uid, said, content))
        return mails

    def _in_pieces(self, uid: int) -> list[FetchedMail]:
        """One large mail."""
        pieces: list[bytes] = []
        at = 0
        facts: dict[bytes, object] = {}
        until = time.monotonic() + _MAIL_SECONDS
        while at < self._max_bytes and not (pieces and time.monotonic() > until):
            wanted = min(self._portion, self._max_bytes - at)
            began = time.monotonic()
            said = self._asked_for([uid], at, wanted).get(uid, {})
            self._learn(time.monotonic() - began)
            piece = _content(said, at)
            if piece is None and not pieces:
                break  # removed meanwhile
            facts = facts or said
            pieces.append(piece or b"")
            at += len(piece or b"")
            # RFC822.SIZE may be wrong: a piece that is short ends the mail only where the size says so too.
            if not piece or b"BODY[]" in said or (len(piece) < wanted and at >= self._sizes[uid]):
                break
        self._breaking.answered()
        return [_mail(uid, facts, b"".join(pieces))] if pieces else []

    def _asked_for(self, uids: list[int], at: int, count: int) -> dict[int, dict[bytes, object]]:
        # Asking for a part of the bytes bounds memory whatever RFC822.SIZE said; PEEK leaves \\Seen alone.
        self._breaking.asked(uids)
        try:
            found = self._client.fetch(uids, ["INTERNALDATE", "FLAGS", f"BODY.PEEK[]<{at}.{count}>"])
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            self._breaking.answered()
            raise
        self._progress()
        return dict(found)


def _content(said: dict[bytes, object], at: int) -> bytes | None:
    """The bytes from `at` on, empty for NIL: the mail is there, and the server cannot give it. None: no such mail."""
    # Some servers do not say that it is a part when it is all.
    found_as = next((name for name in (b"BODY[]<%d>" % at, b"BODY[]") if name in said), None)
    if found_as is None:
        return None
    content = said[found_as]
    return content if isinstance(content, bytes) else b""


def _mail(uid: int, said: dict[bytes, object], message: bytes) -> FetchedMail:
    given = said.get(b"FLAGS") or ()
    flags = given if isinstance(given, tuple | list) else ()
    at = said.get(b"INTERNALDATE")
    return FetchedMail(
        uid=uid,
        internal_at=micros(at if isinstance(at, datetime) else None),
        flags=tuple(str(flag, "ascii", "replace") for flag in flags if isinstance(flag, bytes)),
        message=message,
    )


def _empty(uid: int) -> FetchedMail:
    return FetchedMail(uid=uid, internal_at=0, flags=(), message=b"")


def micros(moment: datetime | None) -> int:
    """µs since the epoch; 0 when the server gave no INTERNALDATE."""
    if moment is None:
        return 0
    try:
        since = moment - _EPOCH
    except ValueError:  # a zone of more than a day, which no place has: the rest of it is off by hours at most
        since = moment.replace(tzinfo=UTC) - _EPOCH
    return since // timedelta(microseconds=1)
