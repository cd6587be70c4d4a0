"""One's own account: password, second factor, and the links by which people get in."""

from __future__ import annotations

from typing import Literal

import msgspec
import pyotp
import structlog
from pydantic import Field
from starlette.background import BackgroundTask
from starlette.responses import Response

from inbox.api.account_mails import mail_link
from inbox.api.call import Call, Reply
from inbox.api.deps import Deps
from inbox.api.fields import Address, Body, Words
from inbox.api.routing import Routes
from inbox.api.session import SessionShape, signed_in
from inbox.auth import network_of
from inbox.clock import now
from inbox.commands.accounts import (
    BeginTotp,
    ConfirmTotp,
    DropTotp,
    IssueLink,
    SetPassword,
    UseLink,
    has_totp,
    recovery_codes_left,
    usable,
)
from inbox.commands.versions import found
from inbox.domain.records import Agent
from inbox.errors import Forbidden, InboxError, RateLimited
from inbox.ids import digest
from inbox.passwords import check_strength
from inbox.storage import agents, rows, sessions
from inbox.storage.database import Query
from inbox.throttle import Rate

log = structlog.get_logger(__name__)
routes = Routes("Account")
_PROOFS = Rate(burst=10, every_seconds=20)
_RESETS = Rate(burst=10, every_seconds=60)


class NewPassword(Body):
    """The password now, and the new one."""

    current: str = Field(max_length=500)
    new: str = Field(max_length=500)


class Code(Body):
    """A code of the second factor."""

    code: str = Field(max_length=40)


class Proof(Body):
    """The password, once more."""

    password: str = Field(max_length=500)


class Welcome(Body):
    """What somebody who follows a link says: a password; a name where invited; an address only as the first admin; a
    code where a second factor is on.
    """

    password: str = Field(max_length=500)
    name: Words | None = None
    email: Address | None = None
    code: str | None = Field(None, max_length=40)


class ResetRequest(Body):
    """Whose password is forgotten."""

    email: str = Field(max_length=320)


class TotpShape(msgspec.Struct, kw_only=True):
    """A second factor to be put into an authenticator app: `uri` is what the QR code says."""

    secret: str
    uri: str


class TotpStateShape(msgspec.Struct, kw_only=True):
    """Whether signing in needs a code, and how many recovery codes were not used yet."""

    on: bool
    recovery_codes_left: int


class RecoveryShape(msgspec.Struct, kw_only=True):
    """Codes for when the phone is lost; each works once; shown once."""

    recovery_codes: list[str]


class AccountLinkShape(msgspec.Struct, kw_only=True):
    """What a link is for. Empty address: to be given with the password."""

    kind: Literal["first_admin", "invitation", "reset"]
    email: str
    name: str
    needs_code: bool
    """Whether a code of the account's second factor has to come with the password."""


@routes.post("/password", needs="agent")
async def change_password(call: Call, body: NewPassword) -> None:
    """Change one's password; all other sessions end."""
    agent = await _proved(call, body.current)
    check_strength(body.new, agent.email, agent.name)
    hashed = await call.deps.passwords.hash(body.new)
    await call.submit(SetPassword(agent.id, hashed, keep_session=call.principal.session_id or 0))


@routes.get("/totp", needs="agent")
async def see_totp(call: Call) -> TotpStateShape:
    """Whether one has a second factor."""
    agent = await _myself(call)
    return TotpStateShape(on=has_totp(agent), recovery_codes_left=recovery_codes_left(agent))


@routes.post("/totp", needs="agent", status=200)
async def begin_totp(call: Call) -> TotpShape:
    """Begin with a second factor; it counts after a first code."""
    agent = await _myself(call)
    secret = await call.submit(BeginTotp(agent.id, call.deps.sealer))
    return TotpShape(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=agent.email, issuer_name="Inbox"))


@routes.post("/totp/confirm", needs="agent", status=200)
async def confirm_totp(call: Call, body: Code) -> RecoveryShape:
    """Confirm the second factor by its first code."""
    _prove_slowly(call, str(call.agent_id))
    codes = await call.submit(ConfirmTotp(call.agent_id, body.code.strip(), call.deps.sealer))
    return RecoveryShape(recovery_codes=codes)


