"""What is asked of the simulated Google as anybody asks it who signs in or looks: tokens, the location, its reviews."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors.exchange import Request
from inbox.sandbox.networks import Networks

Json = dict[str, Any]
NETWORK = "google_business_profile"
_LOOKER = {"authorization": "Bearer ya29.somebody-who-looks"}


def connected(networks: Networks) -> dict[str, str]:
    """What a channel of the first location is connected with, after signing in."""
    form = b"grant_type=authorization_code&code=of-the-sandbox&code_verifier=of-the-sandbox"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    asked = Request(method="POST", path="/token", headers=headers, body=form)
    tokens: Json = msgspec.json.decode(networks.ask(NETWORK, asked).body)
    return {
        "client_id": "sandbox.apps.googleusercontent.com",
        "client_secret": "of-the-sandbox",
        "refresh_token": tokens["refresh_token"],
        "access_token": tokens["access_token"],
        "location_id": _location(networks).rpartition("/")[2],
        "poll_minutes": "2",
    }


def reviews(networks: Networks, most: int) -> Json:
    """The newest reviews of the first location as Google lists them."""
    return _get(networks, f"/v4/{_location(networks)}/reviews", f"pageSize={most}")


def _location(networks: Networks) -> str:
    """Its resource name, with the account's."""
    account = _get(networks, "/v1/accounts")["accounts"][0]["name"]
    return f"{account}/{_get(networks, f'/v1/{account}/locations', 'readMask=name')['locations'][0]['name']}"


def _get(networks: Networks, path: str, query: str = "") -> Json:
    asked = Request(method="GET", path=path, query=query, headers=_LOOKER, body=b"")
    found: Json = msgspec.json.decode(networks.ask(NETWORK, asked).body)
    return found
