"""connectors/messenger/oauth.py: a Page is connected for its conversations."""

from connectors._meta.simulator import PAGE_ID
from connectors.messenger.manifest import FIELDS
from connectors.messenger.oauth import OAUTH, setup, teardown
from connectors.messenger.simulator import PageInbox
from tests.connectors.kit.driver import by_simulator, drive
from tests.connectors.messenger.signing import context


def test_connecting_and_removing() -> None:
    """Setting up subscribes to every field that is read, beside those of other channels; removing takes them back."""
    server = PageInbox(7)
    server.subscribed = {"feed"}
    made = drive(setup(context()), by_simulator(server, context())).result
    assert (made.asset_id, made.name) == (PAGE_ID, "Sandbox Page")
    assert server.subscribed == {"feed", *FIELDS}
    assert drive(teardown(context()), by_simulator(server, context())).error is None
    assert server.subscribed == {"feed"}


def test_a_token_without_the_permission() -> None:
    """A token that may not write messages is not connected, and the permission is named."""
    server = PageInbox(7)
    server.scopes = ("pages_manage_metadata",)
    run = drive(setup(context()), by_simulator(server, context()))
    assert run.error is not None
    assert "pages_messaging" in run.error.reason


def test_signing_in_asks_for_what_is_needed() -> None:
    """The dialog asks for the permissions of Messenger and comes back to its own address."""
    address = OAUTH.start(context(), "state", "challenge")
    assert "pages_messaging%2Cpages_manage_metadata%2Cpages_show_list" in address
    assert "oauth%2Fmessenger%2Fcallback" in address
