"""The website of the invented company, with its chat on it: where one writes to the agents as a visitor. And who can
sign in to the demo.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from inbox.sandbox.install import SIGN_IN, STAFF

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Alkyon Home</title><link rel="stylesheet" href="/sandbox/shop.css"></head>
<body><header><b>Alkyon Home</b><span>Sandbox: an invented shop</span></header>
<main><h1>Cups that come back</h1><p>Handmade stoneware, olive wood and linen from an invented workshop.
Open the chat at the bottom right and write as a visitor would; the agents see it at once.</p>
<p><a href="/">The agents' desk</a> &middot; <a href="/sandbox">The other customers</a></p></main>
<script async src="/widget.js" data-channel="{channel}"></script></body></html>"""


def shop_routes(channel_id: int) -> list[BaseRoute]:
    """`/sandbox/shop`: a plain page with the widget's one line; and the demo's sign-ins for its sign-in page."""

    async def page(request: Request) -> Response:
        return HTMLResponse(_PAGE.replace("{channel}", str(channel_id)))

    async def accounts(request: Request) -> Response:
        body = msgspec.json.encode({"items": _accounts()})
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})

    return [
        Route("/sandbox/shop", page, methods=["GET"]),
        Route("/api/v1/sandbox/accounts", accounts, methods=["GET"]),
    ]


def _accounts() -> Sequence[dict[str, Any]]:
    return [
        {"role": one.role, "email": one.email, "password": SIGN_IN}
        for one in STAFF
        if not (one.simulated or one.off_duty)
    ]
