"""connectors/messenger/lookup.py: people and messages as the Page sees them."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors._meta.simulator import PAGE_ID
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpResponse
from connectors.messenger.lookup import lookup_sent, profile
from connectors.outbound import Blob, Part, SendMessage, Target
from tests.connectors._meta.world import answered, refused, shown
from tests.connectors.kit.driver import Run, drive
from tests.connectors.messenger.signing import context

PSID = "24600012345678901"
NOW = context().now


def replies(*given: HttpResponse) -> Callable[[AnyRequest, int], HttpResponse]:
    """These answers, one after the other."""
    return lambda request, number: given[number]


def test_a_profile() -> None:
    """Name and language of a person."""
    person = {"id": PSID, "first_name": "Maria", "last_name": "P.", "locale": "el_GR"}
    found = drive(profile(PSID, context()), replies(answered(person))).result
    assert (found.external_id, found.name, found.language) == (PSID, "Maria P.", "el")


@pytest.mark.parametrize("refusal", [refused(100, 33), refused(230, status=403), refused(200), refused(100, 2018218)])
def test_the_name_from_the_conversation(refusal: HttpResponse) -> None:
    """Where profiles are not shown to the app, the name comes from the conversation; a stranger has none."""
    people = {"data": [{"participants": {"data": [{"id": PAGE_ID, "name": "Shop"}, {"id": PSID, "name": "Maria"}]}}]}
    run = drive(profile(PSID, context()), replies(refusal, answered(people)))
    assert run.result.name == "Maria"
    assert shown(run.requests) == [f"GET {PSID}", f"GET {PAGE_ID}/conversations"]
    assert drive(profile(PSID, context()), replies(refusal, answered({"data": []}))).result.name == ""


def test_a_profile_has_to_wait() -> None:
    """Where Graph is down or too busy nobody is made nameless: it is asked again."""
    for refusal, kind in ((refused(4), Kind.THROTTLED), (refused(2, status=500), Kind.UNREACHABLE)):
        run = drive(profile(PSID, context()), replies(refusal))
        assert run.error is not None
        assert run.error.kind == kind


def listed(*messages: dict[str, Any]) -> HttpResponse:
    """A conversation with these messages."""
    return answered({"data": [{"id": "t_1", "messages": {"data": messages}}]})


def message(text: str = "Yes", author: str = PAGE_ID, created: str = "2026-11-21T22:26:00+0000") -> dict[str, Any]:
    """A message in the list."""
    return {"id": "m_9", "created_time": created, "from": {"id": author, "name": "x"}, "message": text}


def looked_up(*messages: dict[str, Any], action: SendMessage | None = None) -> Run:
    """Looking for an answer of ours in that list."""
    part = Part(action=action or SendMessage(target=Target(thread_id=PSID), text="Yes"), key="k")
    return drive(lookup_sent(part, context()), replies(listed(*messages)))


def test_what_was_taken_is_found() -> None:
    """An answer of the same words among the newest is ours, with its time."""
    receipt = looked_up(message("Hello", author=PSID), message()).result
    assert (receipt.external_id, receipt.accepted_at) == ("m_9", NOW - 40 * 1_000_000)


@pytest.mark.parametrize(
    "messages",
    [
        (),
        (message("No"),),
        (message(author=PSID),),
        (message(created="2026-11-21T22:00:00+0000"),),
        (message(created="2026-11-21T22:59:00+0000"),),
        (message(created="now"),),
    ],
)
def test_nothing_is_claimed_not_to_be_there(messages: tuple[dict[str, Any], ...]) -> None:
    """Other words, another author, another time or no list leave it unknown: it is never sent twice for that."""
    run = looked_up(*messages)
    assert run.error is not None
    assert run.error.kind == Kind.UNKNOWN


def test_a_file_cannot_be_looked_up() -> None:
    """A file has no words to know it by; Graph is not asked."""
    file = Blob(sha256="a" * 64, mime="image/png", size_bytes=1)
    run = looked_up(action=SendMessage(target=Target(thread_id=PSID), attachments=(file,)))
    assert run.error is not None
    assert (run.error.kind, run.requests) == (Kind.UNKNOWN, [])
