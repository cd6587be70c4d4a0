"""What an agent does with his own account: password, second factor, links he was given."""

from __future__ import annotations

import hmac
import secrets
from typing import Literal

import msgspec
import pyotp

from inbox import ids
from inbox.clock import HOUR, SECOND
from inbox.commands.sessions import Opened, end_sessions, open_session
from inbox.domain import events as e
from inbox.domain.records import Agent
from inbox.domain.state import State
from inbox.errors import Conflict, Gone, Invalid, NotFound, Unauthorised
from inbox.eventlog.unit import Unit
from inbox.seal import Sealer
from inbox.storage import agents, rows, sessions
from inbox.storage.database import Query

LinkKind = Literal["first_admin", "invitation", "reset"]
LINK_HOURS: dict[LinkKind, int] = {"first_admin": 24, "invitation": 24, "reset": 1}
STEP_SECONDS = 30
UNCONFIRMED = -1
"""`totp_step` of a second factor that was shown but not confirmed yet."""
_RECOVERY_CODES = 10
_HALF = 5
"""Characters of a recovery code on either side of its dash."""
_digests = msgspec.json.Decoder(list[str]).decode


def has_totp(agent: Agent) -> bool:
    """Whether signing in needs a code."""
    return bool(agent.totp_sealed) and agent.totp_step != UNCONFIRMED


def recovery_codes_left(agent: Agent) -> int:
    """How many of his recovery codes were not used yet."""
    return len(_digests(agent.recovery_digests or "[]"))


class OfAgent(Unit):
    """A change of one agent's own account."""

    alone = True

    def __init__(self, agent_id: int) -> None:
        self.agent_id = agent_id

    def agent(self) -> Query[Agent]:
        """The agent as he is stored now."""
        found = yield from rows.one(Agent, self.agent_id)
        if found is None or not found.active:
            raise NotFound(f"there is no active agent {self.agent_id}")
        return found


class SetPassword(OfAgent):
    """A new password: all other sessions of the agent end, and unused links stop working."""

    def __init__(self, agent_id: int, password_hash: str, *, keep_session: int = 0) -> None:
        super().__init__(agent_id)
        self.password_hash = password_hash
        self.keep_session = keep_session

    def run(self, state: State) -> Query[None]:
        """Write the hash."""
        agent = yield from self.agent()
        agent.password_hash = self.password_hash
        yield from rows.change(agent)
        yield from sessions.drop_links(agent.id)
        yield from end_sessions(state, agent.id, but=self.keep_session)


class BeginTotp(OfAgent):
    """A second factor to be confirmed by a first code. The result is its secret, in base32."""

    def __init__(self, agent_id: int, sealer: Sealer) -> None:
        super().__init__(agent_id)
        self.sealer = sealer

    def run(self, state: State) -> Query[str]:
        """Write it, sealed. Raises Conflict (`totp_on`) where there is a confirmed one."""
        agent = yield from self.agent()
        if has_totp(agent):
            raise Conflict("a second factor is on: take it off first", code="totp_on")
        secret = pyotp.random_base32()
        agent.totp_sealed = self.sealer.seal(secret, place_of(agent.id))
        agent.totp_step = UNCONFIRMED
        yield from rows.change(agent)
        return secret


class ConfirmTotp(OfAgent):
    """The first code: from now on signing in needs one. The result is the recovery codes, shown once."""

    def __init__(self, agent_id: int, code: str, sealer: Sealer) -> None:
        super().__init__(agent_id)
        self.code = code
        self.sealer = sealer

    def run(self, state: State) -> Query[list[str]]:
        """Turn it on."""
        agent = yield from self.agent()
        if not agent.totp_sealed or agent.totp_step != UNCONFIRMED:
            raise Conflict("there is no second factor to confirm: begin again", code="totp_not_begun")
        step = _step_of(agent, _bare(self.code), self.sealer, state.now)
        if step is None:
            raise Invalid("that is not the code shown now: look at the clock of your phone", code="code_wrong")
        codes = ["-".join((ids.nonce()[:_HALF], ids.nonce()[:_HALF])) for _ in range(_RECOVERY_CODES)]
        agent.totp_step = step
        agent.recovery_digests = msgspec.json.encode([ids.digest(code) for code in codes]).decode()
        yield from rows.change(agent)
        return codes


class DropTotp(OfAgent):
    """No second factor any more."""

    def run(self, state: State) -> Query[None]:
        """Forget its secret and the recovery codes."""
        agent = yield from self.agent()
        agent.totp_sealed, agent.totp_step, agent.recovery_digests = "", 0, ""
        yield from rows.change(agent)


class UseCode(OfAgent):
    """A code at sign-in, of the second factor or a recovery code. None works twice."""

    def __init__(self, agent_id: int, code: str, sealer: Sealer) -> None:
        super().__init__(agent_id)
        self.code = code
        self.sealer = sealer

    def run(self, state: State) -> Query[None]:
        """Raise Unauthorised (`code_required`) unless it is right and new."""
        agent = yield from self.agent()
        if has_totp(agent):
            _use_code(agent, self.code, self.sealer, state.now)
            yield from rows.change(agent)


