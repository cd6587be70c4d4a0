"""connectors/whatsapp/inbound.py: beside the golden deliveries, what holds for all of them."""

import random
import statistics
import time
from dataclasses import replace

import pytest

from connectors._meta.envelope import split
from connectors._meta.signatures import verify
from connectors.contract import Piece
from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from connectors.inbound import (
    ChannelRevoked,
    IdentitiesLinked,
    Ignored,
    MessageEdited,
    MessageReceived,
    ReceiptReceived,
    ThreadMigrated,
)
from connectors.whatsapp.inbound import parse, parse_part
from connectors.whatsapp.manifest import WINDOW_SECONDS
from tests.connectors.kit import mutation
from tests.connectors.whatsapp.deliveries import BODIES, delivery, message, read, text, told
from tests.connectors.whatsapp.signing import context, sign


def test_a_delivery_signed_by_another_app_is_refused() -> None:
    """Only a delivery signed with the app's secret passes."""
    body = delivery(BODIES["text"])
    signed = replace_headers(body, sign({}, body.body, context()))
    verify(signed, context())
    with pytest.raises(SignatureInvalid):
        verify(signed, replace(context(), secrets=(b"another",), credentials={}))


def replace_headers(request: Request, headers: dict[str, str]) -> Request:
    """The request with other headers."""
    return Request(method=request.method, path=request.path, headers=headers, body=request.body)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_pieces_of_the_door_say_what_the_delivery_says(name: str) -> None:
    """Whatever a delivery holds is read the same from the pieces that the family's door cuts it into."""
    pieces = [piece for piece in split(delivery(BODIES[name])) if isinstance(piece, Piece)]
    assert {piece.asset_id for piece in pieces} <= {"106540352242922", "102290129340398"}
    from_pieces = [one for piece in pieces for one in parse_part(piece.body, context())]
    assert [str(one) for one in from_pieces] == [str(one) for one in read(name)]


def test_every_inbound_of_a_number_names_it() -> None:
    """Messages and receipts carry the number of ours that they belong to."""
    for one in read("several_in_one"):
        assert not isinstance(one, Exception)
        assert one.asset_id == "106540352242922"


def test_several_elements_are_all_read_in_order() -> None:
    """Three messages of two people and four statuses in one delivery give as many records."""
    found = read("several_in_one")
    assert [one.text for one in found if isinstance(one, MessageReceived)] == ["First", "Second", ""]
    assert [one.state for one in found if isinstance(one, ReceiptReceived)] == ["delivered", "read", "accepted", "read"]


def test_a_broken_element_costs_only_itself() -> None:
    """Elements that cannot be read stand as errors that name their place; all others arrive."""
    found = read("broken_among_others")
    errors = [str(one) for one in found if isinstance(one, PayloadInvalid)]
    assert len(errors) == 4
    assert all(error.startswith("entry[0].changes[0].value.") for error in errors)
    assert [one.text for one in found if isinstance(one, MessageReceived)] == ["no sender", "Whole"]


def test_a_message_told_twice_in_one_delivery_is_read_once() -> None:
    """WhatsApp repeats messages within a delivery."""
    assert len([one for one in read("duplicate_in_one") if isinstance(one, MessageReceived)]) == 1


def test_a_person_without_phone_number_is_known_by_id() -> None:
    """Who hides his number behind a username has a thread, a name and a way to be answered."""
    hidden = message("text_without_number")
    assert hidden.author.external_id == hidden.thread.external_id == "GR.20240011223344556677"
    assert (hidden.author.phone, hidden.author.username) == (None, "nikos.k")
    assert hidden.thread.address == {"user_id": "GR.20240011223344556677"}


def test_the_thread_of_a_number_becomes_the_thread_of_the_id() -> None:
    """The first delivery with number and id moves the thread begun under the number, before the message is told."""
    moved, said, *rest = read("text")
    assert isinstance(moved, ThreadMigrated)
    assert isinstance(said, MessageReceived)
    assert not rest
    assert (moved.thread_id, moved.new_thread_id) == ("16505551234", said.thread.external_id)


def test_contacts_are_matched_by_number_or_id() -> None:
    """Each message gets the name of its own sender, wherever he stands among the contacts."""
    contacts = [
        {"profile": {"name": "Anna"}, "wa_id": "1"},
        {"profile": {"name": "Ben"}, "user_id": "US.2"},
        {"profile": {"name": "Carla"}, "wa_id": "3", "user_id": "US.3"},
    ]
    messages = [
        text("a", from_user_id="US.3"),
        text("b", **{"from": "1"}),
        text("c", **{"from": "2", "from_user_id": "US.2"}),
    ]
    found = [one for one in told(contacts=contacts, messages=messages) if isinstance(one, MessageReceived)]
    assert [(one.author.name, one.author.external_id) for one in found] == [
        ("Carla", "US.3"),
        ("Anna", "1"),
        ("Ben", "US.2"),
    ]
    assert found[0].author.phone == "+3"


