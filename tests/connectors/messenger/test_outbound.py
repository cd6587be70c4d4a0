"""connectors/messenger/outbound.py: parts, windows, and what the golden exchanges do not show."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors._meta.simulator import PAGE_ID
from connectors.contract import Context
from connectors.errors import PlanRefused
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import HttpRequest, HttpResponse
from connectors.messenger.outbound import plan, send
from connectors.outbound import AnyOutbound, Blob, MarkSeen, Part, React, SendMessage, ShowTyping, Target
from tests.connectors.kit.driver import Run, drive
from tests.connectors.messenger.signing import context

PSID = "24600012345678901"
NOW = context().now
HOUR = 3600 * 1_000_000
DAY = 24 * HOUR
THREAD = Target(thread_id=PSID, author_id=PSID, window_closes_at=NOW + 7 * DAY)


def at(moment: int, **settings: str) -> Context:
    """The channel at another instant."""
    return replace(context(), now=moment, settings={**context().settings, **settings})


def blob(mime: str, kind: str = "image", size: int = 10) -> Blob:
    """A file to send."""
    return msgspec.convert({"sha256": "a" * 64, "mime": mime, "size_bytes": size, "kind": kind}, Blob)


def sent(action: AnyOutbound, ctx: Context | None = None, status: int = 200, **answer: Any) -> Run:
    """The only part of an action, answered so."""
    (part,) = plan(action, context())
    body = msgspec.json.encode(answer or {"recipient_id": PSID, "message_id": "m_1"})
    return drive(send(part, ctx or context()), lambda request, number: HttpResponse(status=status, body=body))


def said(run: Run) -> dict[str, Any]:
    """What was asked for, from JSON or form."""
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    assert request.url.startswith(f"https://graph.facebook.com/v25.0/{PAGE_ID}/messages?appsecret_proof=")
    if not request.form:
        return msgspec.json.decode(request.body, type=dict[str, Any])
    values = ((part.name, part.value) for part in request.form if part.blob is None)
    return {name: msgspec.json.decode(value) if value[:1] == "{" else value for name, value in values}


def shapes(parts: list[Part]) -> list[tuple[str, int, str | None]]:
    """Words, number of files and quoted message of each part."""
    return [
        (part.action.text, len(part.action.attachments), part.action.target.message_id)
        for part in parts
        if isinstance(part.action, SendMessage)
    ]


def test_every_text_and_file_is_a_part() -> None:
    """Texts go first, then files one by one; only the first part quotes."""
    files = (blob("image/png"), blob("application/pdf", "file"))
    target = msgspec.structs.replace(THREAD, message_id="m_0")
    action = SendMessage(target=target, text="x" * 2001, attachments=files, split=True)
    parts = plan(action, context())
    assert shapes(parts) == [("x" * 2000, 0, "m_0"), ("x", 0, None), ("", 1, None), ("", 1, None)]


@pytest.mark.parametrize(
    ("passed", "human", "wanted"),
    [
        (0, "yes", {"messaging_type": "RESPONSE"}),
        (DAY - 1, "yes", {"messaging_type": "RESPONSE"}),
        (DAY, "yes", {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        (7 * DAY - 1, "yes", {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        (DAY - 1, "no", {"messaging_type": "RESPONSE"}),
    ],
)
def test_windows(passed: int, human: str, wanted: dict[str, str]) -> None:
    """For a day it is an answer, for six more a colleague's, by the clock of the moment it leaves."""
    closes_at = NOW + (7 * DAY if human == "yes" else DAY)
    action = SendMessage(target=msgspec.structs.replace(THREAD, window_closes_at=closes_at), text="Hi")
    found = said(sent(action, at(NOW + passed, human_agent=human)))
    assert {key: found[key] for key in ("messaging_type", "tag") if key in found} == wanted


def test_closed_windows() -> None:
    """After the window nothing is planned, and nothing leaves that was planned before."""
    action = SendMessage(target=THREAD, text="Hi")
    with pytest.raises(PlanRefused) as caught:
        plan(action, at(NOW + 7 * DAY))
    assert caught.value.code == "window_closed"
    late = sent(action, at(NOW + 7 * DAY))
    assert late.error is not None
    assert (late.error.kind, late.requests) == (Kind.WINDOW_CLOSED, [])