def _use_code(agent: Agent, given: str, sealer: Sealer, now: int) -> None:
    """Use a code up, on the record. Raises Unauthorised (`code_required`)."""
    code = _bare(given)
    step = _step_of(agent, code, sealer, now)
    left = _digests(agent.recovery_digests or "[]")
    # As a recovery code is shown, whether it was typed with its dash or not.
    digest = ids.digest(f"{code[:_HALF]}-{code[_HALF:]}")
    if step is not None and step > agent.totp_step:
        agent.totp_step = step
    elif digest in left:
        left.remove(digest)
        agent.recovery_digests = msgspec.json.encode(left).decode()
    else:
        raise Unauthorised("the code is wrong or was used: enter the one shown now", code="code_required")


def _bare(code: str) -> str:
    """A code without the blanks and dashes that authenticator apps, and people, group it by."""
    return "".join(code.split()).replace("-", "").lower()


def place_of(agent_id: int) -> str:
    """Where the secret of a second factor belongs."""
    return f"agent:{agent_id}:totp"


def _step_of(agent: Agent, code: str, sealer: Sealer, now: int) -> int | None:
    """The time step whose code this is: now, or one to either side for clocks that differ; None for none."""
    totp = pyotp.TOTP(sealer.open(agent.totp_sealed, place_of(agent.id)))
    current = now // SECOND // STEP_SECONDS
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


# --- links


class IssueLink(Unit):
    """A one-use link. The result is its token, which is not kept. A newer one makes older ones of the agent useless."""

    alone = True

    def __init__(self, kind: LinkKind, agent_id: int) -> None:
        self.kind = kind
        self.agent_id = agent_id

    def run(self, state: State) -> Query[str]:
        """Write its digest."""
        return (yield from issue_link(state, self.kind, self.agent_id))


def issue_link(state: State, kind: LinkKind, agent_id: int) -> Query[str]:
    """A link, inside a unit. Agent 0: the first admin, who is not there yet."""
    token = secrets.token_urlsafe(32)
    yield from sessions.add_link(ids.digest(token), kind, agent_id, state.now + LINK_HOURS[kind] * HOUR)
    return token


def usable(token: str, now: int) -> Query[sessions.Link]:
    """The link of a token. Raises NotFound or Gone (`link_used`)."""
    link = yield from sessions.link(ids.digest(token))
    if link is None:
        raise NotFound("this link is not known: ask for a new one")
    if link.used_at is not None or link.expires_at <= now:
        raise Gone("this link was used or is too old: ask for a new one", code="link_used")
    return link


class UseLink(Unit):
    """Follow a link: set a password (and a name), and be signed in. The result is the session.

    Where a second factor is on, a reset needs its `code`: a mailbox alone must not let in.
    """

    alone = True

    def __init__(
        self, token: str, password_hash: str, sealer: Sealer, *, name: str | None, email: str | None, code: str | None,
        user_agent: str, ip: str, idle_days: int,
    ) -> None:  # fmt: skip
        self.token = token
        self.password_hash = password_hash
        self.name = name
        self.email = email
        self.code = code
        self.sealer = sealer
        self.seen_as = (user_agent[:300], ip, idle_days)

    def run(self, state: State) -> Query[Opened]:
        """Use the link up. Raises NotFound, Gone, Unauthorised (`code_required`), or Conflict where the first admin is
        there already.
        """
        link = yield from usable(self.token, state.now)
        yield from sessions.use_link(ids.digest(self.token), state.now)
        if link.agent_id == 0:
            agent = yield from self._first_admin(state)
        else:
            agent = yield from self._known(state, link)
        state.emit(e.SettingChanged(object="agent", id=agent.id), e.Actor("agent", agent.id))
        return (yield from open_session(state, agent.id, *self.seen_as))

    def _first_admin(self, state: State) -> Query[Agent]:
        if (yield from agents.people()) > 0:
            raise Conflict("there is an admin already: sign in", code="not_first")
        if not self.email:
            raise Invalid("an e-mail address is needed", errors=[{"pointer": "/email", "message": "is missing"}])
        agent = new_agent(state, self.email, self.name or self.email.split("@")[0], "admin")
        agent.password_hash = self.password_hash
        yield from rows.add(agent)
        return agent

    def _known(self, state: State, link: sessions.Link) -> Query[Agent]:
        agent = yield from rows.one(Agent, link.agent_id)
        if agent is None or not agent.active:
            raise Gone("this account is not active any more: ask an admin", code="link_used")
        if has_totp(agent):
            if not self.code:
                raise Unauthorised("enter the code of your second factor", code="code_required")
            _use_code(agent, self.code, self.sealer, state.now)
        agent.password_hash = self.password_hash
        if link.kind == "reset":
            yield from end_sessions(state, agent.id)
        elif self.name:
            agent.name = self.name
        agent.version += 1
        yield from rows.change(agent)
        yield from sessions.drop_links(agent.id)
        return agent


def new_agent(state: State, email: str, name: str, role: str) -> Agent:
    """An agent without password: he gets in by a link."""
    return Agent(
        id=state.next_id(),
        email=agents.folded(email),
        name=name.strip(),
        role=role,
        password_hash="",
        totp_sealed="",
        totp_step=0,
        recovery_digests="",
        active=1,
        channel_ids=None,
        locale=None,
        preferences="",
        sandbox=0,
        created_at=state.now,
        version=1,
    )
