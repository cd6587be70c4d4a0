"""connectors/whatsapp/stock.py: the simulated business's templates."""

from connectors.whatsapp.stock import TEMPLATES, shown_template


def sent(name: str, language: str, *parameters: dict[str, str]) -> dict[str, object]:
    """A `template` with these values in its body."""
    return {"name": name, "language": {"code": language}, "components": [{"type": "body", "parameters": parameters}]}


def test_numbered_and_named_values_fill_their_places() -> None:
    """As WhatsApp fills them."""
    order = shown_template(TEMPLATES, sent("order_update", "en_US", {"text": "Maria"}, {"text": "A-1"}))
    assert order.text == "Hello Maria, your order A-1 is on its way."
    named = ({"parameter_name": "time", "text": "9"}, {"parameter_name": "first_name", "text": "Ελένη"})
    reminder = shown_template(TEMPLATES, sent("appointment_reminder", "el", *named))
    assert reminder.text == "Γεια σας Ελένη, σας περιμένουμε στις 9."
    assert reminder.buttons == ("Έρχομαι", "Ακύρωση")


def test_what_does_not_fit_has_whatsapps_code() -> None:
    """Another language, one that is not approved, and too few values."""
    assert shown_template(TEMPLATES, sent("order_update", "el")).code == 132001
    assert shown_template(TEMPLATES, sent("autumn_sale", "en_US")).code == 132001
    assert shown_template(TEMPLATES, sent("order_update", "en_US", {"text": "Maria"})).code == 132000
