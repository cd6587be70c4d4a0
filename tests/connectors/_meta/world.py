"""The channel and the answers that the tests of the Graph API family use."""

from typing import Any

import msgspec

from connectors._meta.simulator import APP_ID, APP_SECRET, PAGE_ID, TOKEN, VERIFY_TOKEN, GraphSimulator
from connectors.contract import Context, CustomerAction
from connectors.exchange import AnyRequest, HttpRequest, HttpResponse, Request
from tests.connectors.kit.driver import Run

NOW = 1_795_300_000_000_000
SECOND = 1_000_000


class PageGraph(GraphSimulator):
    """A Graph API with a Page, on which nobody does anything."""

    def __init__(self, *fields: str) -> None:
        super().__init__(7, asset_id=PAGE_ID, name="Shop", token_field="page_access_token")
        self.subscribed = set(fields)

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Nobody is there."""
        return []

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """Nothing is said."""
        return []


def context(**changes: Any) -> Context:
    """A channel that is the Page of the sandbox, by the sandbox's app."""
    given: dict[str, Any] = {
        "now": NOW,
        "nonce": lambda: "0123456789abcdefghijklmnop",
        "channel_id": "1",
        "base_url": "https://graph.facebook.com",
        "public_url": "https://inbox.example",
        "webhook_url": "https://inbox.example/hooks/meta",
        "settings": {"app_id": APP_ID},
        "credentials": {"page_access_token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN},
        "secrets": (APP_SECRET.encode(),),
        "asset_id": PAGE_ID,
    }
    return Context(**given | changes)


def posted(body: object, **headers: str) -> Request:
    """A delivery with that body: JSON of a value, or bytes as they are."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Request(method="POST", path="/hooks/meta", headers=headers, body=raw)


def answered(value: object, status: int = 200, **headers: str) -> HttpResponse:
    """An answer of Graph's."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status=status, headers=named, body=msgspec.json.encode(value))


def refused(code: int, subcode: int = 0, status: int = 400, **more: Any) -> HttpResponse:
    """A refusal in Graph's shape."""
    error = {"message": "refused", "type": "OAuthException", "code": code, "error_subcode": subcode or None, **more}
    return answered({"error": error}, status)


def asked(run: Run) -> list[HttpRequest]:
    """The requests of a run."""
    return [request for request in run.requests if isinstance(request, HttpRequest)]


def shown(requests: list[AnyRequest]) -> list[str]:
    """Method and path of each request, without version and query."""
    http = (one for one in requests if isinstance(one, HttpRequest))
    return [f"{one.method} {one.url.partition('/v25.0/')[2].partition('?')[0]}" for one in http]
