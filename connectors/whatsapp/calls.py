"""Calling the Cloud API: what its answers mean, in the words of WhatsApp's own error codes."""

from __future__ import annotations

from connectors._meta import graph
from connectors._meta.refusals import refusal_in
from connectors.contract import Context
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, HttpResponse, http
from connectors.whatsapp.refusals import kind_of_refusal, reason_of, retry_at

Json = graph.Json


def call(request: HttpRequest, ctx: Context) -> Exchange[Json]:
    """Carry out a request to Graph and return what it says. Raises SendError."""
    answer = yield from http(request)
    if request.method == "POST":
        graph.require_reach(answer, ctx.asset_id or ctx.settings.get("phone_number_id", ""))
    return said(answer, ctx.now, effect=request.effect)


def said(answer: HttpResponse, now: int, *, effect: bool = False) -> Json:
    """The JSON of a success. Raises SendError: by WhatsApp's code where there is one, else as the family does."""
    refusal = refusal_in(answer.body)
    try:
        return graph.said(answer, now, effect=effect)
    except SendError as refused:
        if refusal is None or refusal.number < 0:
            raise
        kind = kind_of_refusal(refusal, answer.status)
        until = refused.until or retry_at(refusal.number, now) if kind is SendErrorKind.THROTTLED else None
        raise SendError(kind, reason_of(refusal.number, refused.reason), until=until) from None


def number_of(ctx: Context) -> str:
    """The id of our phone number. Raises SendError where the channel has none."""
    number = ctx.asset_id or ctx.settings.get("phone_number_id", "")
    if not number:
        raise SendError(SendErrorKind.REJECTED, "the channel has no phone_number_id: connect it again")
    return number


def account_of(ctx: Context) -> str:
    """The id of our WhatsApp Business Account. Raises SendError where the channel has none."""
    account = ctx.settings.get("waba_id", "")
    if not account:
        raise SendError(SendErrorKind.REJECTED, "the channel has no waba_id: enter it, or connect the channel again")
    return account
