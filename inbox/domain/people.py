"""Identities and contacts: who wrote, and which accounts are one person."""

from __future__ import annotations

import msgspec

from connectors import inbound as net
from inbox.domain import events as e
from inbox.domain.records import Contact, Identity
from inbox.domain.state import ChannelFacts, Needs, State, Who

_json = msgspec.json.Encoder().encode


def scope_of(channel: ChannelFacts, item_id: str = "") -> str:
    """The scope identities of this channel are unique in: the network, the asset, or the item (reviews)."""
    return f"item:{channel.id}:{item_id}" if channel.item_scope else channel.identity_scope


def needs_of(needs: Needs, channel: ChannelFacts, author: net.Author, item_id: str = "") -> Who:
    """Name what finding an author looks at. Returns the key that he has by his id."""
    who = (channel.network, scope_of(channel, item_id), author.external_id)
    needs.identities.add(who)
    if channel.item_scope:
        return who
    names = _names_of(author)
    needs.aliases |= names
    needs.identities |= {(who[0], who[1], value.removeprefix("+")) for _, value in names}
    needs.names.setdefault(who, set()).update(names)
    return who


def _names_of(author: net.Author) -> set[tuple[str, str]]:
    """The strong names of an account: its id is one too. An unverified claim names nobody."""
    if author.is_verified is False:
        return set()
    bare = author.external_id.removeprefix("+")
    own = {("scoped_id", author.external_id), *([("phone", f"+{bare}")] if bare.isdecimal() else [])}
    return own | {(alias.kind, alias.value) for alias in author.aliases}


def named(state: State, who: Who, names: set[tuple[str, str]]) -> Identity | None:
    """The identity with this key. Where there is none, that of the same account under another name: networks call it by
    a phone number in one delivery and by an id in the next. Then it has the key, too, while the state lives.

    That both merely have a name in common is not enough (numbers are given to others): it must be what one is called.
    """
    found = state.identity_by_key.get(who) or _called_otherwise(state, who, names)
    if found is not None:
        state.identity_by_key[who] = found
    return found


def _called_otherwise(state: State, who: Who, names: set[tuple[str, str]]) -> Identity | None:
    network, scope, external_id = who
    found: dict[int, Identity] = {}
    for name in names:
        bare = name[1].removeprefix("+")
        by_id = state.identity_by_key.get((network, scope, bare))
        owners = [state.identities.get(i) for i in state.alias_owners.get(name, ())]
        for identity in (by_id, *owners):
            if identity is None or (identity.network, identity.scope) != (network, scope):
                continue
            if bare in (external_id.removeprefix("+"), identity.external_id.removeprefix("+")):
                found[identity.id] = identity
    return max(found.values(), key=lambda one: (one.last_seen_at, one.id), default=None)


def find(state: State, channel: ChannelFacts, author: net.Author, *, item_id: str = "") -> Identity | None:
    """The identity of an author, if he is known, under whichever of his names."""
    who = (channel.network, scope_of(channel, item_id), author.external_id)
    return state.identity_by_key.get(who) if channel.item_scope else named(state, who, _names_of(author))


def is_called(state: State, identity: Identity, external_id: str) -> bool:
    """Whether this is a name of the account."""
    bare = external_id.removeprefix("+")
    names = (("scoped_id", external_id), ("phone", f"+{bare}"))
    return identity.external_id.removeprefix("+") == bare or any(
        identity.id in state.alias_owners.get(name, ()) for name in names
    )


def known(state: State, channel: ChannelFacts, author: net.Author, *, at: int, item_id: str = "") -> Identity:
    """The identity of an author, made with its contact when it is new, refreshed when what is known of it changed."""
    identity = find(state, channel, author, item_id=item_id)
    if identity is None:
        return _made(state, channel, author, scope_of(channel, item_id), at)
    _refresh(state, identity, author, at)
    return identity


def _made(state: State, channel: ChannelFacts, author: net.Author, scope: str, at: int) -> Identity:
    contact = _contact_by_alias(state, author) if not channel.item_scope else None
    if contact is None:
        contact = state.add(
            Contact(
                id=state.next_id(),
                name=author.name or author.username,
                avatar_url=None,
                email=author.email,
                phone=author.phone,
                company="",
                language=author.language,
                note="",
                fields="",
                blocked=0,
                merged_into=None,
                created_at=at,
                version=1,
            )
        )
    identity = added(state, channel, author, scope, contact.id, at)
    _keep_aliases(state, identity, author)
    return identity


def _keep_aliases(state: State, identity: Identity, author: net.Author) -> None:
    """Note the strong names that are new. An unverified claim is no name."""
    for alias in author.aliases if author.is_verified is not False else ():
        owners = state.alias_owners.setdefault((alias.kind, alias.value), set())
        if identity.id not in owners:
            owners.add(identity.id)
            state.identity_aliases.append((alias.kind, alias.value, identity.id))


def added(state: State, channel: ChannelFacts, author: net.Author, scope: str, contact_id: int, at: int) -> Identity:
    """A new identity of a contact there is."""
    return state.add(
        Identity(
            id=state.next_id(),
            contact_id=contact_id,
            network=channel.network,
            scope=scope,
            external_id=author.external_id,
            name=author.name,
            username=author.username,
            avatar_url=author.avatar_url,
            verified=None if author.is_verified is None else int(author.is_verified),
            reachable=1,
            language=author.language,
            profile=_json(author.profile).decode() if author.profile else "",
            last_seen_at=at,
            created_at=at,
        )
    )


