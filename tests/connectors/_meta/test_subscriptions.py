"""connectors/_meta/subscriptions.py: channels of one asset share a subscription and leave each other's fields alone."""

from connectors._meta.simulator import APP_ID, PAGE_ID
from connectors._meta.subscriptions import subscribe, unsubscribe
from connectors.errors import SendErrorKind as Kind
from tests.connectors._meta.world import PageGraph, answered, asked, context, refused, shown
from tests.connectors.kit.driver import by_simulator, drive


def test_subscribing_keeps_what_others_need() -> None:
    """Fields are added to those there are."""
    server = PageGraph("feed")
    drive(subscribe(context(), PAGE_ID, ("messages",), app_id=APP_ID), by_simulator(server, context()))
    assert server.subscribed == {"feed", "messages"}


def test_unsubscribing_keeps_what_others_need() -> None:
    """Only the channel's own fields go; the subscription ends with its last field."""
    server = PageGraph("feed", "messages")
    drive(unsubscribe(context(), PAGE_ID, ("messages",), app_id=APP_ID), by_simulator(server, context()))
    assert server.subscribed == {"feed"}
    run = drive(unsubscribe(context(), PAGE_ID, ("feed",), app_id=APP_ID), by_simulator(server, context()))
    assert server.subscribed == set()
    assert shown(run.requests) == [f"GET {PAGE_ID}/subscribed_apps", f"DELETE {PAGE_ID}/subscribed_apps"]
    assert not any(request.effect for request in asked(run))


def test_other_apps_count_for_nothing() -> None:
    """Fields of another app are not ours; fields may be written as objects."""
    ours = {"id": int(APP_ID), "subscribed_fields": [{"name": "feed", "version": "v25.0"}]}
    other = {"id": "5", "subscribed_fields": ["leadgen"]}
    replies = [answered({"data": [other, ours]}), answered({"success": True})]
    run = drive(subscribe(context(), PAGE_ID, ("messages",), app_id=APP_ID), lambda request, number: replies[number])
    assert "subscribed_fields=feed%2Cmessages" in asked(run)[1].url
    unknown = drive(subscribe(context(), PAGE_ID, ("messages",), app_id=""), lambda request, number: replies[number])
    assert "subscribed_fields=messages&" in asked(unknown)[1].url


def test_a_refusal_is_told() -> None:
    """A permission that is missing ends it."""
    run = drive(subscribe(context(), PAGE_ID, ("messages",), app_id=APP_ID), lambda request, number: refused(200))
    assert run.error is not None
    assert run.error.kind == Kind.REAUTH
