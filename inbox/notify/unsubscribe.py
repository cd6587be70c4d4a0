"""Taking oneself off mails, by the link at their foot: a page that asks, and the one click of mail programs (RFC 8058).
The link itself is the right to do it, and to do nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from inbox.commands.notifications import StopMails
from inbox.eventlog.writer import Writer

PATH = "/unsubscribe"
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Inbox</title><style>body{{font:16px/1.5 system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}}"
    "button{{font:inherit;padding:.5rem 1rem}}</style><h1>{title}</h1><p>{text}</p>{form}"
)


class Unsubscribe:
    """Makes and honours the links. `keys`: the installation's secrets, newest first."""

    def __init__(self, keys: Sequence[str], address: str) -> None:
        self._keys = list(keys)
        self._address = address

    def url(self, agent_id: int) -> str:
        """The link for an agent."""
        return f"{self._address}{PATH}/{agent_id}.{_sign(self._keys[0], agent_id)}"

    def agent_of(self, token: str) -> int | None:
        """Whose link it is; None for one that is not ours."""
        agent, _, sign = token.partition(".")
        if not (agent.isascii() and agent.isdigit() and len(agent) <= 18):
            return None
        good = any(hmac.compare_digest(_sign(key, int(agent)).encode(), sign.encode()) for key in self._keys)
        return int(agent) if good else None

    def routes(self, writer: Writer) -> list[BaseRoute]:
        """The page, and what its button does."""

        async def answer(request: Request) -> Response:
            agent_id = self.agent_of(request.path_params["token"])
            if agent_id is None:
                return _page("This link is not valid", "Open the settings of the inbox, under Notifications.", "", 404)
            if request.method == "POST":
                await writer.submit(StopMails(agent_id))
                return _page("No more mails", "Notifications and digests are no longer mailed to you.", "")
            action = escape(request.url.path)
            form = f'<form method="post" action="{action}"><button>No more mails</button></form>'
            return _page("Stop mails from the inbox?", "Notifications inside the inbox stay as they are.", form)

        return [Route(f"{PATH}/{{token}}", answer, methods=["GET", "POST"])]


def _page(title: str, text: str, form: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, text=text, form=form), status, _HEADERS)


def _sign(key: str, agent_id: int) -> str:
    return hmac.new(key.encode(), f"unsubscribe:{agent_id}".encode(), hashlib.sha256).hexdigest()[:40]
