"""The service's own mail as a mail server gets it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from inbox.errors import Unavailable
from inbox.mailer import Attached, OwnMail
from inbox.settings import Settings
from inbox.transport.courier import Clients
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from tests.inbox.transport.peers import serve
from tests.inbox.transport.test_smtp import Box, smtp_server


@pytest.fixture
async def clients(tmp_path: Path) -> AsyncIterator[Clients]:
    """Clients whose admin listed loopback."""
    guard, media = Guard(["127.0.0.0/8"]), DiskMedia(tmp_path / "media", floor_bytes=0)
    made = Clients(guard, media, HttpClient(guard, media))
    yield made
    await made.aclose()


def own_mail(folder: Path, clients: Clients, port: int) -> OwnMail:
    """Of a server on this machine."""
    url = f"smtp+plain://127.0.0.1:{port}"
    return OwnMail(Settings(data_dir=folder, mail_url=url, mail_from="Inbox <inbox@shop.example>"), clients)


async def test_text_layout_and_files_go_in_one_mail(tmp_path: Path, clients: Clients) -> None:
    """Every program finds what it can show; two mails of one key have one Message-ID."""
    box = Box()
    async with smtp_server(box) as port:
        mail = own_mail(tmp_path, clients, port)
        file = Attached("report.csv", "text/csv; charset=utf-8", "Ώρα;1\r\n".encode())
        for _ in range(2):
            await mail.send("a@shop.example", "Ώρες", "plain", html="<p>rich</p>", files=[file], key="report-1")
    contents = [one.content for one in box.mails]
    got = [
        message_from_bytes(one, _class=EmailMessage, policy=policy.default)
        for one in contents
        if isinstance(one, bytes)
    ]
    assert [one["Message-ID"] for one in got] == ["<report-1@shop.example>"] * 2
    assert got[0]["Subject"] == "Ώρες"
    assert [part.get_content_type() for part in got[0].walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv",
    ]  # fmt: skip
    [attached] = got[0].iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("report.csv", file.body)


async def test_a_line_end_in_a_subject_is_a_blank(tmp_path: Path, clients: Clients) -> None:
    """A name that somebody gave something begins no header, and keeps no mail back."""
    box = Box()
    async with smtp_server(box) as port:
        await own_mail(tmp_path, clients, port).send(
            "a@shop.example", "Weekly\r\nBcc: b@shop.example\u2028: May", "plain"
        )

    [content] = [one.content for one in box.mails]
    assert isinstance(content, bytes)
    got = message_from_bytes(content, policy=policy.default)
    assert (got["Subject"], got["Bcc"]) == ("Weekly Bcc: b@shop.example : May", None)


@pytest.mark.parametrize("name", ["Müller & Söhne", '"Shop, Αθήνα"'])
async def test_a_name_before_the_address_asks_nothing_of_the_server(
    tmp_path: Path, clients: Clients, name: str
) -> None:
    """INBOX_MAIL_FROM may bear a name in any language: the envelope has the address alone, without SMTPUTF8."""
    box = Box()
    async with smtp_server(box) as port:
        url = f"smtp+plain://127.0.0.1:{port}"
        settings = Settings(data_dir=tmp_path, mail_url=url, mail_from=f"{name} <inbox@shop.example>")
        await OwnMail(settings, clients).send("a@shop.example", "Hello", "words")

    assert [one.mail_from for one in box.mails] == ["inbox@shop.example"]
    assert "SMTPUTF8" not in box.mail_options


@pytest.mark.parametrize(
    ("said", "code"), [("550 no such user", "address_refused"), ("451 try again later", "mail_refused")]
)
async def test_an_address_refused_for_good_is_told_from_a_server_that_is_busy(
    tmp_path: Path, clients: Clients, said: str, code: str
) -> None:
    """A 5xx to the recipient is for good, a 4xx is not."""
    async with smtp_server(Box({"a@shop.example": said})) as port:
        with pytest.raises(Unavailable) as refused:
            await own_mail(tmp_path, clients, port).send("a@shop.example", "Hello", "words")
    assert refused.value.code == code


async def test_a_server_that_says_nothing_is_given_up(
    tmp_path: Path, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody waits for the answer, with a message that names the setting."""
    monkeypatch.setattr("inbox.mailer.SECONDS", 0.2)
    async with serve(lambda reader, writer: reader.read()) as silent:
        with pytest.raises(Unavailable, match=r"did not take a mail to .*: no answer in time"):
            await own_mail(tmp_path, clients, silent.port).send("a@shop.example", "Hours", "plain")
