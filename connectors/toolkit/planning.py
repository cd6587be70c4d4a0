"""Steps that nearly every `plan` takes: is it allowed, do text and files fit, number the parts.

Every refusal names what is wrong and what to do instead, since an agent reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from connectors.contract import AttachmentRule, Capability, Context, TextLimit
from connectors.errors import PlanRefused
from connectors.outbound import AnyOutbound, Blob, Part
from connectors.toolkit import text as texts


def action_name(action: AnyOutbound) -> str:
    """The action's `ActionName`."""
    return str(action.__struct_config__.tag)


def require_allowed(action: AnyOutbound, capability: Capability, *, where: str) -> None:
    """Raise PlanRefused unless the thread's kind knows the action. `where` names network and kind for the agent."""
    name = action_name(action)
    if name not in capability.actions:
        allowed = ", ".join(sorted(capability.actions))
        raise PlanRefused("not_supported", f"{where} does not support {name!r}; it supports: {allowed}.")


def require_open(action: AnyOutbound, now: int) -> None:
    """Raise PlanRefused when the thread's reply window is over."""
    closes_at = action.target.window_closes_at
    if closes_at is not None and closes_at <= now:
        raise PlanRefused("window_closed", "The reply window has closed. Wait until the customer writes again.")


def text_parts(text: str, limit: TextLimit, *, split: bool) -> list[str]:
    """The text in pieces that fit: one, or more only if `split` was agreed to. Raises PlanRefused (`too_long`)."""
    if split:
        return texts.split(text, limit.limit, limit.unit)
    texts.require_within(text, limit)
    return [text]


def require_attachments(blobs: Sequence[Blob], rules: Sequence[AttachmentRule]) -> None:
    """Raise PlanRefused for the first file that no rule lets through: `attachment_type`, or `attachment_size`, also
    where there are too many.
    """
    for blob in blobs:
        rule = _rule_of(blob, rules)
        if rule is None:
            allowed = ", ".join(mime for r in rules for mime in r.mimes) or "no attachments at all"
            raise PlanRefused("attachment_type", f"{blob.name or blob.mime} cannot be sent here; allowed: {allowed}.")
        if blob.size_bytes > rule.max_bytes:
            raise PlanRefused(
                "attachment_size",
                f"{blob.name or blob.mime} is over {rule.max_bytes} bytes. Send a link or a smaller file.",
                limit=rule.max_bytes,
                actual=blob.size_bytes,
                unit="bytes",
            )
    _require_count(blobs, rules)


def number(actions: Sequence[AnyOutbound], ctx: Context) -> list[Part]:
    """Parts in order, each with a fresh key."""
    return [Part(action=a, key=ctx.nonce(), index=i, of=len(actions)) for i, a in enumerate(actions)]


def _rule_of(blob: Blob, rules: Sequence[AttachmentRule]) -> AttachmentRule | None:
    """The rule of the blob's own kind, else of plain files."""
    fitting = [r for r in rules if any(fnmatchcase(blob.mime.lower(), mime) for mime in r.mimes)]
    by_kind = {rule.kind: rule for rule in reversed(fitting)}
    return by_kind.get(blob.kind) or by_kind.get("file")


def _require_count(blobs: Sequence[Blob], rules: Sequence[AttachmentRule]) -> None:
    counts = [rule.max_count for rule in rules if rule.max_count is not None]
    if counts and len(blobs) > max(counts):
        raise PlanRefused(
            "attachment_size",
            f"{len(blobs)} attachments are too many: at most {max(counts)} at once. Send the rest in a second message.",
            limit=max(counts),
            actual=len(blobs),
            unit="attachments",
        )
