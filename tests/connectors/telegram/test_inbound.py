"""connectors/telegram/inbound.py: beside the golden deliveries, what holds for all of them."""

import json
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from connectors.inbound import AnyInbound, Fetch, MessageReceived, ThreadMigrated
from connectors.telegram.inbound import SECRET_HEADER, parse, verify
from tests.connectors.kit import mutation
from tests.connectors.telegram.signing import context, sign

GOLDEN = Path(__file__).parent / "golden" / "inbound"
BODIES = {
    path.name.removesuffix(".request.json"): json.loads(path.read_text())["body"]
    for path in sorted(GOLDEN.glob("*.request.json"))
}


def delivery(body: object) -> Request:
    """A delivery with that JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Request(method="POST", path="", headers={}, body=raw)


def read(name: str) -> list[AnyInbound | Exception]:
    """What a golden delivery gives."""
    return parse(delivery(BODIES[name]), context())


def message(name: str) -> MessageReceived:
    """The message in a golden delivery."""
    first = read(name)[0]
    assert isinstance(first, MessageReceived)
    return first


def test_two_live_secrets_pass() -> None:
    """While the secret is being rotated the old one passes, as does one kept by set-up."""
    signed = sign({}, b"", context())
    request = Request(method="POST", path="", headers=signed, body=b"")
    verify(request, replace(context(), secrets=(b"newer", *context().secrets)))
    kept = signed[SECRET_HEADER]
    verify(request, replace(context(), secrets=(), credentials={"webhook_secret": kept}))


@pytest.mark.parametrize("header", [None, "", "kit-webhook-secret_012345678", "ключ"])
def test_a_wrong_secret_is_refused(header: str | None) -> None:
    """Without the secret nothing is read, also where the channel has none at all."""
    headers = {} if header is None else {SECRET_HEADER: header}
    request = Request(method="POST", path="", headers=headers, body=b"")
    for secrets in (context().secrets, ()):
        with pytest.raises(SignatureInvalid):
            verify(request, replace(context(), secrets=secrets))


def test_keys_are_of_the_update_not_of_the_moment() -> None:
    """The same update has the same keys whenever it is read."""
    later = replace(context(), now=context().now + 1_000_000)
    for body in BODIES.values():
        first, second = parse(delivery(body), context()), parse(delivery(body), later)
        assert [getattr(one, "dedupe_key", None) for one in first] == [getattr(o, "dedupe_key", None) for o in second]


def test_no_two_updates_share_a_key() -> None:
    """Different updates have different keys, but for the two that tell of one migration."""
    found = [one for body in BODIES.values() for one in parse(delivery(body), context())]
    keys = [one.dedupe_key for one in found if not isinstance(one, Exception | ThreadMigrated)]
    assert len(set(keys)) == len(keys)
    moves = [one for one in found if isinstance(one, ThreadMigrated)]
    assert len(moves) == 2
    assert moves[0].dedupe_key == moves[1].dedupe_key


def test_an_album_stays_in_one_thread() -> None:
    """The messages of an album are two items of one thread, and say which album they are of."""
    first, second = message("message_album_first"), message("message_album_second")
    assert first.thread == second.thread
    assert first.external_id != second.external_id
    assert first.attachments[0].meta["album"] == second.attachments[0].meta["album"]


def test_groups_ask_only_when_the_bot_is_meant() -> None:
    """In a group a wait opens for the bot's name, an answer to it and its commands, and for nothing else."""
    asking = {name for name in BODIES if name.startswith("message_group_") and message(name).needs_answer}
    meant = ("mention", "text_mention", "command", "reply_to_us")
    assert asking == {f"message_group_{name}" for name in meant}


def test_names_are_known_only_after_set_up() -> None:
    """Without the bot's user name a mention cannot be told from another's."""
    ctx = replace(context(), settings={})
    (one,) = parse(delivery(BODIES["message_group_mention"]), ctx)
    assert isinstance(one, MessageReceived)
    assert not one.needs_answer


def test_answers_to_comments_need_the_setting() -> None:
    """An answer to a comment is a comment where the discussion group is named, else a message in a group."""
    (one,) = parse(delivery(BODIES["message_comment_nested"]), replace(context(), settings={}))
    assert isinstance(one, MessageReceived)
    assert one.thread.kind == "group"
    assert message("message_comment_nested").thread.external_id == message("message_comment").thread.external_id


def test_a_pressed_button_is_acknowledged_once() -> None:
    """A press gives the message and the job of telling Telegram, under keys of their own."""
    shown, job = read("callback_query")
    assert isinstance(shown, MessageReceived)
    assert isinstance(job, Fetch)
    assert shown.dedupe_key != job.dedupe_key


def test_an_own_number_is_no_shared_name() -> None:
    """A number from the address book joins no identities: the person's app may have sent any."""
    author = message("message_contact_own").author
    assert (author.phone, author.aliases) == ("+306900000001", ())


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"[" * 5000, b'{"update_id": 1, "message": 5}'])
def test_what_cannot_be_read_is_one_problem(body: bytes) -> None:
    """Whatever arrives is answered with a problem in the list, never with an exception."""
    (problem,) = parse(delivery(body), context())
    assert isinstance(problem, PayloadInvalid)


def test_mutated_updates_never_raise() -> None:
    """2,000 spoilt goldens give records that can be stored, or problems."""
    chance = random.Random(1)
    names = list(BODIES)
    for number in range(2000):
        body = mutation.mutated(BODIES[names[number % len(names)]], chance)
        for one in parse(delivery(body), context()):
            if not isinstance(one, PayloadInvalid):
                stored = msgspec.json.encode(one)
                assert msgspec.json.decode(stored, type=AnyInbound) == one  # type: ignore[call-overload]


def test_an_ordinary_message_is_read_in_a_tenth_of_a_millisecond() -> None:
    """Reading costs at most 100 µs in the median."""
    request, ctx = delivery(BODIES["message"]), context()
    spans = []
    for _ in range(500):
        start = time.perf_counter_ns()
        parse(request, ctx)
        spans.append(time.perf_counter_ns() - start)
    assert statistics.median(spans) <= 100_000
