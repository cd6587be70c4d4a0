"""Steps that nearly every `plan` takes: is it allowed, do text and files fit, number the parts.

Every refusal names what is wrong and what to do instead, since an agent reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from connectors.contract import AttachmentRule, Capability, Context, Options, TextLimit
from connectors.errors import PlanRefused
from connectors.outbound import AnyOutbound, Blob, Option, Part, SendMessage
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


def require_options(action: SendMessage, options: Options | None, *, where: str) -> Options | None:
    """How the action's options are shown; None where it has none. Raises PlanRefused: `not_supported`, `too_long`,
    `options`, also where there are too many, two of one title, or a list without the name of its button.
    """
    if not action.options and not action.asks_location:
        return None
    if options is None:
        raise PlanRefused("not_supported", f"{where} has no options to pick from. Write them into the text.")
    if action.attachments:
        raise PlanRefused("options", "Options go with words alone. Send the files in a message of their own.")
    if not action.text.strip():
        raise PlanRefused("empty", "Write what the options are for.")
    if action.asks_location:
        return _location(action, options, where)
    form = _form_of(action.options, options, where)
    _require_titles(action.options, form)
    if form.button is not None:
        if not action.options_title.strip():
            raise PlanRefused("options", "So many options are shown as a list: name the button that opens it.")
        _require_within("The name of the button", action.options_title, form.button)
    texts.require_within(action.text, form.text)
    return form


def _location(action: SendMessage, options: Options, where: str) -> Options:
    if not options.location:
        raise PlanRefused("not_supported", f"{where} cannot ask where somebody is. Ask in words.")
    if action.options:
        raise PlanRefused("options", "Ask for the place, or give options: not both in one message.")
    texts.require_within(action.text, options.text)
    return options


def _form_of(chosen: Sequence[Option], options: Options, where: str) -> Options:
    """The form that so many options of this kind are shown in."""
    form = options
    if any(one.url for one in chosen):
        if options.links is None:
            raise PlanRefused("not_supported", f"{where} has no options that open an address. Write it into the text.")
        form = options.links
    elif options.longer is not None and (len(chosen) > options.max_count or any(one.description for one in chosen)):
        form = options.longer
    if len(chosen) > form.max_count:
        raise PlanRefused(
            "options",
            f"{len(chosen)} options are too many: {where} shows at most {form.max_count} of this kind.",
            limit=form.max_count,
            actual=len(chosen),
            unit="options",
        )
    return form


def _require_titles(chosen: Sequence[Option], form: Options) -> None:
    titles = [one.title.strip() for one in chosen]
    if not all(titles):
        raise PlanRefused("options", "Give every option a title.")
    if len(set(titles)) < len(titles):
        raise PlanRefused("options", "Two options have one title: nobody could tell which was picked.")
    for one in chosen:
        _require_within(f"The option {one.title!r}", one.title, form.title)
        if one.description and form.description is None:
            raise PlanRefused("not_supported", "An option is its title alone here. Leave the descriptions out.")
        if one.description and form.description is not None:
            _require_within(f"The description of {one.title!r}", one.description, form.description)


def _require_within(what: str, text: str, limit: TextLimit) -> None:
    actual = texts.length(text, limit.unit)
    if actual > limit.limit:
        raise PlanRefused(
            "too_long",
            f"{what} is {actual - limit.limit} {limit.unit} too long: there is room for {limit.limit}.",
            limit=limit.limit,
            actual=actual,
            unit=limit.unit,
        )


def option_id(option: Option, index: int) -> str:
    """What the network gives back when the option of that index (from 0) is picked."""
    return option.id or str(index + 1)


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