def _contact_by_alias(state: State, author: net.Author) -> Contact | None:
    """A contact whose identity has one of the author's strong aliases. An unverified claim joins nobody."""
    if author.is_verified is False:
        return None
    for alias in author.aliases:
        for identity_id in sorted(state.alias_owners.get((alias.kind, alias.value), ())):
            identity = state.identities.get(identity_id)
            if identity is not None:
                return state.contacts.get(identity.contact_id)
    return None


def _refresh(state: State, identity: Identity, author: net.Author, at: int) -> None:
    _keep_aliases(state, identity, author)
    profile = _json(author.profile).decode() if author.profile else identity.profile
    verified = identity.verified if author.is_verified is None else int(author.is_verified)
    name, username = author.name or identity.name, author.username or identity.username
    avatar_url = author.avatar_url or identity.avatar_url
    changed = (name, username, avatar_url, profile, verified) != (
        identity.name,
        identity.username,
        identity.avatar_url,
        identity.profile,
        identity.verified,
    )
    # Seen times are worth one write an hour, not one a message.
    if not changed and at - identity.last_seen_at < 3_600_000_000:
        return
    identity.name, identity.username, identity.avatar_url = name, username, avatar_url
    identity.profile, identity.verified = profile, verified
    identity.last_seen_at = max(identity.last_seen_at, at)
    state.touch(identity)


def changed(state: State, channel: ChannelFacts, inbound: net.IdentityChanged) -> None:
    """A profile changed, or a person blocked or unblocked us."""
    identity = find(state, channel, inbound.author)
    if identity is None:
        return
    _rename(state, identity, inbound.author)
    _refresh(state, identity, inbound.author, inbound.occurred_at)
    contact = state.contacts.get(identity.contact_id)
    if contact is not None and not contact.email and inbound.author.email:
        contact.email = inbound.author.email
        contact.version += 1
        state.touch(contact)
    if inbound.reachable is not None and bool(identity.reachable) != inbound.reachable:
        identity.reachable = int(inbound.reachable)
        state.touch(identity)
    thread = state.thread_by_key.get((channel.id, inbound.thread_id or ""))
    state.emit(
        e.IdentityChanged(
            identity_id=identity.id,
            contact_id=identity.contact_id,
            reachable=inbound.reachable,
            conversation_id=thread.conversation_id if thread else None,
        ),
        e.Actor("contact", identity.contact_id),
        audience=e.Audience(channel.id, channel.team_id),
    )


def _rename(state: State, identity: Identity, author: net.Author) -> None:
    """A contact still called as the network calls him follows; every one of his rows is shown anew."""
    contact = state.contacts.get(identity.contact_id)
    name = author.name or author.username
    if (
        contact is None
        or not name
        or contact.name == name
        or contact.name not in ("", identity.name, identity.username)
    ):
        return
    contact.name = name
    contact.version += 1
    state.touch(contact)
    for conversation in [c for c in state.conversations.values() if c.contact_id == contact.id]:
        state.emit(e.ContactChanged(contact_id=contact.id, conversation_id=conversation.id))


def linked(state: State, channel: ChannelFacts, inbound: net.IdentitiesLinked) -> None:
    """The network vouches that two accounts are one person: the other's identity moves to the author's contact."""
    other = find(state, channel, net.Author(external_id=inbound.other_id))
    if other is None:
        return
    identity = find(state, channel, inbound.author)
    if identity is None:
        # The signed-in account is new: it joins the anonymous one's contact, whose story it continues.
        author = inbound.author
        by_alias = _contact_by_alias(state, author)
        identity = _made(state, channel, author, scope_of(channel), inbound.occurred_at)
        if by_alias is None:
            spare = state.contacts[identity.contact_id]
            identity.contact_id = other.contact_id
            spare.merged_into = other.contact_id
            _fill(state, state.contacts[other.contact_id], author)
            return
    moved(state, channel, other, identity.contact_id, inbound.reason)


def moved(state: State, channel: ChannelFacts, identity: Identity, contact_id: int, reason: str) -> None:
    """An identity is another contact's from now on, with what was opened by it. Nothing happens where it is his."""
    source = identity.contact_id
    if source == contact_id:
        return
    identity.contact_id = contact_id
    state.touch(identity)
    for thread in [th for th in state.threads.values() if th.identity_id == identity.id]:
        conversation = state.conversations.get(thread.conversation_id)
        if conversation is not None and conversation.contact_id == source:
            conversation.contact_id = contact_id
            state.touch(conversation)
    state.emit(
        e.IdentitiesLinked(contact_id=contact_id, from_contact_id=source, identity_ids=(identity.id,), reason=reason),
        audience=e.Audience(channel.id, channel.team_id),
    )


def _fill(state: State, contact: Contact, author: net.Author) -> None:
    contact.name = author.name or contact.name
    contact.email = contact.email or author.email
    contact.phone = contact.phone or author.phone
    contact.version += 1
    state.touch(contact)