def test_rules_answer_for_a_day() -> None:
    """What a rule wrote goes out within 24 hours and never as a colleague's, also when it was planned in time."""
    action = SendMessage(target=THREAD, text="Hi", automatic=True)
    assert said(sent(action))["messaging_type"] == "RESPONSE"
    with pytest.raises(PlanRefused) as caught:
        plan(action, at(NOW + DAY))
    assert caught.value.code == "window_closed"
    late = sent(action, at(NOW + DAY))
    assert late.error is not None
    assert (late.error.kind, late.requests) == (Kind.WINDOW_CLOSED, [])


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (blob("image/png"), "image"),
        (blob("image/webp", "sticker"), "image"),
        (blob("image/tiff"), "file"),
        (blob("video/mp4", "video"), "video"),
        (blob("audio/ogg", "audio"), "audio"),
        (blob("application/pdf", "file"), "file"),
    ],
)
def test_files_go_as_what_messenger_shows(file: Blob, kind: str) -> None:
    """A file is shown as what it is, pictures of other kinds as files; the bytes go with the call."""
    run = sent(SendMessage(target=THREAD, attachments=(file,)))
    assert said(run)["message"]["attachment"]["type"] == kind
    assert run.error is None


def test_the_key_goes_with_every_part() -> None:
    """Every send carries its part's key, which the echo brings back."""
    action = SendMessage(target=THREAD, text="Hi")
    (part,) = plan(action, context())
    assert said(sent(action))["message"] == {"text": "Hi", "metadata": part.key}


def test_a_plugins_reference_becomes_a_person() -> None:
    """An answer to somebody known by a plugin's reference tells the thread it landed in."""
    run = sent(SendMessage(target=Target(thread_id="user_ref:r-1"), text="Hi"))
    assert said(run)["recipient"] == {"user_ref": "r-1"}
    assert run.result.thread_id == PSID


@pytest.mark.parametrize(
    ("action", "wanted", "effect"),
    [
        (ShowTyping(target=THREAD), {"sender_action": "typing_on"}, False),
        (ShowTyping(target=THREAD, on=False), {"sender_action": "typing_off"}, False),
        (MarkSeen(target=THREAD), {"sender_action": "mark_seen"}, False),
    ],
)
def test_sender_actions(action: AnyOutbound, wanted: dict[str, Any], effect: bool) -> None:
    """Typing and reading are told, and may be lost."""
    run = sent(action, recipient_id=PSID)
    assert said(run) == {"recipient": {"id": PSID}, **wanted}
    (request,) = run.requests
    assert isinstance(request, HttpRequest)
    assert request.effect == effect


def test_reactions() -> None:
    """Any emoji can be set; an empty one takes the reaction back and names none."""
    target = msgspec.structs.replace(THREAD, message_id="m_0")
    assert said(sent(React(target=target, emoji="🎉"), recipient_id=PSID)) == {
        "recipient": {"id": PSID}, "sender_action": "react", "payload": {"message_id": "m_0", "reaction": "🎉"},
    }  # fmt: skip
    assert said(sent(React(target=target, emoji=""), recipient_id=PSID))["payload"] == {"message_id": "m_0"}


def test_a_page_out_of_the_tokens_reach_is_no_fault_of_the_persons() -> None:
    """Graph says of the Page what it says of things that are gone: the admins have to know."""
    said = f"Unsupported post request. Object with ID '{PAGE_ID}' does not exist"
    error = {"message": said, "type": "GraphMethodException", "code": 100, "error_subcode": 33}
    run = sent(SendMessage(target=Target(thread_id=PSID), text="Hi"), status=400, error=error)
    assert run.error is not None
    assert run.error.kind is Kind.REAUTH


def test_what_arrived_though_it_says_otherwise_is_not_sent_twice() -> None:
    """Facebook names an error whose message has arrived as a rule."""
    error = {"message": "Received invalid JSON reply", "type": "OAuthException", "code": 1, "error_subcode": 1357046}
    run = sent(SendMessage(target=Target(thread_id=PSID), text="Hi"), status=500, error=error)
    assert run.error is not None
    assert run.error.kind is Kind.UNKNOWN
