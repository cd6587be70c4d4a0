"""connectors/google_business_profile/hosts.py: addresses of Google's services."""

from dataclasses import replace

from connectors.google_business_profile.hosts import INFORMATION, REVIEWS, TOKENS, address
from tests.connectors.google_business_profile.signing import context


def test_services_have_hosts_of_their_own() -> None:
    """Reviews, locations and tokens are at different hosts of Google."""
    ctx = context()
    assert address(ctx, REVIEWS, "/a") == "https://mybusiness.googleapis.com/v4/a"
    assert address(ctx, INFORMATION, "/a") == "https://mybusinessbusinessinformation.googleapis.com/v1/a"
    assert address(ctx, TOKENS) == "https://oauth2.googleapis.com/token"


def test_one_base_url_stands_in_for_all() -> None:
    """A channel with an address of its own asks nobody else."""
    ctx = replace(context(), base_url="http://127.0.0.1:9/google")
    assert address(ctx, REVIEWS, "/a") == "http://127.0.0.1:9/google/v4/a"
    assert address(ctx, TOKENS) == "http://127.0.0.1:9/google/token"