def test_the_window_lasts_a_day_and_ads_do_not_lengthen_it() -> None:
    """Free words are taken for 24 hours after a message, also of somebody who came from an ad: the 72 hours of a free
    entry point are about the price.
    """
    for name in ("text", "text_referral_ad"):
        said = message(name)
        assert said.thread.window_closes_at == said.occurred_at + WINDOW_SECONDS * 1_000_000
    ad = next(one for one in message("text_referral_ad").attachments if one.kind == "link")
    assert ad.meta["free_entry_hours"] == "72"


def test_lines_of_whatsapp_open_no_window_and_no_wait() -> None:
    """A changed number is no word of the person's."""
    line = message("system_user_changed_number")
    assert line.automatic == "service"
    assert not line.needs_answer
    assert line.thread.window_closes_at == line.occurred_at


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("system_user_changed_number", {"16505551234"}, "12195555358"),
        ("system_user_changed_number_and_id", {"16505551234", "US.13491208655302741918"}, "US.99991208655302741918"),
        ("system_user_changed_user_id", {"US.13491208655302741918"}, "US.88881208655302741918"),
        ("system_user_changed_user_id_in_words", {"US.13491208655302741918"}, "US.77771208655302741918"),
        ("user_id_update", {"US.13491208655302741918"}, "US.66661208655302741918"),
    ],
)
def test_another_number_moves_thread_and_person(name: str, old: set[str], new: str) -> None:
    """Thread and identity under every old name go on under the new one."""
    links = [one for one in read(name) if isinstance(one, IdentitiesLinked)]
    assert {one.other_id for one in links} == old
    assert {one.author.external_id for one in links} == {new}
    moves = {one.thread_id for one in read(name) if isinstance(one, ThreadMigrated) and one.new_thread_id == new}
    assert moves >= old


def test_what_the_phone_app_wrote_is_ours() -> None:
    """An echo is an answer of ours in the customer's thread, also where it comes among ordinary messages."""
    for name in ("smb_message_echoes_text", "smb_message_echoes_with_contact", "messages_from_our_own_number"):
        echo = message(name)
        assert echo.author.is_self
        assert not echo.needs_answer
        assert echo.thread.address["phone"] == "16505551234"
        assert echo.thread.window_closes_at is None


def test_history_tells_both_sides_and_files_follow() -> None:
    """Older messages are told from both sides; their files come as edits of the same items."""
    found = [one for one in read("history") if isinstance(one, MessageReceived)]
    assert [one.author.is_self for one in found] == [True, False, False]
    (file,) = read("history_media")
    assert isinstance(file, MessageEdited)
    assert file.external_id == found[-1].external_id
    assert file.attachments is not None
    assert file.attachments[0].ref == "24230790383178626"


def test_a_withdrawn_permission_needs_attention() -> None:
    """The family's piece about permissions is read here, too."""
    value = {"field": "whatsapp_business_messaging", "value": {"verb": "revoked", "target_ids": ["106540352242922"]}}
    body = {"object": "permissions", "entry": [{"id": "1", "changes": [value]}]}
    (piece,) = split(delivery(body))
    assert isinstance(piece, Piece)
    assert [type(one) for one in parse_part(piece.body, context())] == [ChannelRevoked]


def test_a_delivery_that_is_no_json_cannot_be_read() -> None:
    """A body in which nothing can be told apart is one error."""
    with pytest.raises(PayloadInvalid):
        parse_part(b"{", context())
    assert [type(one) for one in parse(delivery([]), context())] == [PayloadInvalid]


def test_keys_are_of_the_fact_not_of_the_moment() -> None:
    """The same delivery has the same keys whenever it is read."""
    later = replace(context(), now=context().now + 1_000_000)
    for body in BODIES.values():
        first, second = parse(delivery(body), context()), parse(delivery(body), later)
        keys = [one.dedupe_key for one in first if not isinstance(one, Exception)]
        assert keys == [one.dedupe_key for one in second if not isinstance(one, Exception)]


def test_an_unknown_kind_is_named() -> None:
    """A field of the future is ignored by name, a message of the future is shown by name."""
    (ignored,) = read("unknown_field")
    assert isinstance(ignored, Ignored)
    assert ignored.reason == "unknown: telepathy"
    assert message("unknown_type").text == "[hologram]"


def test_spoilt_deliveries_break_nothing() -> None:
    """Whatever a spoilt delivery holds, it gives records or PayloadInvalid."""
    chance, names = random.Random(31), sorted(BODIES)
    for number in range(300):
        body = mutation.mutated(BODIES[names[number % len(names)]], chance)
        for one in parse(Request(method="POST", path="", headers={}, body=body), context()):
            assert not isinstance(one, Exception) or isinstance(one, PayloadInvalid)


def test_an_ordinary_message_is_read_quickly() -> None:
    """Reading one text takes far less than a millisecond."""
    body, ctx, taken = delivery(BODIES["text"]).body, context(), []
    for _ in range(200):
        begun = time.perf_counter()
        parse_part(body, ctx)
        taken.append(time.perf_counter() - begun)
    assert statistics.median(taken) < 0.001
