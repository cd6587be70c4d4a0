"""What may be said to a visitor, and what connecting the chat checks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.contract import Context, Setup
from connectors.errors import PlanRefused, SendError
from connectors.outbound import AnyOutbound, Blob, DeleteSent, EditSent, React, SendMessage, ShowTyping, Target
from connectors.webchat.outbound import plan, setup
from inbox.domain.delivering import HERE
from tests.connectors.kit.driver import drive
from tests.connectors.kit.subject import bare_context, subject

THERE = Target(thread_id="v:9f2c", message_id="us:1", author_id="v:9f2c")


def _context(**settings: str) -> Context:
    ctx = bare_context("webchat", subject("webchat").connector)
    return replace(ctx, settings=settings, credentials={})


def _file(mime: str = "image/webp", size: int = 1_000) -> Blob:
    return Blob(sha256="ab" * 32, mime=mime, size_bytes=size, name="mug", kind="image")


def test_words_and_files_are_one_part() -> None:
    """A reply with a file leaves as one item; a file alone is enough."""
    ctx = _context()

    assert len(plan(SendMessage(target=THERE, text="Here", attachments=(_file(),)), ctx)) == 1
    assert len(plan(SendMessage(target=THERE, attachments=(_file(),)), ctx)) == 1
    assert len(plan(ShowTyping(target=THERE), ctx)) == 1


def test_a_long_text_is_cut_only_when_agreed_to() -> None:
    """4,000 characters pass, emoji counted as one; more is refused with the count, or cut without losing a word."""
    ctx = _context()

    assert len(plan(SendMessage(target=THERE, text="🙂" * 4_000), ctx)) == 1
    with pytest.raises(PlanRefused) as refused:
        plan(SendMessage(target=THERE, text="x" * 4_001), ctx)
    assert (refused.value.code, refused.value.limit, refused.value.actual) == ("too_long", 4_000, 4_001)
    words = "many words " * 800
    parts = plan(SendMessage(target=THERE, text=words, split=True, attachments=(_file(),)), ctx)
    actions = [part.action for part in parts]
    assert all(isinstance(action, SendMessage) for action in actions)
    assert "".join(action.text for action in actions if isinstance(action, SendMessage)).split() == words.split()
    assert [len(action.attachments) for action in actions if isinstance(action, SendMessage)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (SendMessage(target=THERE, text="  "), "empty"),
        (SendMessage(target=Target(thread_id=""), text="Hello"), "recipient_missing"),
        (SendMessage(target=THERE, attachments=(_file("application/x-msdownload"),)), "attachment_type"),
        (SendMessage(target=THERE, attachments=(_file(size=20_000_001),)), "attachment_size"),
        (EditSent(target=THERE, text=" "), "empty"),
        (EditSent(target=Target(thread_id="v:9f2c"), text="x"), "not_supported"),
        (DeleteSent(target=Target(thread_id="v:9f2c")), "not_supported"),
        (React(target=THERE, emoji="👍"), "not_supported"),
    ],
)
def test_what_makes_no_sense_is_refused(action: AnyOutbound, code: str) -> None:
    """With the code that the composer knows."""
    with pytest.raises(PlanRefused) as refused:
        plan(action, _context())

    assert refused.value.code == code


def test_connecting_makes_the_identity_secret_once() -> None:
    """A secret that is there is kept; without one it is made of 52 random letters and digits."""
    made: Setup = drive(setup(_context(site_name="Shop")), lambda request, number: None).result  # type: ignore[arg-type, return-value]
    kept = replace(_context(), credentials={"identity_secret": "mine"})
    same: Setup = drive(setup(kept), lambda request, number: None).result  # type: ignore[arg-type, return-value]

    assert len(made.credentials["identity_secret"]) == 52
    assert (made.asset_id, made.name) == ("1", "Shop")
    assert same.credentials["identity_secret"] == "mine"


@pytest.mark.parametrize(
    "wrong",
    [
        {"allowed_origins": "shop.example"},
        {"allowed_origins": "https://shop.example/path"},
        {"allowed_origins": "https://shop.*"},
        {"allowed_origins": "https://a@shop.example"},
        {"hours": "nine to five"},
        {"hours": "[]"},
        {"pre_chat_form": "{}"},
    ],
)
def test_connecting_names_the_setting_that_is_wrong(wrong: dict[str, str]) -> None:
    """Before anything is saved."""
    error = drive(setup(_context(**wrong)), lambda request, number: None).error  # type: ignore[arg-type, return-value]

    assert isinstance(error, SendError)
    assert next(iter(wrong)) in error.reason


def test_the_service_knows_that_it_delivers_itself() -> None:
    """Networks without `send` are those that delivering accepts at once."""
    from connectors.registry import connector, networks

    assert {network for network in networks() if connector(network).send is None} == set(HERE)
