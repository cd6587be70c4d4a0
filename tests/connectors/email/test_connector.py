"""Connecting a mailbox."""

from dataclasses import replace

import pytest

from connectors.email import CONNECTOR, setup
from connectors.errors import SendError
from connectors.errors import SendErrorKind as Kind
from connectors.exchange import FetchMail, MailFetched, MailRefused
from tests.connectors.email.world import ctx, run

EMPTY = MailFetched(uid_validity=1, mails=(), highest_uid=0)


def test_connecting_signs_in_and_makes_a_secret_once() -> None:
    """The sign-in is proved without reading a mail; a secret that is there stays."""
    fresh = replace(ctx(), credentials={"password": "x"})
    made, asked = run(setup(fresh), lambda _: EMPTY)
    again, _ = run(setup(ctx()), lambda _: EMPTY)

    assert isinstance(asked[0], FetchMail)
    assert (asked[0].folder, asked[0].limit) == ("INBOX", 0)
    assert (made.asset_id, len(made.credentials["token_secret"])) == ("support@shop.example", 52)
    assert again.credentials == {}


def test_a_wrong_password_is_told() -> None:
    """A refused sign-in asks for another."""
    with pytest.raises(SendError) as raised:
        run(setup(ctx()), lambda _: MailRefused(0, "[AUTHENTICATIONFAILED]", stage="login"))

    assert raised.value.kind is Kind.REAUTH


def test_every_setting_that_is_read_is_a_field() -> None:
    """The manifest names what the admin enters, secrets marked as such."""
    names = {field.name: field.secret for field in CONNECTOR.manifest.fields}

    assert set(ctx().settings) <= {name for name, secret in names.items() if not secret}
    assert set(ctx().credentials) <= {name for name, secret in names.items() if secret}


def test_it_has_what_a_mailbox_needs() -> None:
    """It polls, sends, looks up and signs in; nothing is posted to it."""
    assert None not in (CONNECTOR.poll, CONNECTOR.send, CONNECTOR.lookup_sent, CONNECTOR.oauth)
    assert CONNECTOR.parse is None
