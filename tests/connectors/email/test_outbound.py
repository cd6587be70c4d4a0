"""Sending: what is planned, submitted, filed, looked up, and what refusals mean."""

from dataclasses import replace

import pytest

from connectors.email import threads
from connectors.email.headers import split_headers
from connectors.email.outbound import file, lookup_sent, plan, send, smtp_error
from connectors.errors import PlanRefused, SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import (
    AnyRequest,
    AnyResponse,
    FetchedMail,
    FetchMail,
    MailFetched,
    MailRefused,
    MailStored,
    MailSubmitted,
    StoreMail,
    SubmitMail,
    TransportFailed,
)
from connectors.outbound import Blob, Part, SendMessage, Target
from tests.connectors.email.world import answer, box, ctx, run


def taken(request: AnyRequest) -> AnyResponse:
    """A server that takes everything."""
    return MailSubmitted() if isinstance(request, SubmitMail) else MailStored()


def sent(action: SendMessage, **settings: str) -> SubmitMail:
    """The mail that an action becomes."""
    (part,) = plan(action, ctx(**settings))
    _, asked = run(send(part, ctx(**settings)), taken)
    assert isinstance(asked[0], SubmitMail)
    return asked[0]


def test_each_attempt_has_the_same_id() -> None:
    """A repeated attempt is the same mail to its receiver, and the receipt names it."""
    (part,) = plan(answer(), ctx())
    first, once = run(send(part, ctx()), taken)
    second, twice = run(send(part, ctx()), taken)

    assert first.external_id == second.external_id
    assert once[0] == twice[0]
    token = threads.read_token(box(), first.external_id)
    assert token is not None
    assert (token.key, token.conv) == (part.key, threads.conv_of("m1@people.example"))


def test_bcc_is_in_the_envelope_only() -> None:
    """Nobody reads in the mail who got a blind copy; nobody gets it twice."""
    mail = sent(
        answer(
            to=("Anna <anna@people.example>",),
            cc=("bob@x.example", "anna@people.example"),
            bcc=("eve@x.example", "bob@x.example"),
        )
    )

    assert mail.recipients == ("anna@people.example", "bob@x.example", "eve@x.example")
    assert b"eve@" not in mail.message


@pytest.mark.parametrize(("choice", "filed"), [("append", True), ("provider", False), ("none", False)])
def test_a_copy_is_filed_as_set_and_never_while_the_answer_is_sent(choice: str, filed: bool) -> None:
    """Sending asks the submission server alone; the receipt says whether there is a copy to file."""
    (part,) = plan(answer(), ctx())
    receipt, asked = run(send(part, ctx(sent_folder=choice)), taken)

    assert [type(one) for one in asked] == [SubmitMail]
    assert bool(receipt.copy) == filed


def test_the_copy_is_the_mail_that_was_sent() -> None:
    """Filed an hour later, it is the same to the byte; only what was tried before is looked for."""
    (part,) = plan(answer(), ctx())
    receipt, [mail] = run(send(part, ctx()), taken)
    later = replace(ctx(), now=ctx().now + 3_600_000_000)
    _, [first] = run(file(part, receipt.copy, later, False), taken)
    _, [again] = run(file(part, receipt.copy, later, True), taken)
    assert isinstance(mail, SubmitMail)
    assert isinstance(first, StoreMail)
    assert isinstance(again, StoreMail)

    assert (first.message, first.special_use, first.unless_id) == (mail.message, "\\Sent", "")
    assert (again.message, again.unless_id, again.since_at) == (mail.message, receipt.external_id, ctx().now)


def test_refused_recipients_are_reported() -> None:
    """The server took it for some: the receipt names the others."""
    (part,) = plan(answer(cc=("gone@x.example",)), ctx())
    receipt, _ = run(
        send(part, ctx()),
        lambda r: MailSubmitted(refused={"gone@x.example": "550 no"}) if isinstance(r, SubmitMail) else MailStored(),
    )

    assert receipt.refused == {"gone@x.example": "550 no"}


def test_a_forward_opens_a_thread_of_its_own() -> None:
    """It refers to nothing of the customer's thread, and its answers find their way by our id."""
    (part,) = plan(answer(forward=True, to=("expert@x.example",), quote="Anna's words"), ctx())
    receipt, asked = run(send(part, ctx()), taken)
    assert isinstance(asked[0], SubmitMail)
    headers = split_headers(asked[0].message)[0]

    assert receipt.thread_id == receipt.external_id
    assert not headers.has("in-reply-to", "references")
    assert headers.text("subject") == "Fwd: Order 4711"
    assert b"Anna's words" in asked[0].message


