"""`plan`: texts at their limit, splitting, numbering, and refusals that an agent can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import msgspec

from connectors.contract import Capability, TextLimit
from connectors.errors import PlanRefused
from connectors.inbound import ThreadKind
from connectors.outbound import (
    AnyOutbound,
    BanAuthor,
    DeleteComment,
    DeleteSent,
    EditSent,
    HideComment,
    MarkSeen,
    Part,
    PrivateReply,
    React,
    ReplyToComment,
    ReplyToReview,
    SendMessage,
    ShowTyping,
    Target,
    UnhideComment,
)
from connectors.toolkit.planning import action_name
from connectors.toolkit.text import length
from tests.connectors.kit.goldens import actions, load_action
from tests.connectors.kit.sealed import sealed
from tests.connectors.kit.subject import NotApplicable, Subject

CODES = {
    "too_long", "window_closed", "attachment_type", "attachment_size", "not_supported", "empty", "recipient_missing",
    "options",
}  # fmt: skip
"""The codes that connectors.errors.PlanRefused documents."""
SCRIPTS = ("a word ", "👍🏽", "e\u0301", "שלום עולם ", "👨‍👩‍👧‍👦", "Καλημέρα ", "🇬🇷", "한국어 ", "\u0622\u0653 ")
_LONG = 200_000
"""A limit above this (units) is tried at this length only for what fits, to keep the kit quick."""

_MAKE: dict[str, Any] = {
    "send": partial(SendMessage, text="Hello"),
    "reply_comment": partial(ReplyToComment, text="Hello"),
    "private_reply": partial(PrivateReply, text="Hello"),
    "reply_review": partial(ReplyToReview, text="Hello"),
    "edit": partial(EditSent, text="Hello"),
    "delete_sent": DeleteSent,
    "hide": HideComment,
    "unhide": UnhideComment,
    "delete_comment": DeleteComment,
    "react": partial(React, emoji="👍"),
    "ban": BanAuthor,
    "seen": MarkSeen,
    "typing": ShowTyping,
}
_WITH_WORDS = ("send", "reply_comment", "private_reply", "reply_review", "edit")


def numbered(subject: Subject) -> None:
    """The parts of every golden action are numbered from 0, each with a key of its own, and the same each time."""
    for path in actions(subject):
        with subject.about(path.name):
            first, second = (_planned(subject, load_action(path)) for _ in range(2))
            assert first == second, "planning twice gives different parts"
            if first is not None:
                _well_numbered(first)


def texts_at_limit(subject: Subject) -> None:
    """A text of the limit passes in every script, one unit more is refused with limit, count and unit."""
    for name, target, limits in _worded(subject):
        smallest, largest = min(limits, key=lambda one: one.limit), max(limits, key=lambda one: one.limit)
        for script in SCRIPTS:
            for size in (smallest.limit - 1, smallest.limit):
                action = _worded_action(name, target, text_of(script, size, smallest.unit))
                with subject.about(f"{name}, {size} {smallest.unit} of {script!r}"):
                    assert _planned(subject, action) is not None, "refused though it fits"
            if largest.limit <= _LONG:
                action = _worded_action(name, target, text_of(script, largest.limit + 1, largest.unit))
                with subject.about(f"{name}, {largest.limit + 1} {largest.unit} of {script!r}"):
                    _refused_as_too_long(subject, action, largest)


def splits_rejoin(subject: Subject) -> None:
    """A text that may be split gives parts that each fit and joined are the text."""
    found = [(target, limits) for name, target, limits in _worded(subject) if name == "send"]
    if not found:
        raise NotApplicable("there is no golden `send`")
    for target, limits in found:
        limit = max(limits, key=lambda one: one.limit)
        if limit.limit > _LONG:
            raise NotApplicable("no text is too long")
        for script in SCRIPTS:
            text = text_of(script, limit.limit * 2 + 7, limit.unit)
            with subject.about(f"split, {script!r}"):
                parts = _planned(subject, SendMessage(target=target, text=text, split=True))
                assert parts is not None, "refused though it may be split"
                _well_numbered(parts)
                pieces = [getattr(part.action, "text", "") for part in parts]
                assert len(pieces) >= 2, "a text of twice the limit in one part"
                assert all(length(piece, limit.unit) <= limit.limit for piece in pieces), "a piece is over the limit"
                assert "".join("".join(pieces).split()) == "".join(text.split()), "words are lost or changed"


def empty_refused(subject: Subject) -> None:
    """An action that needs words and has none is refused."""
    for name, target, _ in _worded(subject):
        for text in ("", "  \n "):
            with subject.about(f"{name} with the text {text!r}"):
                assert _planned(subject, _worded_action(name, target, text)) is None, "was planned"


def unsupported_refused(subject: Subject) -> None:
    """What the manifest does not allow in a kind of thread is refused there, with a documented code and words. Threads
    are those of the golden deliveries.
    """
    kinds = subject.connector.manifest.kinds
    everywhere = {name for capability in kinds.values() for name in capability.actions}
    stray = Target(thread_id="thread-1", message_id="message-1", author_id="author-1")
    cases: list[tuple[str, str, Target]] = [("any", name, stray) for name in sorted(set(_MAKE) - everywhere)]
    for kind, target in sorted(_threads(subject).items()):
        assert kind in kinds, f"a golden has a thread of kind {kind!r}, which the manifest does not name"
        cases += [(kind, name, target) for name in sorted(set(_MAKE) - kinds[kind].actions)]
    for place, name, target in cases:
        with subject.about(f"{name} in a thread of kind {place!r}"):
            assert not _planned(subject, _MAKE[name](target=target)), "was planned though not allowed"


def text_of(script: str, size: int, unit: str) -> str:
    """A text of exactly that size that is whole clusters of the script, filled up with the letter a."""
    one = length(script, cast(Any, unit))
    whole = script * ((size - 1) // one)
    return whole + "a" * (size - length(whole, cast(Any, unit)))


def _threads(subject: Subject) -> dict[ThreadKind, Target]:
    """One thread of each kind, as the golden deliveries show it, with an item and a person in it."""
    found: dict[ThreadKind, Target] = {}
    for path in sorted(subject.golden_in.glob("*.expect.json")):
        for record in json.loads(path.read_text()):
            thread = record.get("thread")
            if thread and record.get("author") and record.get("external_id"):
                target = Target(
                    thread_id=thread["external_id"],
                    address=thread.get("address", {}),
                    message_id=record["external_id"],
                    author_id=record["author"]["external_id"],
                )
                found.setdefault(thread["kind"], target)
    return found


def _worded(subject: Subject) -> Iterator[tuple[str, Target, list[TextLimit]]]:
    """Actions with words, where a golden shows whom to send them to, and the limits of all kinds that allow them."""
    targets: dict[str, Target] = {}
    for path in actions(subject):
        action = load_action(path)
        if _planned(subject, action) is not None:
            targets.setdefault(action_name(action), action.target)
    kinds = subject.connector.manifest.kinds.values()
    for name in _WITH_WORDS:
        limits = [_limit(name, capability) for capability in kinds if name in capability.actions]
        if name in targets and limits:
            yield name, targets[name], limits


def _limit(name: str, capability: Capability) -> TextLimit:
    """A private reply is another kind of message than the comment it answers."""
    return (capability.private_text if name == "private_reply" else None) or capability.text


def _worded_action(name: str, target: Target, text: str) -> AnyOutbound:
    return cast(AnyOutbound, msgspec.structs.replace(_MAKE[name](target=target), text=text))


def _planned(subject: Subject, action: AnyOutbound) -> list[Part] | None:
    """The parts, or None where plan refuses in good form."""
    parts, refused = _plan(subject, action)
    if refused is not None:
        assert refused.code in CODES, f"code {refused.code!r} is not documented"
        assert len(refused.detail.split()) >= 3, f"detail {refused.detail!r} does not say what to do"
    return parts


def _refused_as_too_long(subject: Subject, action: AnyOutbound, limit: TextLimit) -> None:
    _, refused = _plan(subject, action)
    assert refused is not None, "planned though it is too long"
    assert refused.code == "too_long", f"code is {refused.code!r}"
    assert (refused.limit, refused.unit) == (limit.limit, limit.unit), f"{refused.limit} {refused.unit}"
    assert refused.actual == limit.limit + 1, f"counted {refused.actual}"


def _plan(subject: Subject, action: AnyOutbound) -> tuple[list[Part] | None, PlanRefused | None]:
    try:
        with sealed():
            return subject.connector.plan(action, subject.context()), None
    except PlanRefused as refused:
        return None, refused


def _well_numbered(parts: list[Part]) -> None:
    assert parts, "no parts"
    assert [part.index for part in parts] == list(range(len(parts))), "not numbered from 0"
    assert {part.of for part in parts} == {len(parts)}, "`of` is not the number of parts"
    assert len({part.key for part in parts}) == len(parts), "two parts share a key"
    assert all(part.key for part in parts), "a part without key"
