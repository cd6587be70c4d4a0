"""connectors/telegram/poll.py: set-up, updates, files and profiles."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors.contract import Context
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse, TransportFailed
from connectors.inbound import Attachment, MessageReceived
from connectors.outbound import Blob
from connectors.telegram.manifest import ALLOWED_UPDATES
from connectors.telegram.poll import fetch, media, poll, profile, setup, teardown
from tests.connectors.kit.driver import Reply, Run, drive
from tests.connectors.telegram.signing import context

PHOTO = Attachment(kind="image", ref="photo-1", mime="image/jpeg", name="left.jpg")
TOKEN = context().credentials["token"]
BOT = {"id": 7013456789, "is_bot": True, "first_name": "Shop help", "username": "Shop_Help_Bot"}


def telegram(**results: Any) -> Callable[[AnyRequest, int], Reply]:
    """Answers each method with the result named for it; an exception or a response is given as it is."""

    def answer(request: AnyRequest, number: int) -> Reply:
        assert isinstance(request, HttpRequest)
        result = results["file" if "/file/bot" in request.url else request.url.rpartition("/")[2]]
        if isinstance(result, Exception | HttpResponse):
            return result
        return HttpResponse(status=200, body=msgspec.json.encode({"ok": True, "result": result}))

    return answer


def polling(**settings: str) -> Context:
    """The channel with updates by poll."""
    return replace(context(), settings={"receives": "poll", **settings})


def asked(run: Run) -> list[tuple[str, Any]]:
    """Method and parameters of each request."""
    requests = [one for one in run.requests if isinstance(one, HttpRequest)]
    return [(one.url.rpartition("/")[2], msgspec.json.decode(one.body or b"{}")) for one in requests]


def update(number: int, text: str = "Hi") -> dict[str, Any]:
    """A message of a person in a private chat."""
    chat, person = {"id": 4, "type": "private"}, {"id": 4, "is_bot": False, "first_name": "Ben"}
    return {"update_id": number, "message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": text}}


def test_set_up_registers_the_webhook() -> None:
    """With an https address Telegram is told where to post, with the secret, and what to post, by name."""
    run = drive(setup(context()), telegram(getMe=BOT, setWebhook=True))
    method, params = asked(run)[1]
    secret = context().secrets[0].decode()
    assert method == "setWebhook"
    assert params == {"url": context().webhook_url, "secret_token": secret, "allowed_updates": list(ALLOWED_UPDATES)}
    assert (run.result.asset_id, run.result.name) == ("7013456789", "Shop help")
    assert run.result.settings == {"username": "Shop_Help_Bot", "receives": "webhook"}
    assert run.result.credentials == {"webhook_secret": secret}


@pytest.mark.parametrize(
    ("mode", "public_url", "receives"),
    [
        ("auto", "https://inbox.example", "webhook"),
        ("auto", "http://127.0.0.1:8000", "poll"),
        ("poll", "https://inbox.example", "poll"),
        ("webhook", "http://127.0.0.1:8000", "webhook"),
    ],
)
def test_mode_decides_how_updates_come(mode: str, public_url: str, receives: str) -> None:
    """`auto` takes the webhook where Telegram can reach us; an admin's choice goes before."""
    ctx = replace(context(), settings={"mode": mode}, public_url=public_url)
    run = drive(setup(ctx), telegram(getMe=BOT, setWebhook=True, deleteWebhook=True))
    assert run.result.settings["receives"] == receives
    assert asked(run)[1][0] == ("setWebhook" if receives == "webhook" else "deleteWebhook")


def test_set_up_makes_a_secret_where_none_is_given() -> None:
    """A fresh secret comes from the context's nonce and is kept."""
    run = drive(setup(replace(context(), secrets=())), telegram(getMe=BOT, setWebhook=True))
    assert run.result.credentials == {"webhook_secret": "0123456789abcdefghijklmnop"}


def test_a_secret_that_telegram_would_refuse_is_refused() -> None:
    """The characters of the secret are checked before Telegram is asked to use it."""
    run = drive(setup(replace(context(), secrets=("ключ ключ".encode(),))), telegram(getMe=BOT))
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED


def test_teardown_stops_deliveries() -> None:
    """Removing the channel takes the webhook away."""
    assert asked(drive(teardown(context()), telegram(deleteWebhook=True))) == [("deleteWebhook", {})]


def test_poll_asks_after_the_cursor() -> None:
    """The cursor is the number of the next update; the first poll has none and takes what Telegram kept."""
    first = drive(poll("", polling()), telegram(getUpdates=[update(10), update(12)]))
    assert "offset" not in asked(first)[0][1]
    assert asked(first)[0][1]["allowed_updates"] == list(ALLOWED_UPDATES)
    assert (first.result.cursor, first.result.more) == ("13", True)
    second = drive(poll("13", polling()), telegram(getUpdates=[]))
    assert asked(second)[0][1]["offset"] == 13
    assert (second.result.cursor, second.result.more) == ("13", False)


def test_poll_pairs_each_record_with_its_source() -> None:
    """Every record stands beside the bytes it was read from."""
    result = drive(poll("", polling()), telegram(getUpdates=[update(1, "One"), update(2, "Two")])).result
    for inbound, raw in zip(result.inbounds, result.raw, strict=True):
        assert isinstance(inbound, MessageReceived)
        assert inbound.text.encode() in raw


