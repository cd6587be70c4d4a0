"""`inbox user …`, `inbox token …`: who may come in."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from inbox.cli.opened import OPERATOR, Refusal, named, opened, run, say, say_json

Role = Literal["agent", "supervisor", "admin", "observer"]
SCOPES = ("read", "write", "admin")


def user_add(email: str, *, name: str = "", role: Role = "agent", password_stdin: bool = False) -> None:
    """Let somebody in. Without a password, a link is printed by which he sets one.

    Parameters
    ----------
    email
        Address he signs in with.
    name
        As customers see it; the address up to the @ where empty.
    role
        What he may do.
    password_stdin
        Read the password from standard input, one line.
    """
    password = _password() if password_stdin else ""
    run(_user_add(email, named(name or email.partition("@")[0]), role, password))


async def _user_add(email: str, name: str, role: Role, password: str) -> None:
    from email_validator import EmailNotValidError, validate_email

    from inbox.commands.accounts import SetPassword
    from inbox.commands.people import AgentChange, CreateAgent
    from inbox.passwords import Passwords, check_strength

    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as wrong:
        raise Refusal(f"{email!r} is no e-mail address: {wrong}") from None
    if password:
        check_strength(password, email, name)
    async with opened() as inbox:
        created = await inbox.writer.submit(CreateAgent(OPERATOR, email, name, role, AgentChange()))
        if password:
            await inbox.writer.submit(SetPassword(created.agent.id, await Passwords().hash(password)))
            say(f"{created.agent.email} can sign in as {role} at {inbox.settings.address}")
        else:
            say(f"{inbox.settings.address}/links/{created.link}")


def user_reset(email: str, *, password_stdin: bool = False) -> None:
    """Let somebody in who cannot get in: prints a link to set a password; his second factor is taken off.

    Parameters
    ----------
    email
        Address he signs in with.
    password_stdin
        Set the password from standard input instead of printing a link.
    """
    run(_user_reset(email, _password() if password_stdin else ""))


async def _user_reset(email: str, password: str) -> None:
    from inbox.commands.accounts import DropTotp, SetPassword
    from inbox.commands.people import ResetAgent
    from inbox.passwords import Passwords, check_strength
    from inbox.storage import agents

    async with opened() as inbox:
        agent = await inbox.database.read(agents.by_email, email)
        if agent is None:
            raise Refusal(f"nobody signs in as {email!r}: `inbox user add` lets somebody in")
        if not password:
            link = await inbox.writer.submit(ResetAgent(OPERATOR, agent.id))
            say(f"{inbox.settings.address}/links/{link}")
            return
        check_strength(password, agent.email, agent.name)
        await inbox.writer.submit(SetPassword(agent.id, await Passwords().hash(password)))
        await inbox.writer.submit(DropTotp(agent.id))
        say(f"{agent.email} can sign in with the new password")


def user_list(*, as_json: Annotated[bool, Parameter(name="--json")] = False) -> None:
    """List who signs in, with role.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    run(_user_list(as_json))


async def _user_list(as_json: bool) -> None:
    async with opened() as inbox:
        for agent in inbox.directory.agents.values():
            facts = {"id": str(agent.id), "email": agent.email, "name": agent.name, "role": agent.role}
            if as_json:
                say_json({**facts, "active": bool(agent.active)})
            else:
                say("  ".join([*facts.values(), *([] if agent.active else ["inactive"])]))


def token_list(*, as_json: Annotated[bool, Parameter(name="--json")] = False) -> None:
    """List the tokens that work; their secrets are not kept.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    run(_token_list(as_json))


async def _token_list(as_json: bool) -> None:
    from inbox.clock import iso_or_none
    from inbox.domain.access_records import Token
    from inbox.storage import rows

    async with opened() as inbox:
        for token in await inbox.database.read(rows.every, Token):
            if token.revoked_at is not None:
                continue
            used = iso_or_none(token.last_used_at)
            if as_json:
                scopes = token.scopes.split(",")
                say_json({"id": str(token.id), "name": token.name, "scopes": scopes, "last_used_at": used})
            else:
                say(f"{token.id}  {token.name}  {token.scopes}  {f'used {used}' if used else 'never used'}")


def token_revoke(token: int) -> None:
    """Revoke a token: it stops working at once.

    Parameters
    ----------
    token
        Its id, as `inbox token list` shows it.
    """
    run(_token_revoke(token))


async def _token_revoke(token_id: int) -> None:
    from inbox.commands.tokens import RevokeToken
    from inbox.domain.access_records import Token
    from inbox.storage import rows

    async with opened() as inbox:
        token = await inbox.database.read(rows.one, Token, token_id)
        if token is None or token.revoked_at is not None:
            raise Refusal(f"there is no token {token_id} that works: `inbox token list` shows those there are")
        await inbox.writer.submit(RevokeToken(OPERATOR, token_id))
        say(f"{token.name} (token {token_id}) does not work any more")


def token_create(
    *, name: str, scopes: str, acts_as: str = "", as_json: Annotated[bool, Parameter(name="--json")] = False
) -> None:
    """Make a bearer token for a CRM or a script. Its secret is shown once.

    Parameters
    ----------
    name
        What it is for.
    scopes
        Of read, write, admin, with commas between.
    acts_as
        `person`: may answer in the name of any agent; or ids of agents with commas between.
    as_json
        Print one JSON object with id and token.
    """
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise Refusal(f"--scopes {scopes!r}: choose among {', '.join(SCOPES)}, with commas between")
    ids = [part.strip() for part in acts_as.split(",") if part.strip()]
    if acts_as != "person" and not all(part.isdigit() for part in ids):
        raise Refusal(f"--acts-as {acts_as!r}: say person, or ids of agents with commas between")
    run(_token_create(named(name), wanted, acts_as if acts_as == "person" else [int(part) for part in ids], as_json))


async def _token_create(name: str, scopes: list[str], acts_as: str | list[int], as_json: bool) -> None:
    from inbox.commands.tokens import CreateToken

    async with opened() as inbox:
        created = await inbox.writer.submit(CreateToken(OPERATOR, name, scopes, acts_as))
        if as_json:
            say_json({"id": str(created.token.id), "token": created.secret})
        else:
            say(created.secret)


def _password() -> str:
    """A password from standard input, without its line break."""
    try:
        password = sys.stdin.readline().rstrip("\r\n")
        password.encode()
    except UnicodeError:
        raise Refusal("--password-stdin, but standard input is no text: send the password as UTF-8") from None
    if not password:
        raise Refusal("--password-stdin, but standard input is empty: echo it in, as in `… < password-file`")
    return password
