"""Signing in at a network with OAuth, for a channel or a connection: send the admin there and take him back.

The state says for what and until when, signed; the PKCE verifier is derived from it, so that nothing has to be
kept between the two steps. Only an admin's own browser can finish what an admin began: the callback asks for his
session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from inbox import clock, ids
from inbox.api.call import Call
from inbox.api.deps import Deps
from inbox.api.problems import problem_response
from inbox.api.routing import Routes
from inbox.clock import MINUTE
from inbox.commands.versions import found
from inbox.domain.permissions import require
from inbox.domain.records import Channel
from inbox.errors import Forbidden, InboxError, Invalid

routes = Routes("Channels")
VALID = 15 * MINUTE


class AuthoriseShape(msgspec.Struct, kw_only=True):
    """Where to send the browser."""

    url: str


class States:
    """Makes and reads states; derives the PKCE pair of each (RFC 7636)."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"oauth\0" + key.encode()).digest()

    def make(self, subject: str) -> str:
        """A state for a channel or connection (`channel:7`, `connection:3`), good for fifteen minutes."""
        body = f"{subject}.{clock.now() + VALID}.{ids.nonce()}"
        return f"{body}.{self._mac('state', body)}"

    def read(self, state: str) -> tuple[str, int]:
        """What it is for: the kind, and the id. Raises Forbidden for a state that is not ours or too old."""
        body, _, signature = state.rpartition(".")
        if not hmac.compare_digest(self._mac("state", body).encode(), signature.encode()):
            raise Forbidden("this sign-in was not begun here: begin again under Settings, Channels", code="oauth_state")
        subject, until, _ = body.split(".")
        if int(until) < clock.now():
            raise Forbidden("this sign-in took too long: begin again under Settings, Channels", code="oauth_state")
        kind, _, subject_id = subject.partition(":")
        return kind, int(subject_id)

    def verifier(self, state: str) -> str:
        """The secret that only we can show when the code comes back."""
        return self._mac("verifier", state)

    def challenge(self, state: str) -> str:
        """What the network is told beforehand: S256 of the verifier."""
        return _b64(hashlib.sha256(self.verifier(state).encode()).digest())

    def _mac(self, what: str, text: str) -> str:
        return _b64(hmac.digest(self._key, f"{what}:{text}".encode(), "sha256"))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@routes.post("/channels/{channel_id}/authorise", needs="channels", status=200)
async def authorise(call: Call, channel_id: int) -> AuthoriseShape:
    """Where an admin signs the channel in at its network. 422 `no_oauth` where it has no such sign-in."""
    await call.deps.database.read(found, Channel, channel_id)
    if call.deps.authorise_url is None:
        raise Invalid("this process cannot reach networks", code="no_oauth")
    states = States(call.deps.settings.keys()[0])
    state = states.make(f"channel:{channel_id}")
    return AuthoriseShape(url=await call.deps.authorise_url(channel_id, state, states.challenge(state)))


def oauth_routes(deps: Deps) -> list[Route]:
    """`GET /oauth/{network}/callback`, the address to register at the network."""
    states = States(deps.settings.keys()[0])

    async def callback(request: Request) -> Response:
        try:
            principal = await deps.auth.principal_of(request)
            require(principal, "channels")
            given = request.query_params
            kind, subject_id = states.read(given.get("state", ""))
            if "code" not in given or deps.redeem is None or deps.signing_in is None:
                said = given.get("error_description") or given.get("error") or "no code came back"
                raise Invalid(f"the network did not sign you in: {said[:300]}", code="oauth_refused")
            redeem = deps.redeem if kind == "channel" else deps.signing_in.redeem
            await redeem(subject_id, given["code"], states.verifier(given["state"]))
        except InboxError as problem:
            return problem_response(problem, ids.nonce())
        query = f"?connection={subject_id}" if kind == "connection" else ""
        return RedirectResponse(f"/settings/channels{query}", status_code=303)

    return [Route("/oauth/{network}/callback", callback, methods=["GET"])]