def test_a_broken_update_does_not_stop_the_others() -> None:
    """What cannot be read is handed on as a problem, and the cursor passes it."""
    broken = {"update_id": 2, "message": {"message_id": "x"}}
    result = drive(poll("", polling()), telegram(getUpdates=[update(1), broken, 7])).result
    assert len(result.inbounds) == 1
    assert [msgspec.json.decode(raw) for _, raw in result.problems] == [broken, 7]
    assert result.cursor == "3"


def test_poll_waits_longer_than_telegram_does() -> None:
    """The request is given up only after Telegram's own wait is over."""
    (request,) = drive(poll("", polling()), telegram(getUpdates=[])).requests
    assert isinstance(request, HttpRequest)
    assert request.timeout_seconds > msgspec.json.decode(request.body)["timeout"]


def test_poll_asks_nothing_where_updates_are_posted() -> None:
    """With a webhook getUpdates would be a conflict."""
    run = drive(poll("5", replace(context(), settings={"receives": "webhook"})), telegram())
    assert (run.requests, run.result.cursor, run.result.more) == ([], "5", False)


def test_a_conflict_is_told_clearly() -> None:
    """Two programs on one bot end in an error that says so."""
    body = {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"}
    conflict = HttpResponse(status=409, body=msgspec.json.encode(body))
    run = drive(poll("", polling()), telegram(getUpdates=conflict))
    assert run.error is not None
    assert "another program" in run.error.reason


def test_a_press_that_is_too_old_is_no_error() -> None:
    """Telegram forgets a press soon; there is nothing left to tell it then."""
    body = {"ok": False, "error_code": 400, "description": "Bad Request: query is too old"}
    late = HttpResponse(status=400, body=msgspec.json.encode(body))
    run = drive(fetch("callback:77", context()), telegram(answerCallbackQuery=late))
    assert (asked(run), run.result) == ([("answerCallbackQuery", {"callback_query_id": "77"})], [])


def test_a_press_is_told_again_after_an_outage() -> None:
    """An outage is not taken for an answer."""
    run = drive(fetch("callback:77", context()), telegram(answerCallbackQuery=HttpResponse(status=502)))
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE


def test_media_keeps_what_is_known_of_the_file() -> None:
    """The blob gets name, type and kind of the attachment, which the download does not tell."""
    loaded = HttpResponse(status=200, blob=Blob(sha256="a" * 64, mime="application/octet-stream", size_bytes=3))
    run = drive(media(PHOTO, context()), telegram(getFile={"file_path": "photos/file 1.jpg"}, file=loaded))
    assert (run.result.name, run.result.mime, run.result.kind) == ("left.jpg", "image/jpeg", "image")
    request = run.requests[1]
    assert isinstance(request, HttpRequest)
    assert request.url.endswith("/photos/file%201.jpg")
    assert (request.save_to, request.effect) == ("blob", False)


@pytest.mark.parametrize("path", ["", "/var/lib/telegram/file.jpg", "../getMe", "photos/../../getMe"])
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    """The path becomes part of an address with the token in it."""
    run = drive(media(PHOTO, context()), telegram(getFile={"file_path": path}))
    assert run.error is not None
    assert run.error.kind is Kind.REJECTED


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (TransportFailed("timeout", f"GET https://api.telegram.org/file/bot{TOKEN}/x", sent=True), Kind.UNREACHABLE),
        (TransportFailed("too_large", f"https://api.telegram.org/file/bot{TOKEN}/x", sent=True), Kind.TOO_LARGE),
        (HttpResponse(status=404), Kind.REJECTED),
        (HttpResponse(status=500), Kind.UNREACHABLE),
        (HttpResponse(status=200), Kind.UNREACHABLE),
    ],
)
def test_failed_downloads_never_show_the_token(reply: Reply, kind: Kind) -> None:
    """Whatever happens to the download, the error has its kind and no address in it."""
    run = drive(media(PHOTO, context()), telegram(getFile={"file_path": "photos/x"}, file=reply))
    assert run.error is not None
    assert run.error.kind is kind
    assert TOKEN not in f"{run.error!r} {run.error} {run.error.__cause__!r}"


def test_a_file_over_the_limit_is_too_large() -> None:
    """Telegram gives bots no file above 20 MB."""
    body = {"ok": False, "error_code": 400, "description": "Bad Request: file is too big"}
    run = drive(media(PHOTO, context()), telegram(getFile=HttpResponse(status=400, body=msgspec.json.encode(body))))
    assert run.error is not None
    assert run.error.kind is Kind.TOO_LARGE


@pytest.mark.parametrize(
    ("chat", "name", "told"),
    [
        ({"id": 4, "type": "private", "first_name": "Ben", "bio": "Sails"}, "Ben", {"bio": "Sails"}),
        ({"id": -4, "type": "supergroup", "title": "Shop club"}, "Shop club", {}),
    ],
)
def test_profile_of_a_person_and_of_a_chat_that_speaks(chat: dict[str, Any], name: str, told: dict[str, str]) -> None:
    """Name and bio, by one request."""
    run = drive(profile(str(chat["id"]), context()), telegram(getChat=chat))
    assert (run.result.name, run.result.profile) == (name, told)
    assert len(run.requests) == 1


def test_an_answer_of_another_shape_is_asked_again() -> None:
    """A result that is not what the method promises is a failure, not an exception."""
    run = drive(setup(context()), telegram(getMe={"id": "x"}))
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE
