"""connectors/whatsapp/phones.py: people and chats of the simulator."""

from connectors.whatsapp.phones import Kept, Phones

DAY = 24 * 3_600_000_000


def phones() -> Phones:
    """Everybody with numbers that are the sum of their letters; nobody hides."""
    return Phones(lambda name, below: 1 + sum(map(ord, name)) % (below - 1))


def test_a_chat_is_found_by_every_name_of_its_person() -> None:
    """By key, number and id; a group by its own id; nothing by no name."""
    everybody = phones()
    maria = everybody.of("maria", "Maria")
    chat, group = everybody.chat(maria), everybody.chat(maria, "1@g.us")
    assert [everybody.chat_named(name) for name in ("maria", maria.number, maria.user_id)] == [chat] * 3
    assert everybody.chat_named("1@g.us") is group
    assert everybody.chat_named("") is None
    assert everybody.chat_named("nobody") is None


def test_who_hides_is_named_by_id_alone() -> None:
    """Neither contacts nor messages nor statuses hold the number."""
    everybody = Phones(lambda name, below: 0)
    hidden = everybody.of("nikos", "Νίκος")
    chat, kept = everybody.chat(hidden), Kept(id="1", from_us=True, text="hi")
    assert hidden.hides_number
    assert hidden.number not in str([hidden.contact(), chat.said("2", 0), chat.status(kept, "sent", 0)])


def test_the_fate_of_a_message_follows_window_and_phone() -> None:
    """Within a day it is delivered; later only a template is; a block leaves it at one tick."""
    everybody = phones()
    chat = everybody.chat(everybody.of("maria", "Maria"))
    kept = Kept(id="1", from_us=True, text="hi")

    def fate(now: int, template: bool) -> list[str]:
        return [one["status"] for one in chat.fate(kept, now, None, is_template=template)]

    assert fate(DAY - 1, False) == ["sent", "delivered"]
    assert fate(DAY, False) == ["failed"]
    assert fate(DAY, True) == ["sent", "delivered"]
    chat.phone.blocks_us = True
    assert fate(0, False) == ["sent"]
    chat.phone.is_gone = True
    assert fate(0, True) == ["failed"]


def test_deleted_messages_are_found_no_more() -> None:
    """Nobody can change what is gone, nor what somebody else wrote."""
    everybody = phones()
    chat = everybody.chat(everybody.of("maria", "Maria"))
    chat.messages.extend([Kept("1", False, "theirs"), Kept("2", True, "ours"), Kept("3", False, "gone", "deleted")])
    assert [getattr(chat.find(one), "text", None) for one in "123"] == ["theirs", "ours", None]
    assert chat.find("2", theirs=True) is None
