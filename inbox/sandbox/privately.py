"""People who commented in public and were answered in private read it on their phones, and answer there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from connectors.contract import CustomerAction
from inbox.clock import SECOND
from inbox.intake import language
from inbox.sandbox.director import Cue
from inbox.sandbox.networks import Networks, PrivateReply

READS_AFTER = 4 * SECOND
ANSWERS_AFTER = 25 * SECOND
WORDS: Mapping[str, str] = {
    "en": "Oh, thanks for writing to me here! My order is A48213, can you have a look?",
    "el": "Α, ευχαριστώ που μου γράψατε εδώ! Η παραγγελία μου είναι η A48213, το κοιτάτε;",
    "id": "Wah makasih sudah DM, Kak! Nomor pesanan saya A48213, tolong dicek ya.",
    "hy": "Շնորհակալություն, որ գրեցիք այստեղ։ Պատվերիս համարն է A48213, կնայե՞ք։",
    "fi": "Kiitos kun kirjoititte tänne! Tilaukseni on A48213, voitteko katsoa?",
    "de": "Oh, danke für die Nachricht! Meine Bestellung ist A48213, schauen Sie mal nach?",
}
"""What is answered, by the language that we wrote in."""
Read = Callable[[str, str, str], None]


def read(networks: Networks, reads: Read, now: int) -> None:
    """They look at their phones. `reads`: (network, person, thread)."""
    for (network, person), told in networks.private.items():
        if now - told.at > READS_AFTER:
            reads(network, person, told.thread_id)


def answers(networks: Networks, now: int) -> Iterator[Cue]:
    """Who answers now: whoever has had it for a while and has said nothing there since."""
    for (network, person), told in networks.private.items():
        items = networks.seen(network, told.thread_id) if now - told.at > ANSWERS_AFTER else []
        if _unanswered(items, told):
            words = WORDS.get(language.of(items[-1]["text"]) or "", WORDS["en"])
            action = CustomerAction(
                do="write", person=person, name=networks.name_of(person), thread_id=told.thread_id, text=words
            )
            yield Cue(network, action, now, None)


def _unanswered(items: Sequence[Mapping[str, str]], told: PrivateReply) -> bool:
    """Whether the private answer is still the last word."""
    return bool(items) and items[-1]["id"] == told.message_id
