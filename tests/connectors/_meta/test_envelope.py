"""connectors/_meta/envelope.py: everybody gets what is his, once, and nothing gets lost."""

import random
from typing import Any

import msgspec
import pytest

from connectors._meta.envelope import parse_for, split
from connectors.contract import Context, Piece
from connectors.errors import PayloadInvalid
from connectors.inbound import AnyInbound, Ignored
from tests.connectors._meta.world import NOW, context, posted

Json = dict[str, Any]


def pieces(body: object) -> list[Piece]:
    """The pieces of a delivery in which nothing is broken."""
    found = split(posted(body))
    assert all(isinstance(one, Piece) for one in found), found
    return [one for one in found if isinstance(one, Piece)]


def owners(body: object) -> list[tuple[str, str]]:
    """(network, asset) of every piece."""
    return [(one.network, one.asset_id) for one in pieces(body)]


def page(page_id: object = "1", **content: Any) -> Json:
    """A delivery about one Page."""
    return {"object": "page", "entry": [{"id": page_id, "time": 1, **content}]}


def entry_of(piece: Piece) -> Json:
    """The one entry that a piece holds."""
    (entry,) = msgspec.json.decode(piece.body)["entry"]
    assert isinstance(entry, dict)
    return entry


def test_a_page_is_two_networks() -> None:
    """Conversations go to Messenger and the rest to the Page, each without the other's elements."""
    body = page(messaging=[{"m": 1}], standby=[{"s": 1}], changes=[{"field": "feed", "value": {}}])
    messenger, feed = pieces(body)
    assert (messenger.network, feed.network) == ("messenger", "facebook_page")
    assert entry_of(messenger) == {"id": "1", "time": 1, "messaging": [{"m": 1}], "standby": [{"s": 1}]}
    assert entry_of(feed) == {"id": "1", "time": 1, "changes": [{"field": "feed", "value": {}}]}


@pytest.mark.parametrize(
    ("field", "network"),
    [
        ("messages", "messenger"),
        ("message_echoes", "messenger"),
        ("messaging_postbacks", "messenger"),
        ("standby", "messenger"),
        ("response_feedback", "messenger"),
        ("feed", "facebook_page"),
        ("mention", "facebook_page"),
        ("ratings", "facebook_page"),
        ("a_new_one", "facebook_page"),
    ],
)
def test_changes_go_by_their_field(field: str, network: str) -> None:
    """A change about messages is Messenger's, every other the Page's."""
    assert owners(page(changes=[{"field": field, "value": {}}])) == [(network, "1")]


@pytest.mark.parametrize(
    "content",
    [
        {"messaging": [{"sender": {"id": "5"}}]},
        {"standby": [{"sender": {"id": "5"}}]},
        {"changes": [{"field": "comments", "value": {"id": "6"}}]},
        {"field": "comments", "value": {"id": "6"}},
    ],
)
def test_instagram_in_every_shape(content: Json) -> None:
    """An entry of Instagram goes whole to the account, whether its change stands in `changes` or on the entry."""
    (piece,) = pieces({"object": "instagram", "entry": [{"id": "17841400000000000", "time": 1, **content}]})
    assert (piece.network, piece.asset_id) == ("instagram", "17841400000000000")
    assert entry_of(piece) == {"id": "17841400000000000", "time": 1, **content}


def numbered(number: object, name: str) -> Json:
    """A change at a phone number."""
    return {"field": "messages", "value": {"metadata": {"phone_number_id": number}, "name": name}}


def test_whatsapp_goes_by_phone_number() -> None:
    """Changes go to the phone number they name, in order; those of the whole account go to the account."""
    update = {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}
    changes = [numbered("10", "a"), numbered(20, "b"), numbered("10", "c"), update, {"field": "messages"}]
    found = pieces({"object": "whatsapp_business_account", "entry": [{"id": "900", "changes": changes}]})
    assert [(one.network, one.asset_id) for one in found] == [
        ("whatsapp", "10"), ("whatsapp", "20"), ("whatsapp", "900"),
    ]  # fmt: skip
    assert [entry_of(one)["changes"] for one in found] == [
        [changes[0], changes[2]], [changes[1]], [changes[3], changes[4]],
    ]  # fmt: skip
    assert all(entry_of(one)["id"] == "900" for one in found)