def test_automatic_mail_says_so() -> None:
    """RFC 3834: what a rule writes asks for no automatic answer."""
    headers = split_headers(sent(answer(automatic=True)).message)[0]

    assert headers.text("auto-submitted") == "auto-replied"
    assert not split_headers(sent(answer()).message)[0].has("auto-submitted")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (answer(text=" "), "empty"),
        (answer(target=Target(thread_id="x")), "recipient_missing"),
        (answer(to=("not an address",)), "recipient_missing"),
        (answer(to=("a@b.example\r\nBcc: c@d.example",)), "recipient_missing"),
        (answer(to=("άννα@x.example",)), "recipient_missing"),
        (answer(to=tuple(f"a{i}@x.example" for i in range(101))), "recipient_missing"),
        (answer(template="hello"), "not_supported"),
        (answer(forward=True), "recipient_missing"),
        (answer(automatic=True, to=("no-reply@x.example",)), "not_supported"),
        (answer(automatic=True, to=("support@shop.example",)), "not_supported"),
        (
            answer(attachments=tuple(Blob(sha256=str(i), mime="image/png", size_bytes=10_000_000) for i in range(2))),
            "attachment_size",
        ),
    ],
)
def test_what_cannot_go_is_refused_before_sending(action: SendMessage, code: str) -> None:
    """Each refusal has its code and words."""
    with pytest.raises(PlanRefused) as refused:
        plan(action, ctx())

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "text", "stage", "kind"),
    [
        (421, "4.3.2 shutting down", "data", Kind.UNREACHABLE),
        (421, "4.7.0 rate limit", "sender", Kind.THROTTLED),
        (432, "4.3.2 concurrent connections limit exceeded", "data", Kind.THROTTLED),
        (450, "4.2.1 receives mail too quickly: rate", "recipients", Kind.THROTTLED),
        (451, "4.3.0 local error", "data", Kind.UNREACHABLE),
        (452, "4.5.3 too many recipients", "recipients", Kind.THROTTLED),
        (454, "4.7.0 temporary authentication failure", "login", Kind.THROTTLED),
        (530, "5.7.0 authentication required", "sender", Kind.REAUTH),
        (534, "5.7.9 use an app password", "login", Kind.REAUTH),
        (535, "5.7.8 bad credentials", "login", Kind.REAUTH),
        (523, "too long", "data", Kind.TOO_LARGE),
        (552, "5.3.4 message too big", "data", Kind.TOO_LARGE),
        (552, "5.2.2 mailbox full", "recipients", Kind.REJECTED),
        (550, "5.1.1 user unknown", "recipients", Kind.RECIPIENT_GONE),
        (550, "no such user", "recipients", Kind.RECIPIENT_GONE),
        (553, "mailbox name not allowed", "recipients", Kind.RECIPIENT_GONE),
        (550, "5.7.1 rejected by policy", "data", Kind.REJECTED),
        (550, "5.7.60 may not send as", "sender", Kind.REJECTED),
        (554, "5.7.1 spam", "data", Kind.REJECTED),
        (554, "transaction failed", "data", Kind.REJECTED),
    ],
)
def test_refusals_are_understood(code: int, text: str, stage: str, kind: Kind) -> None:
    """Reply code, enhanced code and stage give the kind that decides what happens next."""
    assert smtp_error(MailRefused(code, text, stage=stage)).kind is kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failed", "kind"),
    [
        (TransportFailed("timeout", "no answer after DATA", sent=True), Kind.UNKNOWN),
        (TransportFailed("connect", "refused", sent=False), Kind.UNREACHABLE),
        (TransportFailed("too_large", "blob", sent=False), Kind.TOO_LARGE),
        (TransportFailed("missing", "blob", sent=False), Kind.REJECTED),
    ],
)
def test_a_broken_connection_is_unknown_once_bytes_left(failed: TransportFailed, kind: Kind) -> None:
    """After DATA only the receiver knows."""
    (part,) = plan(answer(), ctx())

    with pytest.raises(SendError) as raised:
        run(send(part, ctx()), lambda _: failed)

    assert raised.value.kind is kind


def looked_up(part: Part, mails: list[bytes], sent_folder: str) -> object:
    """What a look into Sent tells."""

    def reply(request: AnyRequest) -> AnyResponse:
        assert isinstance(request, FetchMail)
        left = [(i, m) for i, m in enumerate(mails, 1) if i > request.after_uid][:1]
        found = tuple(FetchedMail(uid=i, internal_at=0, flags=(), message=m) for i, m in left)
        return MailFetched(
            uid_validity=1, mails=found, highest_uid=len(mails), more=bool(left) and left[0][0] < len(mails)
        )

    return run(lookup_sent(part, ctx(sent_folder=sent_folder)), reply)[0]


def test_a_mail_in_sent_was_taken() -> None:
    """Found by its id, or by our header where the server gave it another id."""
    (part,) = plan(answer(), ctx())
    message = sent(answer()).message
    renamed = message.replace(b"Message-ID: <", b"Message-ID: <other")

    assert looked_up(part, [b"Subject: x\r\n\r\n", message], "append")
    assert looked_up(part, [b"Subject: x\r\n\r\n", renamed], "provider")


def test_an_empty_sent_folder_proves_only_what_the_provider_files() -> None:
    """Where we file the copy ourselves its absence proves nothing."""
    (part,) = plan(answer(), ctx())

    assert looked_up(part, [b"Subject: x\r\n\r\n"], "provider") is None
    for choice in ("append", "none"):
        with pytest.raises(SendError) as raised:
            looked_up(part, [], choice)
        assert raised.value.kind is Kind.UNKNOWN


def test_the_senders_name_is_shown() -> None:
    """The agent's name stands with the mailbox's."""
    assert (
        split_headers(sent(answer(sender_name="Eleni")).message)[0].addresses("from")[0].name == "Eleni (Shop Support)"
    )
