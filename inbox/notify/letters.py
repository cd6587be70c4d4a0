"""What a push or a mail says: made from the notification as it is when it leaves, in the agent's language."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox.domain.notifying import URGENT, Choices, kind_of
from inbox.domain.records import Agent, Content, Conversation, Notification
from inbox.notify.words import language_of, line
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query

DIGEST_LINES = 50
_encode = msgspec.json.Encoder().encode
_SHOWN = 160
"""Characters of words in a push: a lock screen shows no more."""


class Mail(msgspec.Struct, frozen=True):
    """A mail to one agent."""

    to: str
    subject: str
    text: str
    headers: dict[str, str]


class Behind(msgspec.Struct, frozen=True):
    """What notifications are about."""

    conversations: dict[int, Conversation]
    words: dict[int, str]
    """Message → what it says, where it may be shown."""


def behind(told: Sequence[Notification], *, words: bool) -> Query[Behind]:
    """Conversations of notifications, and what the customer wrote if that is wanted."""
    conversation_ids = sorted({one.conversation_id for one in told if one.conversation_id is not None})
    conversations = (yield ByKeys(t.conversation, conversation_ids)) if conversation_ids else []
    message_ids = sorted({one.message_id for one in told if one.message_id is not None}) if words else []
    newest = "t.version = (SELECT m.version FROM message m WHERE m.id = t.message_id)"
    contents = (yield ByKeys(t.content, message_ids, ("message_id",), newest)) if message_ids else []
    return Behind(
        {row[0]: Conversation(*row) for row in conversations},
        {one.message_id: one.text for one in (Content(*row) for row in contents)},
    )


def path_of(one: Notification) -> str:
    """Where in the web app it leads."""
    if one.conversation_id is not None:
        return f"/conversations/{one.conversation_id}"
    return "/settings/attention" if kind_of(one.kind) == "attention" else "/"


def push(one: Notification, agent: Agent, mine: Choices, about: Behind) -> bytes:
    """The payload of a push. Words of customers and colleagues only if the agent wants them on his screens."""
    kind = kind_of(one.kind)
    conversation = about.conversations.get(one.conversation_id or 0)
    body = ""
    if mine.push_words or kind == "attention":
        body = about.words.get(one.message_id or 0, "") or one.detail
    return _encode(
        {
            "id": str(one.id),
            "kind": kind,
            "title": line(language_of(agent.locale), kind, conversation.number if conversation else None, one.count),
            "body": body if len(body) <= _SHOWN else body[: _SHOWN - 1] + "…",
            "tag": f"c{one.conversation_id}" if one.conversation_id is not None else f"n{one.id}",
            "path": path_of(one),
            "urgent": kind in URGENT,
        }
    )


def summary(count: int, agent: Agent) -> bytes:
    """The payload of one push that stands for many."""
    title = language_of(agent.locale).several.format(n=count)
    return _encode({"id": "", "kind": "", "title": title, "body": "", "tag": "all", "path": "/", "urgent": False})


def trial(agent: Agent) -> bytes:
    """The payload of a push that was asked for to see whether it works."""
    title = language_of(agent.locale).works
    return _encode({"id": "", "kind": "", "title": title, "body": "", "tag": "test", "path": "/", "urgent": False})


def mail(one: Notification, agent: Agent, about: Behind, address: str, unsubscribe: str) -> Mail:
    """A mail of one notification. Words of customers are never in it."""
    language = language_of(agent.locale)
    conversation = about.conversations.get(one.conversation_id or 0)
    subject = line(language, kind_of(one.kind), conversation.number if conversation else None, one.count)
    lines = [subject, *([one.detail] if one.detail else []), f"{language.open}: {address}{path_of(one)}"]
    return _mail(agent, subject, lines, address, unsubscribe)


def digest(unread: Sequence[Notification], total: int, agent: Agent, about: Behind, address: str, off: str) -> Mail:
    """A mail of what is unread, newest first, what belongs to one conversation together."""
    language = language_of(agent.locale)
    lines = [language.digest_intro]
    groups: dict[str, list[Notification]] = {}
    for one in unread[:DIGEST_LINES]:
        groups.setdefault(path_of(one), []).append(one)
    for path, members in groups.items():
        said = []
        for one in members:
            conversation = about.conversations.get(one.conversation_id or 0)
            said.append(line(language, kind_of(one.kind), conversation.number if conversation else None, one.count))
        lines.append("\n".join([*(f"- {words}" for words in said), f"  {address}{path}"]))
    if total > DIGEST_LINES:
        lines.append(language.more.format(n=total - DIGEST_LINES))
    return _mail(agent, language.digest_subject.format(n=total), lines, address, off)


def _mail(agent: Agent, subject: str, lines: Sequence[str], address: str, unsubscribe: str) -> Mail:
    language = language_of(agent.locale)
    foot = [language.off.format(url=f"{address}/settings/notifications"), language.unsubscribe.format(url=unsubscribe)]
    text = "\n\n".join(lines) + "\n\n-- \n" + "\n".join(foot) + "\n"
    # RFC 8058: one click in the mail program is enough. https://www.rfc-editor.org/rfc/rfc8058, read 2026-11-22.
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Mail(agent.email, " ".join(subject.split()), text, headers)
