"""connectors/whatsapp/templates.py: listing, showing and filling."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import PlanRefused
from connectors.exchange import HttpResponse
from connectors.toolkit.http import json_body
from connectors.whatsapp.simulator import CloudApi
from connectors.whatsapp.templates import Template, message_of, preview, templates
from tests.connectors.kit.driver import by_simulator, drive
from tests.connectors.whatsapp.signing import context


def listed(server: CloudApi | None = None) -> dict[str, Template]:
    """The simulator's templates as they are read, by id."""
    server = server or CloudApi(7)
    ctx = replace(context(), credentials=server.credentials)
    return {one.id: one for one in drive(templates(ctx), by_simulator(server, ctx)).result}


def test_templates_are_listed_with_all_that_can_be_filled_in() -> None:
    """Name, language, category, status, words, and a parameter for each placeholder, address and code."""
    found = listed()
    order = found["order_update/en_US"]
    assert (order.category, order.status) == ("utility", "APPROVED")
    assert order.body == "Hello {{1}}, your order {{2}} is on its way."
    assert [(one.key, one.example) for one in order.parameters] == [
        ("1", "Maria"),
        ("2", "A-1001"),
        ("button.0", "https://shop.example/orders/A-1001"),
    ]
    reminder = found["appointment_reminder/el"]
    assert [(one.key, one.example) for one in reminder.parameters] == [("first_name", "Ελένη"), ("time", "10:30")]
    assert reminder.buttons == ("Έρχομαι", "Ακύρωση")
    sale = found["autumn_sale/en_US"]
    assert (sale.status, sale.reason) == ("REJECTED", "PROMOTIONAL")
    assert [(one.key, one.kind) for one in sale.parameters] == [("header.image", "image"), ("button.0.code", "text")]


def test_all_pages_are_read() -> None:
    """A business with many templates sees them all; the address of the next page is not followed."""
    server = CloudApi(7)
    server.templates = [{**server.templates[0], "name": f"hello_{number}"} for number in range(250)]
    assert len(listed(server)) == 250


def test_a_list_that_never_ends_is_left() -> None:
    """A network that always names a next page does not hold us for ever."""
    page = {"data": [], "paging": {"cursors": {"after": "again"}, "next": "https://graph.facebook.com/again"}}
    ctx, asked = context(), []

    def answer(request: Any, number: int) -> HttpResponse:
        asked.append(number)
        return HttpResponse(status=200, body=json_body(page))

    exchange = templates(ctx)
    request = next(exchange)
    with pytest.raises(StopIteration):
        while True:
            request = exchange.send(answer(request, len(asked)))
    assert len(asked) == 60


def test_a_preview_is_what_the_customer_reads() -> None:
    """Values stand in their places; what is missing is seen to be missing."""
    order = listed()["order_update/en_US"]
    assert preview(order, {"1": "Maria", "2": "A-1"}) == "Hello Maria, your order A-1 is on its way.\n[Follow it]"
    assert "{{2}}" in preview(order, {"1": "Maria"})
    assert preview(listed()["hello_world/en_US"], {}).splitlines()[0] == "Hello World"


def test_values_go_where_their_keys_say() -> None:
    """Numbered values in their order, named ones by name, header and buttons apart."""
    values = {
        "10": "j",
        "2": "b",
        "1": "a",
        "header.1": "h",
        "button.0": "x",
        "button.1.code": "C",
        "button.2.payload": "p",
    }
    made = message_of("t/en", values, "en_US")
    parts = {part["type"]: part for part in made["components"]}
    assert [one["text"] for one in parts["body"]["parameters"]] == ["a", "b", "j"]
    assert parts["header"]["parameters"] == [{"type": "text", "text": "h"}]
    buttons = [part for part in made["components"] if part["type"] == "button"]
    assert [(one["sub_type"], one["index"], one["parameters"][0]["type"]) for one in buttons] == [
        ("url", "0", "text"),
        ("copy_code", "1", "coupon_code"),
        ("quick_reply", "2", "payload"),
    ]


@pytest.mark.parametrize("key", ["footer.1", "button.first", "button.0.colour"])
def test_a_value_without_a_place_is_refused(key: str) -> None:
    """A wrong key is named, not sent."""
    with pytest.raises(PlanRefused, match=key):
        message_of("t/en", {key: "x"}, "en_US")


def test_a_template_without_values_has_no_components() -> None:
    """WhatsApp refuses empty ones."""
    assert message_of("hello_world", {}, "el") == {
        "name": "hello_world",
        "language": {"policy": "deterministic", "code": "el"},
    }