def test_ids_are_text() -> None:
    """An id that comes as a number names the same asset as its digits."""
    assert owners(page(104000000000007, messaging=[{}])) == [("messenger", "104000000000007")]


def test_elements_stay_as_they_came() -> None:
    """The bytes of an element are passed on unread: escapes, numbers beyond 64 bits and all."""
    element = rb'{"text":"\ud83d\ude42 a\/b","n":123456789012345678901234567890}'
    (piece,) = split(posted(b'{"object":"page","entry":[{"id":"1","time":1,"messaging":[' + element + b"]}]}"))
    assert isinstance(piece, Piece)
    assert element in piece.body


def test_same_asset_in_several_entries() -> None:
    """Each entry is a piece of its own, also of an asset that was there before."""
    entry = {"id": "1", "time": 1, "messaging": [{}]}
    assert owners({"object": "page", "entry": [entry, entry]}) == [("messenger", "1")] * 2


@pytest.mark.parametrize("asset", ["0", 0])
@pytest.mark.parametrize("kind", ["page", "instagram", "whatsapp_business_account"])
def test_the_dashboards_test_is_for_nobody(kind: str, asset: object) -> None:
    """A delivery of the Test button is understood and stores nothing."""
    entry = {"id": asset, "time": 1, "changes": [numbered("123456123", "test")], "messaging": [{}]}
    assert split(posted({"object": kind, "entry": [entry]})) == []


def test_permissions_go_to_the_assets_they_were_for() -> None:
    """A permission taken back reaches every channel that needs it; one that was granted, and those of nobody, none."""
    changes = [
        {"field": "pages_messaging", "value": {"verb": "revoked", "target_ids": ["1", 2]}},
        {"field": "instagram_manage_comments", "value": {"verb": "revoked", "target_ids": ["3"]}},
        {"field": "pages_read_user_content", "value": {"verb": "granted", "target_ids": ["1"]}},
        {"field": "email", "value": {"verb": "revoked", "target_ids": ["1"]}},
    ]
    body = {"object": "permissions", "entry": [{"id": "77", "time": 1, "changes": changes}]}
    assert owners(body) == [
        ("messenger", "1"), ("facebook_page", "1"), ("messenger", "2"), ("facebook_page", "2"), ("instagram", "3"),
    ]  # fmt: skip


def test_people_change_their_profiles() -> None:
    """What a person who signed in changes in his own profile concerns no channel."""
    entry = {"id": "77", "uid": "77", "time": 1, "changed_fields": ["photos"]}
    assert split(posted({"object": "user", "entry": [entry]})) == []


def test_broken_entries_cost_only_themselves() -> None:
    """An entry that cannot be read stands as its error, with its place, between those that can."""
    good = {"id": "1", "time": 1, "messaging": [{}]}
    broken = [7, {"time": 1}, {"id": ""}, {"id": {}}, {"id": "1", "messaging": "all"}, None]
    found = split(posted({"object": "page", "entry": [good, *broken, good]}))
    assert [type(one) for one in found] == [Piece, *[PayloadInvalid] * len(broken), Piece]
    assert str(found[1]).startswith("entry[1]:")


@pytest.mark.parametrize("content", [{"changes": "all"}, {"standby": {"s": 1}}, {"field": 5}])
def test_a_broken_part_of_an_entry_costs_no_other(content: Json) -> None:
    """What was said is read, whatever else stands beside it."""
    found = split(posted(page(messaging=[{"m": 1}], **content)))
    piece = found[-1]
    assert isinstance(piece, Piece)
    assert entry_of(piece)["messaging"] == [{"m": 1}]
    assert [str(one).partition(":")[0] for one in found[:-1]] == [f"entry[0].{name}" for name in content]


