"""People's side objects, as the API shows them."""

from __future__ import annotations

import msgspec

from inbox.clock import iso
from inbox.domain.custom_fields import choices_of
from inbox.domain.events import Actor
from inbox.domain.people_records import Company, ContextLink, CustomField
from inbox.domain.people_shapes import CompanyShape, ConsentShape, ContextLinkShape, CustomFieldShape
from inbox.eventlog.show import Show, text_id
from inbox.storage.people import Consent

_words = msgspec.json.Decoder(dict[str, str]).decode
_domains = msgspec.json.Decoder(list[str]).decode


def custom_field_shape(field: CustomField) -> CustomFieldShape:
    """A field of the house's own."""
    return CustomFieldShape(
        id=str(field.id),
        key=field.key,
        name=field.name,
        subject=field.subject,  # type: ignore[arg-type]
        kind=field.kind,  # type: ignore[arg-type]
        choices=list(choices_of(field)),
        required=bool(field.required),
        place=field.place,
        version=field.version,
    )


def company_shape(company: Company) -> CompanyShape:
    """Whom contacts work for."""
    return CompanyShape(
        id=str(company.id),
        name=company.name,
        domains=_domains(company.domains),
        fields=_words(company.fields) if company.fields else {},
        note=company.note,
        created_at=iso(company.created_at),
        version=company.version,
    )


def context_link_shape(link: ContextLink) -> ContextLinkShape:
    """An address of another system."""
    return ContextLinkShape(
        id=str(link.id),
        label=link.label,
        template=link.template,
        mask=link.mask,
        shown=link.shown,  # type: ignore[arg-type]
        place=link.place,
        version=link.version,
    )


def consent_shape(channel_id: int, said: Consent | None, show: Show) -> ConsentShape:
    """What a person said about a channel."""
    if said is None:
        return ConsentShape(channel_id=str(channel_id), state="unknown", source="", at=None, by=None)
    _, state, source, at, by_kind, by_id = said
    return ConsentShape(
        channel_id=text_id(channel_id) or "",
        state=state,  # type: ignore[arg-type]
        source=source,
        at=iso(at),
        by=show.actor(Actor(by_kind, by_id)),  # type: ignore[arg-type]
    )
