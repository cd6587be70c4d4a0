"""People outside, as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from inbox.clock import iso
from inbox.domain.records import Contact, Identity
from inbox.domain.shapes import ContactShape, IdentityShape
from inbox.eventlog.show import text_id

_words = msgspec.json.Decoder(dict[str, str]).decode


def contact_shape(contact: Contact, identities: Sequence[Identity], refs: Mapping[str, str]) -> ContactShape:
    """A person with his accounts."""
    return ContactShape(
        id=str(contact.id),
        name=contact.name,
        avatar_url=contact.avatar_url,
        email=contact.email,
        phone=contact.phone,
        company=contact.company,
        language=contact.language,
        note=contact.note,
        fields=_words(contact.fields) if contact.fields else {},
        refs=dict(refs),
        blocked=bool(contact.blocked),
        identities=[identity_shape(i) for i in identities],
        merged_into=text_id(contact.merged_into),
        created_at=iso(contact.created_at),
        version=contact.version,
        company_id=text_id(contact.company_id),
    )


def identity_shape(identity: Identity) -> IdentityShape:
    """An account on a network."""
    return IdentityShape(
        id=str(identity.id),
        network=identity.network,
        external_id=identity.external_id,
        name=identity.name,
        username=identity.username,
        avatar_url=identity.avatar_url,
        verified=None if identity.verified is None else bool(identity.verified),
        reachable=bool(identity.reachable),
        profile=_words(identity.profile) if identity.profile else {},
        last_seen_at=iso(identity.last_seen_at) if identity.last_seen_at else None,
    )
