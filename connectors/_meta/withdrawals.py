"""People who take back what they gave our app: the deauthorise and the data deletion call-back.

https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
(read 2026-11-22): a form with one field, `signed_request`; a deletion is answered with a page that shows its state and
a code to ask for it with.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl

from connectors._meta.signatures import secrets_of, signed_request
from connectors.contract import Context, Withdrawn
from connectors.errors import PayloadInvalid
from connectors.exchange import Request, Response
from connectors.toolkit.http import json_body
from connectors.toolkit.signatures import fingerprint


def withdrawn(request: Request, ctx: Context) -> Withdrawn:
    """Who withdrew, and whether access (`/deauthorise`) or all data (`/deletion`). Raises SignatureInvalid, and
    PayloadInvalid where nobody is named.
    """
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    said = signed_request(form.get("signed_request", ""), secrets_of(ctx))
    user_id = str(said.get("user_id") or "")
    if not user_id:
        raise PayloadInvalid("names no user_id", path="signed_request")
    kind: Literal["deauthorised", "erase"] = (
        "erase" if request.path.rstrip("/").endswith("deletion") else "deauthorised"
    )
    return Withdrawn(kind=kind, user_id=user_id, answer=_answer(kind, user_id, ctx))


def _answer(kind: Literal["deauthorised", "erase"], user_id: str, ctx: Context) -> Response:
    """The code is the same each time the same person asks, and does not tell who it is."""
    if kind == "deauthorised":
        return Response(status=200)
    salt = next(iter(secrets_of(ctx)), b"")
    code = fingerprint(b"deletion:" + salt + user_id.encode())
    body = json_body({"url": f"{ctx.public_url}/hooks/meta/deletion?code={code}", "confirmation_code": code})
    return Response(status=200, headers={"content-type": "application/json"}, body=body)
