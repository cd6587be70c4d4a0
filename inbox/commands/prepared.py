"""Prepared words for a conversation: where the answer goes, and how it reads there."""

from __future__ import annotations

from msgspec import structs

from inbox.domain import prepared_answers as prepared
from inbox.domain.records import Canned, Conversation, Thread
from inbox.domain.sending import Answer
from inbox.domain.state import State
from inbox.domain.variables import fill, values_of
from inbox.errors import Invalid
from inbox.eventlog.directory import SIGN_OFF, Directory, settings_of


def in_a_thread(state: State, conversation: Conversation, answer: Answer) -> Answer:
    """The answer with its thread: the one named, else the open one whose customer wrote last."""
    if answer.thread_id is not None or answer.in_reply_to is not None:
        return answer
    threads = [th for th in state.threads_of(conversation.id) if not th.closed]
    if len(threads) < 2:
        return answer
    newest = max(threads, key=lambda th: (th.last_in_at or 0, th.id))
    return structs.replace(answer, thread_id=newest.id)


def words_for(
    state: State, conversation: Conversation, thread: Thread, private: bool, text: str, canned: Canned | None, *,
    directory: Directory, author: str,
) -> str:  # fmt: skip
    """The text as the customer would read it. Raises Invalid (`variables`) when it names somebody whose name is not
    known, and has no other words for that.
    """
    audience = "private" if private else thread.audience
    raw = prepared.wording(canned, conversation.language, audience) if canned is not None else text
    channel = directory.channels.get(thread.channel_id)
    contact = state.contacts.get(conversation.contact_id)
    filled = fill(raw, values_of(conversation, contact, author, channel.name if channel is not None else ""))
    if filled.missing:
        named = ", ".join(f"{{{name}}}" for name in filled.missing)
        raise Invalid(
            f"nothing is known for {named} here: write it yourself, or give it other words, as in "
            f"{{{filled.missing[0]}|there}}",
            code="variables",
            missing=list(filled.missing),
        )
    return prepared.signed(filled.text, settings_of(channel).get(SIGN_OFF, "") if channel is not None else "")