def test_a_broken_permission_costs_no_other() -> None:
    """Those that can be read reach their channels."""
    lost = {"field": "instagram_basic", "value": {"verb": "revoked", "target_ids": ["3"]}}
    broken = [3, {"field": 5}, {"field": "pages_messaging", "value": {"target_ids": 7}}]
    entry = {"id": "77", "time": 1, "changes": [*broken, lost]}
    found = split(posted({"object": "permissions", "entry": [entry]}))
    assert [type(one) for one in found] == [*[PayloadInvalid] * 3, Piece]


def test_a_delivery_in_a_list_is_read() -> None:
    """As Meta's documents print it; each of several stands for itself."""
    one = page(messaging=[{"m": 1}])
    assert split(posted([one])) == split(posted(one))
    found = split(posted([one, 3, one]))
    assert [type(piece) for piece in found] == [Piece, PayloadInvalid, Piece]
    assert str(found[1]).startswith("[1]:")


def test_a_provider_is_told_which_account_left() -> None:
    """The event comes in an entry of the provider's business; it is the account's. Other events are the entry's."""
    left = {"field": "account_update", "value": {"event": "PARTNER_REMOVED", "waba_info": {"waba_id": 901}}}
    other = {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT", "waba_info": {"waba_id": "902"}}}
    found = pieces({"object": "whatsapp_business_account", "entry": [{"id": "77", "changes": [left, other]}]})
    assert [(one.asset_id, entry_of(one)["id"]) for one in found] == [("901", "901"), ("77", "77")]


def test_broken_elements_are_the_readers() -> None:
    """An element that is no object is passed on with the rest, for whoever reads the rest to report."""
    messenger, feed = pieces(page(messaging=[3, {"m": 1}], changes=[4, {"field": 5}, {"field": "feed"}]))
    assert entry_of(messenger)["messaging"] == [3, {"m": 1}]
    assert entry_of(feed)["changes"] == [4, {"field": 5}, {"field": "feed"}]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"object":"page"}', b'{"object":"moon","entry":[]}', b"\xff", b"[" * 5000]
)
def test_no_envelope(body: bytes) -> None:
    """What is no delivery of the family is one PayloadInvalid."""
    (found,) = split(posted(body))
    assert isinstance(found, PayloadInvalid)


def test_a_hundred_elements_over_five_pages() -> None:
    """Of 100 mixed elements over 5 Pages every one is in exactly one piece: of its Page, of its network, in order."""
    chance = random.Random(5)
    elements: list[Json] = [
        {
            "number": number,
            "page": f"10{chance.randrange(5)}",
            "form": chance.choice(("messaging", "standby", "changes")),
        }
        for number in range(100)
    ]
    entries: list[Json] = []
    for one in elements:
        content: Json = {"number": one["number"]}
        if one["form"] == "changes":
            one["field"] = chance.choice(("feed", "ratings", "messages"))
            content["field"] = one["field"]
        if not entries or entries[-1]["id"] != one["page"] or chance.random() < 0.2:
            entries.append({"id": one["page"], "time": 1})
        entries[-1].setdefault(one["form"], []).append(content)
    seen: dict[int, tuple[str, str]] = {}
    for piece in pieces({"object": "page", "entry": entries}):
        entry = entry_of(piece)
        for form in ("messaging", "standby", "changes"):
            numbers = [element["number"] for element in entry.get(form, ())]
            assert numbers == sorted(numbers)
            assert not seen.keys() & set(numbers), "an element is in two pieces"
            seen |= dict.fromkeys(numbers, (piece.network, piece.asset_id))
    for one in elements:
        network = "facebook_page" if one.get("field") in ("feed", "ratings") else "messenger"
        assert seen[one["number"]] == (network, one["page"])


def test_parse_reads_its_own_network_only() -> None:
    """A connector's `parse` reads the pieces of its network, and reports what is nobody's."""

    def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
        return [Ignored(dedupe_key=body.decode(), occurred_at=ctx.now, reason="test")]

    body = page(messaging=[{}], changes=[{"field": "feed"}])
    body["entry"].append(3)
    found = parse_for("facebook_page", parse_part)(posted(body), context())
    assert isinstance(found[0], Ignored)
    assert '"feed"' in found[0].dedupe_key
    assert found[0].occurred_at == NOW
    assert isinstance(found[1], PayloadInvalid)
    assert len(found) == 2
