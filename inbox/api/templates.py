"""Templates: messages that a network approved beforehand, the only ones it takes when the reply window is closed."""

from __future__ import annotations

from typing import Literal

import msgspec

from connectors.contract import Template
from inbox.api.call import Call
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.versions import found
from inbox.domain.records import Channel
from inbox.errors import NotFound

routes = Routes("Channels")


class TemplateFieldShape(msgspec.Struct, kw_only=True):
    """A value to fill in, named as in `template_values`. `kind`: `text`, or the kind of a file's address.

    `label` says in English where it stands; `place` and `about` (the kind of file, the placeholder, what stands on the
    button) say the same to who has words of his own.
    """

    name: str
    label: str
    place: Literal["", "header_file", "header", "body", "button_code", "button_url"]
    about: str
    kind: str
    example: str


class TemplateShape(msgspec.Struct, kw_only=True):
    """A template. `key` is what `template` of an answer names it by; `text` has its places as `{{1}}`."""

    key: str
    name: str
    language: str
    category: str
    text: str
    header: str
    footer: str
    buttons: list[str]
    fields: list[TemplateFieldShape]


@routes.get("/channels/{channel_id}/templates", needs="start", rate="costly")
async def list_templates(call: Call, channel_id: int) -> Page[TemplateShape]:
    """The approved templates of a channel, asked of its network now; none where it has no such thing."""
    channel = await call.deps.database.read(found, Channel, channel_id)
    if not call.principal.scope.covers(channel.id, channel.team_id):
        raise NotFound(f"there is no channel {channel_id}, or it is not one of yours")
    position = await call.position()
    known = [] if call.deps.templates is None else await call.deps.templates(channel_id)
    return Page(items=[_shape(one) for one in known if one.status == "APPROVED"], position=position)


def _shape(one: Template) -> TemplateShape:
    fields = [
        TemplateFieldShape(
            name=field.key,
            label=field.label,
            place=field.place,
            about=field.about,
            kind=field.kind,
            example=field.example,
        )
        for field in one.parameters
    ]
    return TemplateShape(
        key=one.id,
        name=one.name,
        language=one.language,
        category=one.category,
        text=one.body,
        header=one.header,
        footer=one.footer,
        buttons=list(one.buttons),
        fields=fields,
    )
