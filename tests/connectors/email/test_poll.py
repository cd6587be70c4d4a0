"""Reading folders, against a folder that behaves as an IMAP server's."""

import pytest

from connectors.email.payloads import cursor
from connectors.email.poll import poll
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    FetchedMail,
    FetchMail,
    MailFetched,
    MailRefused,
    Polled,
    TransportFailed,
)
from connectors.inbound import MessageReceived
from tests.connectors.email.world import ctx, mail, run


class Folders:
    """A mailbox on a server: folder name → UID → mail."""

    def __init__(self) -> None:
        self.uid_validity = 7
        self.mails: dict[str, dict[int, bytes]] = {"INBOX": {}, "Sent": {}, "Junk": {}}
        self.downloaded: list[int] = []
        self.broken: dict[str, Exception] = {}

    def put(self, uid: int, message: bytes, folder: str = "INBOX") -> None:
        self.mails[folder][uid] = message

    def __call__(self, request: AnyRequest) -> AnyResponse | Exception:
        assert isinstance(request, FetchMail)
        if request.folder in self.broken:
            return self.broken[request.folder]
        held = self.mails[request.folder]
        same = request.uid_validity == self.uid_validity or request.by_uid_alone
        same = same and max(held, default=0) >= request.after_uid - request.overlap
        start = max(1, request.after_uid - request.overlap + 1) if same else 1
        known = set(request.known_uids) if same else set()
        wanted = sorted(uid for uid in held if uid >= start and uid not in known)
        taken = wanted[: request.limit]
        self.downloaded += taken
        mails = tuple(FetchedMail(uid=u, internal_at=0, flags=(), message=held[u]) for u in taken)
        more = len(taken) < len(wanted)
        highest = taken[-1] if more else max(held, default=0)
        return MailFetched(uid_validity=self.uid_validity, mails=mails, highest_uid=highest, more=more)


def polled(folders: Folders, before: str = "", **settings: str) -> tuple[Polled, list[str]]:
    """One poll, and the ids of the messages that it brought."""
    result, _ = run(poll(before, ctx(**settings)), folders)
    return result, [one.external_id for one in result.inbounds if isinstance(one, MessageReceived)]


def test_each_mail_is_brought_once() -> None:
    """A second poll brings only what is new, and downloads nothing twice."""
    folders = Folders()
    folders.put(1, mail(mid="a"))
    first, ids = polled(folders)
    folders.put(2, mail(mid="b"))
    _, later = polled(folders, first.cursor)

    assert (ids, later) == (["a"], ["b"])
    assert folders.downloaded == [1, 2]


def test_mail_that_appears_below_the_last_uid_is_found() -> None:
    """UIDs may become visible out of order: the overlap catches the late one."""
    folders = Folders()
    folders.put(10, mail(mid="a"))
    first, _ = polled(folders)
    folders.put(9, mail(mid="late"))

    assert polled(folders, first.cursor)[1] == ["late"]


def test_a_new_uidvalidity_reads_everything_again_under_the_same_keys() -> None:
    """After renumbering each mail comes with the dedupe key that it had."""
    folders = Folders()
    for uid in range(1, 4):
        folders.put(uid, mail("Date: Sat, 21 Nov 2026 10:00:00 +0000", mid=f"m{uid}"))
    first, _ = polled(folders)
    folders.uid_validity = 8
    second, ids = polled(folders, first.cursor)

    assert ids == ["m1", "m2", "m3"]
    assert [one.dedupe_key for one in second.inbounds] == [one.dedupe_key for one in first.inbounds]


def test_a_uidvalidity_that_is_new_at_each_look_keeps_nothing_back() -> None:
    """Read from the beginning each time, what lies behind the first mails would never come; what then comes does."""
    folders = Folders()
    for uid in range(1, 131):
        folders.put(uid, mail(mid=f"m{uid}"))
    found: set[str] = set()
    before = ""
    for look in range(12):
        folders.uid_validity = 100 + look
        if look == 11:
            folders.put(131, mail(mid="new"))
        result, ids = polled(folders, before)
        found |= set(ids)
        before = result.cursor
    for _ in range(2):
        before = polled(folders, before)[0].cursor
    folders.downloaded.clear()
    polled(folders, before)

    assert found == {f"m{uid}" for uid in range(1, 131)} | {"new"}
    assert folders.downloaded == []  # it has come to rest


def test_a_mailbox_moved_to_a_server_with_the_same_uidvalidity_is_read_on() -> None:
    """Its UIDs are lower there: what was read comes under the keys it had, and what is new is not passed over."""
    folders = Folders()
    for uid in range(1, 131):
        folders.put(1_000 + uid, mail(mid=f"m{uid}"))
    before, more = "", True
    while more:
        result, _ = polled(folders, before)
        before, more = result.cursor, result.more
    folders.mails["INBOX"] = {uid: mail(mid=f"m{uid}") for uid in range(1, 131)}
    folders.put(131, mail(mid="new"))
    found: list[str] = []
    more = True
    while more:
        result, ids = polled(folders, before)
        found += ids
        before, more = result.cursor, result.more
    folders.put(132, mail(mid="newer"))

    assert found == [*(f"m{uid}" for uid in range(1, 131)), "new"]
    assert polled(folders, before)[1] == ["newer"]


