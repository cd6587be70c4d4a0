"""Settings and cursors."""

import pytest

from connectors.email.payloads import Cursor, cursor
from connectors.errors import SendError, SendErrorKind
from tests.connectors.email.world import box


@pytest.mark.parametrize(
    ("auth", "smtp"),
    [("google", ("smtp.gmail.com", 465, "tls")), ("microsoft", ("smtp.office365.com", 587, "starttls"))],
)
def test_known_providers_need_no_hosts(auth: str, smtp: tuple[str, int, str]) -> None:
    """Google and Microsoft bring their own servers, and file what they send themselves."""
    found = box(auth=auth, imap_host="", smtp_host="")

    assert (found.smtp.host, found.smtp.port, found.smtp.security) == smtp
    assert found.stores_sent == "provider"
    assert found.imap.password == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "nobody"),
        ("address", ""),
        ("imap_host", ""),
        ("imap_port", "99x"),
        ("smtp_security", "maybe"),
        ("auth", "x"),
    ],
)
def test_wrong_settings_name_their_field(field: str, value: str) -> None:
    """A setting that cannot work is refused by its name."""
    with pytest.raises(SendError, match=field) as refused:
        box(**{field: value})

    assert refused.value.kind is SendErrorKind.REJECTED


@pytest.mark.parametrize(
    ("chosen", "host", "stores"),
    [
        ("auto", "smtp.shop.example", "append"),
        ("auto", "smtp.gmail.com", "provider"),
        ("append", "smtp.gmail.com", "append"),
        ("none", "smtp.shop.example", "none"),
        ("provider", "smtp.shop.example", "provider"),
    ],
)
def test_who_files_sent_mail_is_known(chosen: str, host: str, stores: str) -> None:
    """What the admin chose holds; by itself only known providers file."""
    assert box(sent_folder=chosen, smtp_host=host).stores_sent == stores


def test_addresses_of_the_mailbox_are_ours() -> None:
    """The address, its aliases and their plus forms are ours."""
    assert all(map(box().is_ours, ("Support@shop.example", "support+x@shop.example", "help@shop.example")))
    assert not any(map(box().is_ours, ("support@x.example", "anna@shop.example")))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"folders": 1}'])
def test_an_unreadable_cursor_starts_anew(text: str) -> None:
    """Starting anew doubles nothing, so a foreign cursor is no error."""
    assert cursor(text) == Cursor()
