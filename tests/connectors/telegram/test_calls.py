"""connectors/telegram/calls.py: requests, and what Telegram's answers mean."""

import msgspec
import pytest

from connectors.contract import Context
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import FormPart, HttpRequest, HttpResponse
from connectors.outbound import Blob
from connectors.telegram.calls import call, request_to
from tests.connectors.kit.driver import Run, drive
from tests.connectors.telegram.signing import context


def answered(*replies: tuple[int, object], effect: bool = True) -> Run:
    """A call of sendMessage that is answered so."""
    exchange = call(context(), "sendMessage", {"chat_id": -4, "text": "Hi"}, effect=effect)
    responses = [
        HttpResponse(status=status, body=body if isinstance(body, bytes) else msgspec.json.encode(body))
        for status, body in replies
    ]
    return drive(exchange, lambda request, number: responses[number])


def refused(code: int, description: str, **parameters: int) -> tuple[int, object]:
    """Telegram's refusal."""
    return code, {"ok": False, "error_code": code, "description": description, "parameters": parameters}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refused(400, "Bad Request: chat not found"), Kind.RECIPIENT_GONE),
        (refused(400, "Bad Request: PEER_ID_INVALID"), Kind.RECIPIENT_GONE),
        (refused(400, "Bad Request: BUSINESS_CONNECTION_INVALID"), Kind.RECIPIENT_GONE),
        (refused(400, "Bad Request: BUSINESS_PEER_USAGE_MISSING"), Kind.WINDOW_CLOSED),
        (refused(400, "Bad Request: message is too long"), Kind.TOO_LARGE),
        (refused(400, "Bad Request: file is too big"), Kind.TOO_LARGE),
        (refused(400, "Bad Request: can't parse entities"), Kind.REJECTED),
        (refused(401, "Unauthorized"), Kind.REAUTH),
        (refused(404, "Not Found"), Kind.REAUTH),
        (refused(403, "Forbidden: bot was kicked from the supergroup chat"), Kind.RECIPIENT_GONE),
        (refused(403, "Forbidden: bot can't initiate conversation with a user"), Kind.RECIPIENT_GONE),
        (refused(409, "Conflict: terminated by other getUpdates request"), Kind.UNREACHABLE),
        (refused(413, "Request Entity Too Large"), Kind.TOO_LARGE),
        (refused(500, "Internal Server Error"), Kind.UNREACHABLE),
        ((502, b"<html>Bad Gateway</html>"), Kind.UNREACHABLE),
        ((504, b"<html>Gateway Time-out</html>"), Kind.UNKNOWN),
        ((200, b'{"ok": tr'), Kind.UNKNOWN),
        ((200, refused(429, "Too Many Requests")[1]), Kind.THROTTLED),
    ],
)
def test_refusals_have_their_kind(reply: tuple[int, object], kind: Kind) -> None:
    """Each refusal ends in the kind that the sheet names, with Telegram's words where it used any."""
    error = answered(reply).error
    assert error is not None
    assert error.kind is kind
    if isinstance(reply[1], dict):
        assert reply[1]["description"] in error.reason


def test_unreadable_answers_to_questions_are_asked_again() -> None:
    """Where nothing a customer sees was asked for, half an answer is only a failure to reach Telegram."""
    for status in (200, 504):
        error = answered((status, b"{"), effect=False).error
        assert error is not None
        assert error.kind is Kind.UNREACHABLE


def test_throttling_says_until_when() -> None:
    """`retry_after` seconds from now, not a guess."""
    error = answered(refused(429, "Too Many Requests: retry after 21", retry_after=21)).error
    assert error is not None
    assert error.until == context().now + 21_000_000


def test_a_conflict_says_what_to_do() -> None:
    """A second program on the same bot is named as the cause."""
    error = answered(refused(409, "Conflict: terminated by other getUpdates request")).error
    assert error is not None
    assert "another program receives this bot's updates" in error.reason


def test_an_upgraded_group_is_asked_at_its_new_id() -> None:
    """The refusal that names the new id is followed by the same call there, once."""
    moved = refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1004)
    run = answered(moved, (200, {"ok": True, "result": {"message_id": 5}}))
    asked = [msgspec.json.decode(r.body) for r in run.requests if isinstance(r, HttpRequest)]
    assert asked == [{"chat_id": -4, "text": "Hi"}, {"chat_id": -1004, "text": "Hi"}]
    assert run.error is None
    again = answered(moved, moved)
    assert again.error is not None
    assert again.error.kind is Kind.REJECTED


def test_files_go_as_a_form() -> None:
    """With a file the parameters are form fields, structures in JSON, and the file is named and not held."""
    blob = Blob(sha256="a" * 64, mime="image/png", size_bytes=3)
    request = request_to(context(), "sendPhoto", {"chat_id": 4, "caption": "Hi", "x": {"y": 1}}, files={"photo": blob})
    values = {part.name: part.value for part in request.form}
    assert values == {"chat_id": "4", "caption": "Hi", "x": '{"y":1}', "photo": ""}
    assert request.form[-1] == FormPart(name="photo", blob=blob)
    assert request.body == b""


def test_the_server_can_be_another() -> None:
    """A Bot API server of one's own takes the place of Telegram's."""
    own = Context(
        now=0, nonce=str, channel_id="1", base_url="http://127.0.0.1:8081", public_url="", webhook_url="",
        credentials={"token": "1:a"},
    )  # fmt: skip
    assert request_to(own, "getMe", {}).url == "http://127.0.0.1:8081/bot1:a/getMe"
