"""Lines in a conversation that nobody wrote: how it was opened, who took it over, what was thought of it.

https://developers.facebook.com/docs/messenger-platform/handover-protocol and
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events (read 2026-11-22).
"""

from __future__ import annotations

from msgspec.structs import replace

from connectors.inbound import MessageReceived, Origin
from connectors.messenger import payloads as fb
from connectors.messenger.content import origin_of
from connectors.messenger.event import APPS, Event


def _line(
    event: Event, kind: str, text: str, *, origin: Origin | None = None, reopens: bool = False
) -> MessageReceived:
    """A line in the conversation that needs no answer."""
    external_id = f"{kind}:{event.customer.external_id}:{event.at}"
    return MessageReceived(
        dedupe_key=event.key("line", external_id),
        occurred_at=event.at,
        asset_id=event.page_id,
        thread=event.reopened if reopens else event.thread,
        author=event.customer,
        external_id=external_id,
        text=text,
        origin=origin,
        needs_answer=False,
        automatic="service",
    )


def referral(given: fb.Referral, event: Event) -> MessageReceived:
    """The person opened the conversation by an ad, a link, a code or a page, and has said nothing yet."""
    origin = origin_of(given)
    ways = {"ad": "an ad", "qr": "a Messenger code", "page": "the chat on a page", "organic": "Messenger"}
    way = ways.get(origin.kind if origin is not None else "", "a link")
    named = (origin.title or origin.ref) if origin is not None else ""
    text = f"Opened the conversation from {way}{': ' if named else ''}{named}"
    return _line(event, "referral", text, origin=origin, reopens=True)


def optin(given: fb.Optin, event: Event) -> MessageReceived:
    """The person agreed to be written to, or no longer does."""
    stopped = (given.notification_messages_status or "").upper() == "STOP_NOTIFICATIONS"
    about = given.title or given.ref or given.payload or ""
    said = "No longer wants to be sent messages" if stopped else "Agreed to be sent messages"
    origin = Origin(kind="link", ref=given.ref) if given.ref else None
    return _line(event, "optin", f"{said}{': ' if about else ''}{about}", origin=origin, reopens=not stopped)


def passed(control: fb.Control, event: Event) -> MessageReceived:
    """The thread goes to an app. Handed to ours by a bot, a person waits: that needs an answer."""
    text = f"The conversation was handed to {_app(control.new_owner_app_id, event)}"
    line = _with_note(_line(event, "pass_thread_control", text), control)
    ours = _is_ours(control.new_owner_app_id, event)
    return replace(line, needs_answer=True, automatic="") if ours else line


def taken(control: fb.Control, event: Event) -> MessageReceived:
    """The app that comes first took the thread back."""
    text = f"Another app took the conversation over from {_app(control.previous_owner_app_id, event)}"
    return _with_note(_line(event, "take_thread_control", text), control)


def requested(control: fb.Control, event: Event) -> MessageReceived:
    """Another app asks for the thread: whether it gets it is decided at Facebook."""
    text = f"{_app(control.requested_owner_app_id, event)} asks for the conversation"
    return _with_note(_line(event, "request_thread_control", text[0].upper() + text[1:]), control)


def feedback(given: fb.Feedback, event: Event) -> MessageReceived:
    """A thumb up or down under one of our answers."""
    line = _line(event, "response_feedback", f"Feedback on an answer: {given.feedback or 'none'}")
    return replace(line, in_reply_to=str(given.mid)) if given.mid else line


def survey(given: fb.Survey, event: Event) -> MessageReceived:
    """Scores are a line; what the person wrote beside them is for people to read."""
    questions = [one for screen in given.feedback_screens or () for one in (screen.questions or {}).values()]
    scores = [f"{one.type}: {one.payload}" for one in questions if one.payload not in (None, "")]
    words = [one.follow_up.payload for one in questions if one.follow_up is not None and one.follow_up.payload]
    text = "\n".join(("Answered a survey", *scores, *words))
    line = _line(event, "messaging_feedback", text, reopens=True)
    return replace(line, needs_answer=not event.is_standby, automatic="") if words else line


def _with_note(line: MessageReceived, control: fb.Control) -> MessageReceived:
    """The line with what the other app said."""
    return replace(line, text=f"{line.text}\n{control.metadata}") if control.metadata else line


def _is_ours(app_id: fb.Id | None, event: Event) -> bool:
    return app_id is not None and str(app_id) == event.ctx.settings.get("app_id")


def _app(app_id: fb.Id | None, event: Event) -> str:
    if _is_ours(app_id, event):
        return "this inbox"
    return APPS.get(str(app_id), f"the app {app_id}") if app_id else "another app"
