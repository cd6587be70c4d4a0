"""Running an exchange: carry out what a connector asks for, hand it the answers, and say what a failure means.

The connector is a generator without I/O; this loop is its only connection to the world. It also keeps the one promise
that sending rests on: `before_effect` (which commits the attempt) has returned before the first byte of a request that
a customer can see leaves this machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from connectors.errors import SendError, SendErrorKind
from connectors.exchange import AnyResponse, Exchange, MailRefused, TransportFailed, is_effect
from inbox.transport.courier import Courier

T = TypeVar("T")


async def drive(
    exchange: Exchange[T], courier: Courier, *, before_effect: Callable[[], Awaitable[None]] | None = None
) -> T:
    """Run an exchange to its end and return its result.

    Failures of transport are thrown into the exchange. One that it lets through becomes a SendError: UNKNOWN when a
    customer may have seen something, since then nobody may simply try again; else what the failure itself tells. What
    the connector raises on purpose, and MediaFull, go through as they are. When this task is cancelled the request
    under way is dropped, the exchange closed, and an effect that had begun is as after a crash.
    """
    begun = seen = False
    answer: AnyResponse | None = None
    failure: TransportFailed | MailRefused | None = None
    try:
        while True:
            try:
                # A generator that has not started yet takes None, which is what the first answer is.
                request = exchange.throw(failure) if failure else exchange.send(answer)  # type: ignore[arg-type]
            except StopIteration as end:
                result: T = end.value
                return result
            effect = is_effect(request)
            if effect and not begun and before_effect is not None:
                await before_effect()
            begun = begun or effect
            answer = failure = None
            try:
                answer = await courier.carry(request)
                seen = seen or effect
            except (TransportFailed, MailRefused) as failed:
                failure = failed
                seen = seen or (effect and isinstance(failed, TransportFailed) and failed.sent)
    except TransportFailed as failed:
        raise SendError(SendErrorKind.UNKNOWN if seen else kind_of_failure(failed), _said(failed)) from failed
    except MailRefused as refused:
        raise SendError(SendErrorKind.UNKNOWN if seen else kind_of_refusal(refused), str(refused)) from refused
    finally:
        exchange.close()


def kind_of_failure(failed: TransportFailed) -> SendErrorKind:
    """What it means that a request, of which nobody saw anything, could not be carried out. What lacks a file lacks it
    next time too: were it tried again, everything behind it would wait for a day.
    """
    return SendErrorKind.REJECTED if failed.kind == "missing" else SendErrorKind.UNREACHABLE


def _said(failed: TransportFailed) -> str:
    return "A file of it is not here any more: attach it again." if failed.kind == "missing" else str(failed)


def kind_of_refusal(refused: MailRefused) -> SendErrorKind:
    """What a mail server's no means where the connector has no better reading (RFC 5321 4.2.1: 4yz may pass later)."""
    if refused.stage == "login":
        # 454 is a server that cannot check passwords just now (RFC 4954 6).
        return SendErrorKind.UNREACHABLE if 400 <= refused.code < 500 else SendErrorKind.REAUTH
    if refused.stage == "imap" or 400 <= refused.code < 500:
        return SendErrorKind.UNREACHABLE
    return SendErrorKind.RECIPIENT_GONE if refused.stage == "recipients" else SendErrorKind.REJECTED
