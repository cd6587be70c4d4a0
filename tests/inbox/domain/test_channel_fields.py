"""What is refused of a channel's settings before anything is kept."""

from __future__ import annotations

import base64

import pytest

from connectors.contract import Field, FieldForm
from inbox.domain.channel_fields import complaint


def _said(form: FieldForm, value: str, *, secret: bool = False, **entered: str) -> tuple[str, str]:
    wrong = complaint(Field("one", "One", secret=secret, form=form, least=1, most=65_535), value, entered)
    return ("", "") if wrong is None else (wrong.code, wrong.message)


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/inbox", "http://127.0.0.1:9000", "http://[::1]:80/in?a=b", "https://κατάστημα.example/x",
    ],
)  # fmt: skip
def test_a_whole_address_is_taken(address: str) -> None:
    """Either scheme, any host: whether we may go there is the transport's to say."""
    assert _said("url", address) == ("", "")


@pytest.mark.parametrize(
    "address",
    [
        "shop", "shop.example/inbox", "ftp://shop.example", "https://", "https:///inbox", "http://shop.example:99999",
        "http://[::1", "https://shop.example/in box", " https://shop.example", "https://ann:secret@shop.example/in",
        "javascript:alert(1)", "https://shop.example:0/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_named_with_the_remedy(address: str) -> None:
    """It could be posted to by nobody: the value and what to write stand in the refusal."""
    code, said = _said("url", address)

    assert code == "url"
    assert said.startswith(repr(address))
    assert "such as https://shop.example/inbox" in said


@pytest.mark.parametrize(("value", "code"), [("1", ""), ("65535", ""), ("0", "number"), ("65536", "number")])
def test_a_number_lies_within_its_bounds(value: str, code: str) -> None:
    """The bounds belong to it."""
    assert _said("number", value)[0] == code


@pytest.mark.parametrize("value", ["-1", "1.5", "ten", "٣", "1" * 30])
def test_what_is_no_whole_number_is_refused(value: str) -> None:
    """Nothing is guessed or cut."""
    assert _said("number", value) == ("number", f"{value!r} is not taken: write a whole number from 1 to 65535")


@pytest.mark.parametrize(("value", "code"), [("help@shop.example", ""), ("help", "email"), ("a b@c.de", "email")])
def test_an_email_address_is_one(value: str, code: str) -> None:
    """A name, an at sign, a host with a dot."""
    assert _said("email", value)[0] == code


@pytest.mark.parametrize("signature", ["", "standard", "github", "bearer"])
def test_a_secret_is_long_enough_and_never_said(signature: str) -> None:
    """Short ones can be guessed; the refusal counts, it does not show."""
    code, said = _said("signing_secret", "hunter2", secret=True, signature=signature)

    assert code == "secret"
    assert "7 characters" in said
    assert "hunter2" not in said
    assert _said("signing_secret", "hunter2-and-more!", secret=True, signature=signature) == ("", "")


@pytest.mark.parametrize(("size", "code"), [(23, "whsec"), (24, ""), (64, ""), (65, "whsec")])
def test_a_standard_secret_has_the_bytes_of_the_standard(size: int, code: str) -> None:
    """Behind whsec_: 24 to 64 bytes in base64."""
    assert _said("signing_secret", f"whsec_{base64.b64encode(b'k' * size).decode()}", secret=True)[0] == code


def test_what_is_no_base64_behind_the_prefix_is_refused() -> None:
    """Every delivery would be refused with it."""
    assert _said("signing_secret", "whsec_not base64 at all, but long", secret=True)[0] == "whsec"


@pytest.mark.parametrize(
    ("value", "code"), [("shop:longpassword", ""), ("shop:short", "basic"), ("longpassword", "basic"), (":x", "basic")]
)
def test_basic_wants_a_user_and_a_password(value: str, code: str) -> None:
    """The other side sends both."""
    assert _said("signing_secret", value, secret=True, signature="basic")[0] == code


def test_a_pattern_is_explained_by_the_help() -> None:
    """The value stands in the refusal unless it is a secret."""
    shown = Field("colour", "Colour", pattern="#[0-9a-f]{6}", help="#rrggbb.")
    hidden = Field("key", "Key", secret=True, pattern="[0-9]+", help="Digits.")

    said = [complaint(shown, "red", {}), complaint(hidden, "abc", {}), complaint(shown, "#00ff00", {})]

    assert [one.message if one else "" for one in said] == [
        "'red' is not as asked: #rrggbb.", "(not shown) is not as asked: Digits.", ""
    ]  # fmt: skip
