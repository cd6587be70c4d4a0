"""What a direct message holds, as words and attachments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from msgspec import Raw

from connectors._meta.media import file_url, page_url
from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.inbound import Attachment, AttachmentKind, Origin
from connectors.instagram.manifest import HEART
from connectors.instagram.payloads import AttachmentPayload, Message, MessageAttachment, Referral, ReplyTo, Story
from connectors.toolkit.payload import decode

_KINDS: dict[str, AttachmentKind] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "file",
    "share": "image",
    "ig_post": "image",
    "ig_story": "image",
    "story_mention": "image",
    "reel": "video",
    "ig_reel": "video",
}
"""Type → what it most often is. A story or a shared post can as well be a video; only its bytes tell."""
_TITLES = {
    "share": "Shared post",
    "ig_post": "Shared post",
    "ig_story": "Shared story",
    "story_mention": "Mention in a story",
    "reel": "Shared reel",
    "ig_reel": "Shared reel",
}
_WORDS = {
    "ephemeral": "[a photo or video that disappears: see it in Instagram]",
    "unsupported_type": "[something that Instagram shows only in its app]",
}
"""Types without content → what an agent reads, so that he looks."""
_SITES = ("instagram.com", "facebook.com")
UNSUPPORTED = _WORDS["unsupported_type"]


@dataclass(frozen=True, slots=True)
class Content:
    """Words and attachments of a message."""

    text: str
    attachments: tuple[Attachment, ...]


def content_of(message: Message, reply_to: ReplyTo | None, ctx: Context) -> Content:
    """What a message holds. What Instagram does not pass on is named in brackets: somebody has to look at it."""
    attachments: list[Attachment] = []
    lines = [message.text] if message.text else []
    for line, attachment in _pieces(message.attachments or (), ctx):
        if line:
            lines.append(line)
        if attachment is not None:
            attachments.append(attachment)
    story = reply_to.story if reply_to is not None else None
    if story is not None:
        attachments.append(_story(story, ctx))
    if not lines and not attachments and message.is_unsupported:
        lines = [UNSUPPORTED]
    return Content("\n".join(lines), tuple(attachments))


def origin_of(referral: Referral | None, story: Story | None = None) -> Origin | None:
    """How the person came, by an ad, a link, an article of the shop or a story of ours; None where nothing tells."""
    if referral is not None:
        ad, product = referral.ads_context_data, referral.product
        if referral.ad_id is not None or (referral.source or "").upper() == "ADS":
            ad_id = str(referral.ad_id or "")
            title = (ad.ad_title if ad else None) or ""
            return Origin(kind="ad", ref=referral.ref or ad_id, title=title, campaign_ref=ad_id)
        if product is not None:
            return Origin(kind="page", ref=str(product.id), title="Product")
        if referral.ref:
            return Origin(kind="link", ref=referral.ref)
    if story is not None and story.id is not None:
        return Origin(kind="post", ref=str(story.id), title="Story")
    return None


def _pieces(given: tuple[Raw, ...], ctx: Context) -> Iterator[tuple[str, Attachment | None]]:
    """Words and file of each attachment. A shared post comes as `share` and again as `ig_post`: it is one.
    https://developers.facebook.com/docs/instagram-platform/webhooks/new (read 2026-11-22).
    """
    known: set[str] = set()
    for raw in given:
        try:
            attachment = decode(raw, MessageAttachment)
        except PayloadInvalid:
            yield "[attachment]", None
            continue
        payload = attachment.payload or AttachmentPayload()
        shown = str(payload.ig_post_media_id or "") if attachment.type in ("share", "ig_post") else ""
        if shown and shown in known:
            continue
        known.add(shown)
        yield _piece(attachment.type, payload, ctx)


def _piece(kind: str, payload: AttachmentPayload, ctx: Context) -> tuple[str, Attachment | None]:
    if kind == "like_heart":
        return HEART, None
    if kind == "template":
        return _template(payload), None
    if not payload.url:
        return _WORDS.get(kind) or f"[{kind or 'attachment'}]", None
    return "", _attachment(kind, payload, ctx)


def _attachment(kind: str, payload: AttachmentPayload, ctx: Context) -> Attachment:
    """A file to be loaded, or something to be opened."""
    shown = payload.ig_post_media_id or payload.reel_video_id or payload.id
    meta = {"type": kind, **({"media_id": str(shown)} if shown is not None else {})}
    title = payload.title or _TITLES.get(kind, "")
    url = _file(payload.url, ctx)
    if url is None or kind not in _KINDS:
        page = page_url(payload.url)
        return Attachment(kind="link", title=title or f"[{kind or 'attachment'}]", meta={**meta, "url": page})
    return Attachment(kind=_KINDS[kind], url=url, title=title, meta=meta if kind in _TITLES else {})


def _story(story: Story, ctx: Context) -> Attachment:
    meta = {"type": "story", **({"media_id": str(story.id)} if story.id is not None else {})}
    url = _file(story.url, ctx)
    if url is None:
        return Attachment(kind="link", title="Answered your story, which has ended", meta=meta)
    return Attachment(kind="image", url=url, title="Answered your story", meta=meta)


def _file(url: str | None, ctx: Context) -> str | None:
    """Where to load a file from; None for a page of Instagram's or none at all. Servers other than Meta's are left to
    the guard, which judges every address before it is asked.
    """
    known = file_url(url, ctx)
    if known is not None or not url:
        return known
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    return url if parts.scheme == "https" and host and host not in _SITES else None


def _template(payload: AttachmentPayload) -> str:
    """The words on the cards of a template, or what the articles are called that it shows."""
    elements = [card for cards in (payload.generic, payload.product) if cards is not None for card in cards.elements]
    lines = [payload.text or payload.title or ""]
    lines += [" · ".join(part for part in (card.title, card.subtitle) if part) for card in elements]
    return "\n".join(line for line in lines if line) or "[template]"
