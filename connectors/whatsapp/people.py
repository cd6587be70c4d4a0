"""Who a delivery is about: people under their several names, the threads they write in, and changes of those names.

A person is called by his id in the scope of our business (`user_id`), which stays when his phone number is hidden
behind a username; older deliveries name the phone number (`wa_id`) alone. Where one delivery names both, the thread of
the number becomes the thread of the id.
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Raw
from msgspec.structs import replace

from connectors._meta.times import instant
from connectors.errors import PayloadInvalid
from connectors.inbound import Alias, AnyInbound, Author, IdentitiesLinked, Thread, ThreadMigrated
from connectors.toolkit.payload import decode
from connectors.whatsapp import payloads as wa
from connectors.whatsapp.payloads import SCOPED_ID, Person, text_of


@dataclass(frozen=True, slots=True)
class Scene:
    """One change while its elements are read: for which number of ours, who is named in it, and when it was told."""

    asset_id: str
    """Our phone number's id, or that of the business account where no number is named."""
    own_phone: str
    """Our number, digits only; empty where the change does not say."""
    people: tuple[Person, ...]
    told_at: int
    """µs: when it was told, for elements without a time of their own."""
    delivery: str = ""
    """The entry's time as it came, the same at every redelivery; tells apart what has no id of its own."""

    def at(self, value: wa.Number, path: str) -> int:
        """The time of an element, µs."""
        return instant(value, otherwise=self.told_at, path=f"{path}.timestamp")

    def person(self, phone: wa.Id, user_id: wa.Id = None, parent_user_id: wa.Id = None) -> Person:
        """The person whom an element names, with what `contacts` knows of him."""
        given = _named(phone, user_id, parent_user_id)
        known = next((one for one in self.people if one.known_as(given)), None)
        if known is None and len(self.people) == 1 and not given.id:
            return self.people[0]
        if known is None:
            return given
        return Person(
            phone=given.phone or known.phone,
            user_id=given.user_id or known.user_id,
            parent_user_id=given.parent_user_id or known.parent_user_id,
            name=known.name,
            username=known.username,
        )


def scene_of(value: wa.Value, entry: wa.Entry, now: int) -> Scene:
    """Who and what a change is about. A contact that cannot be read is left out: the element names the person, too."""
    metadata = value.metadata or wa.Metadata()
    return Scene(
        asset_id=text_of(metadata.phone_number_id) or text_of(entry.id),
        own_phone=digits_of(text_of(metadata.display_phone_number)),
        people=tuple(_known_people(value.contacts or ())),
        told_at=instant(entry.time, otherwise=now, path="entry.time"),
        delivery=text_of(entry.time),
    )


def _known_people(contacts: tuple[Raw, ...]) -> Iterator[Person]:
    for raw in contacts:
        try:
            contact = decode(raw, wa.Contact)
        except PayloadInvalid:
            continue
        profile = contact.profile or wa.Profile()
        person = _named(contact.wa_id, contact.user_id, contact.parent_user_id)
        yield replace(person, name=profile.name or "", username=(profile.username or "").removeprefix("@"))


def _named(phone: wa.Id, user_id: wa.Id, parent_user_id: wa.Id) -> Person:
    """The person with these names. Where the number is hidden, the id has been seen in its place."""
    number, scoped = digits_of(text_of(phone)), text_of(user_id)
    if SCOPED_ID.fullmatch(number):
        number, scoped = "", scoped or number
    return Person(phone=number, user_id=scoped, parent_user_id=text_of(parent_user_id))


def digits_of(phone: str) -> str:
    """A phone number as WhatsApp writes it, without plus sign, spaces and brackets. Ids of test numbers, which have
    letters, stay as they are.
    """
    bare = phone.translate(_PUNCTUATION)
    return bare if bare.isdecimal() else phone


_PUNCTUATION = str.maketrans("", "", "+ ()-./")


def author_of(person: Person) -> Author:
    """The person as the author of something. Raises PayloadInvalid where he is not named at all."""
    if not person.id:
        raise PayloadInvalid("names neither a phone number nor a user id", path="from")
    scoped = (person.user_id, person.parent_user_id)
    phone = _international(person.phone)
    return Author(
        external_id=person.id,
        name=person.name,
        username=person.username,
        phone=phone or None,
        aliases=(
            *((Alias(kind="phone", value=phone),) if phone else ()),
            *(Alias(kind="scoped_id", value=one) for one in scoped if one),
        ),
    )


def us(scene: Scene) -> Author:
    """Our own number as the author of something."""
    if not scene.asset_id:
        raise PayloadInvalid("names no number of ours", path="metadata")
    return Author(external_id=scene.asset_id, is_self=True)


def _international(phone: str) -> str:
    return f"+{phone}" if phone.isdecimal() else ""


def thread_of(person: Person, group_id: str, closes_at: int | None) -> Thread:
    """The thread somebody writes in: his own, or a group. `closes_at`: until when it takes words of our own."""
    if group_id:
        return Thread(
            external_id=group_id,
            kind="group",
            audience="private",
            window_closes_at=closes_at,
            address={"group_id": group_id},
        )
    if not person.id:
        raise PayloadInvalid("names neither a phone number nor a user id", path="from")
    return Thread(
        external_id=person.id,
        kind="direct",
        audience="private",
        window_closes_at=closes_at,
        address={
            **({"phone": person.phone} if person.phone else {}),
            **({"user_id": person.user_id} if person.user_id else {}),
        },
    )


# --- changes of names -------------------------------------------------------------------------


def named_anew(person: Person, at: int, scene: Scene) -> list[AnyInbound]:
    """Where a delivery names a person by number and by id: his thread under the number, if there is one, is the same.

    The contact is the same by the aliases of the author.
    """
    if not (person.phone and person.user_id):
        return []
    return [_migrated(person.phone, person.user_id, at, scene)]


def renamed(old_id: str, new: Person, at: int, scene: Scene) -> list[AnyInbound]:
    """A person changed his number, and with it his id: thread and person go on under the new name."""
    if not old_id or not new.id or old_id == new.id:
        return []
    linked = IdentitiesLinked(
        dedupe_key=f"linked:{old_id}:{new.id}",
        occurred_at=at,
        asset_id=scene.asset_id,
        author=author_of(new),
        other_id=old_id,
        reason="WhatsApp says that the person has another number now",
    )
    return [_migrated(old_id, new.id, at, scene), linked]


def _migrated(old_id: str, new_id: str, at: int, scene: Scene) -> ThreadMigrated:
    return ThreadMigrated(
        dedupe_key=f"moved:{old_id}:{new_id}",
        occurred_at=at,
        asset_id=scene.asset_id,
        thread_id=old_id,
        new_thread_id=new_id,
    )


def with_number(person: Person, phone: str) -> Person:
    """The person, with a number that he told us himself where WhatsApp hides it."""
    return person if person.phone or not phone else replace(person, phone=phone)