@routes.delete("/totp", needs="agent")
async def drop_totp(call: Call, body: Proof) -> None:
    """Take the second factor off."""
    await _proved(call, body.password)
    await call.submit(DropTotp(call.agent_id))


@routes.get("/links/{token}", needs="public")
async def see_link(call: Call, token: str) -> AccountLinkShape:
    """What a link is for. 404 for an unknown one, 410 for one that was used or is too old."""
    link, agent = await call.deps.database.read(_behind, token)
    email, name = (agent.email, agent.name) if agent is not None else ("", "")
    needs_code = agent is not None and has_totp(agent)
    return AccountLinkShape(kind=link.kind, email=email, name=name, needs_code=needs_code)  # type: ignore[arg-type]


@routes.post("/links/{token}", needs="public", status=200, max_body_bytes=8192)
async def use_link(call: Call, token: str, body: Welcome) -> Reply[SessionShape]:
    """Set a password by a link and be signed in. The link is used up."""
    _prove_slowly(call, digest(token))
    _, agent = await call.deps.database.read(_behind, token)
    check_strength(body.password, *((agent.email, agent.name) if agent else (body.email or "", body.name or "")))
    hashed = await call.deps.passwords.hash(body.password)
    unit = UseLink(
        token,
        hashed,
        call.deps.sealer,
        name=body.name,
        email=body.email,
        code=body.code,
        user_agent=call.request.headers.get("user-agent", ""),
        ip=call.deps.auth.address_of(call.request),
        idle_days=call.deps.settings.session_days,
    )
    return await signed_in(call, await call.submit(unit))


@routes.post("/password-reset", needs="public", status=202, max_body_bytes=8192)
async def ask_for_reset(call: Call, body: ResetRequest) -> Response:
    """Have a link mailed. The answer is the same, and as quick, whether there is such an account or not."""
    near = network_of(call.deps.auth.address_of(call.request))
    wait = call.deps.throttle.take(("reset", near), _RESETS)
    if wait:
        raise RateLimited(f"too many requests: try again in {wait} s", retry_after_seconds=wait)
    task = BackgroundTask(_mail_reset, call.deps, agents.folded(body.email))
    return Response(status_code=202, background=task)


async def _mail_reset(deps: Deps, email: str) -> None:
    if deps.throttle.take(("reset_of", email), _RESETS):
        return
    agent = await deps.database.read(agents.by_email, email)
    if agent is None or not agent.active or deps.mail is None:
        log.info("reset_not_mailed", known=agent is not None, mail=deps.mail is not None)
        return
    try:
        token = await deps.writer.submit(IssueLink("reset", agent.id))
        await mail_link(deps, agent, "reset", token)
    except InboxError as problem:
        log.warning("reset_not_mailed", code=problem.code)


def _behind(token: str) -> Query[tuple[sessions.Link, Agent | None]]:
    link = yield from usable(token, now())
    agent = (yield from rows.one(Agent, link.agent_id)) if link.agent_id else None
    return link, agent


async def _myself(call: Call) -> Agent:
    agent: Agent = await call.deps.database.read(found, Agent, call.agent_id)
    return agent


def _prove_slowly(call: Call, who: str) -> None:
    """Count an attempt at a password or code. Raises RateLimited."""
    wait = call.deps.throttle.take(("proof", who), _PROOFS)
    if wait:
        raise RateLimited(f"too many attempts: try again in {wait} s", retry_after_seconds=wait)


async def _proved(call: Call, password: str) -> Agent:
    """The agent, who has given his password once more. Raises Forbidden (`wrong_password`)."""
    _prove_slowly(call, str(call.agent_id))
    agent = await _myself(call)
    if not await call.deps.passwords.matches(agent.password_hash, password):
        raise Forbidden("that is not your password", code="wrong_password")
    call.deps.throttle.clear(("proof", str(agent.id)))
    return agent