def test_many_mails_come_in_batches() -> None:
    """A full folder is read to its end, each mail once."""
    folders = Folders()
    for uid in range(1, 131):
        folders.put(uid, mail(mid=f"m{uid}"))
    found: list[str] = []
    before, more = "", True
    while more:
        result, ids = polled(folders, before)
        found += ids
        before, more = result.cursor, result.more

    assert found == [f"m{uid}" for uid in range(1, 131)]


def test_sent_is_read_and_goes_before_inbox() -> None:
    """A colleague's mail that lies in both folders is first told as ours."""
    folders = Folders()
    folders.put(1, mail(mid="x", sender="support@shop.example"))
    folders.put(1, mail(mid="x", sender="support@shop.example"), "Sent")
    result, _ = polled(folders)
    told = [one for one in result.inbounds if isinstance(one, MessageReceived)]

    assert [one.author.is_self for one in told] == [True, False]
    assert len({one.dedupe_key for one in told}) == 1


@pytest.mark.parametrize(("settings", "asked"), [({}, 2), ({"read_sent": "no"}, 1), ({"read_junk": "yes"}, 3)])
def test_folders_are_chosen(settings: dict[str, str], asked: int) -> None:
    """INBOX always, Sent and the junk folder as set."""
    _, requests = run(poll("", ctx(**settings)), Folders())

    assert len(requests) == asked


def test_bytes_that_are_no_mail_are_a_problem_of_their_own() -> None:
    """What cannot be read is handed over for quarantine, once, and keeps nothing else back."""
    folders = Folders()
    folders.put(1, b"\x00")
    folders.put(2, mail(mid="a"))
    result, ids = polled(folders)

    assert ids == ["a"]
    assert [raw for _, raw in result.problems] == [b"\x00"]
    assert polled(folders, result.cursor)[0].problems == ()


def test_a_mail_that_the_server_does_not_give_is_told_of() -> None:
    """A broken mail on the server comes empty: each is a problem of its own once, and does not come again."""
    folders = Folders()
    folders.put(1, b"")
    folders.put(2, mail(mid="a"))
    folders.put(3, b"")
    result, ids = polled(folders)

    assert ids == ["a"]
    assert [why for why, _ in result.problems] == [
        "inbox uid 1: the mail server refuses to give this mail",
        "inbox uid 3: the mail server refuses to give this mail",
    ]
    assert len({raw for _, raw in result.problems}) == 2
    assert polled(folders, result.cursor)[0].problems == ()


def test_raw_stands_beside_each_inbound() -> None:
    """Every inbound has its own source bytes."""
    folders = Folders()
    folders.put(1, mail(mid="a"))
    folders.put(1, mail(mid="b"), "Sent")
    result, ids = polled(folders)

    assert result.raw == (folders.mails["Sent"][1], folders.mails["INBOX"][1])
    assert ids == ["b", "a"]


def test_a_missing_sent_folder_is_no_failure() -> None:
    """Only INBOX must be readable; another folder is tried again later from where it was."""
    folders = Folders()
    folders.put(1, mail(mid="a"))
    folders.broken["Sent"] = MailRefused(0, "NO no such folder", stage="imap")
    result, ids = polled(folders)

    assert ids == ["a"]
    assert set(cursor(result.cursor).folders) == {"inbox"}


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (MailRefused(0, "NO [AUTHENTICATIONFAILED] wrong", stage="login"), SendErrorKind.REAUTH),
        (MailRefused(0, "NO [UNAVAILABLE] later", stage="login"), SendErrorKind.UNREACHABLE),
        (MailRefused(0, "NO [LIMIT] too many connections", stage="login"), SendErrorKind.UNREACHABLE),
        (MailRefused(0, "NO [SERVERBUG]", stage="imap"), SendErrorKind.UNREACHABLE),
        (TransportFailed("reset", "gone", sent=True), SendErrorKind.UNREACHABLE),
    ],
)
def test_an_unreadable_inbox_says_why(failure: Exception, kind: SendErrorKind) -> None:
    """Only a refused sign-in asks for a new one."""
    folders = Folders()
    folders.broken["INBOX"] = failure

    with pytest.raises(SendError) as raised:
        polled(folders)

    assert raised.value.kind is kind


def test_the_next_look_is_not_left_to_idle_alone() -> None:
    """The wait is in INBOX and ends within five minutes."""
    result, _ = polled(Folders())

    assert result.wait is not None
    assert (result.wait.folder, result.wait.timeout_seconds, result.next_after_seconds) == ("INBOX", 300.0, 300.0)


def test_history_is_bounded_and_the_bound_stays() -> None:
    """The first fetch reaches back the days set; a later one asks from the same instant."""
    folders = Folders()
    result, requests = run(poll("", ctx(history_days="2")), folders)
    _, later = run(poll(result.cursor, ctx(history_days="5")), folders)

    first, second = requests[0], later[0]
    assert isinstance(first, FetchMail)
    assert isinstance(second, FetchMail)
    assert first.since_at == ctx().now - 2 * 86_400_000_000 == second.since_at
