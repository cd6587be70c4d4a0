"""Files: taken in, attached, given out by signed address alone."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2
import pytest

from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import Shop
from tests.inbox.api.test_conversations import first_id

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


async def load(service: Service, url: str, **headers: str) -> httpx2.Response:
    """An address loaded without any cookie."""
    transport = httpx2.ASGITransport(app=service.app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://inbox.test") as client:
        return await client.get(url, headers=headers)


async def test_an_upload_is_attached_and_shown_by_signed_address(service: Service) -> None:
    """Its type is told by its bytes; the address works without a cookie, and without a signature it does not."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("agent") as client:
        uploaded = (await client.post("/attachments", files={"file": ("photo.html", PNG, "text/html")})).json()
        path = f"/conversations/{await first_id(client)}/replies"
        message = (await client.post(path, json={"text": "", "attachments": [uploaded["id"]]})).json()["message"]
    [attachment] = message["attachments"]
    shown = await load(service, attachment["url"])
    unsigned = await load(service, urlsplit(attachment["url"]).path)

    assert (uploaded["mime"], uploaded["kind"], uploaded["size_bytes"]) == ("image/png", "image", len(PNG))
    assert (attachment["id"], attachment["state"]) == (uploaded["id"], "ready")
    assert (shown.status_code, shown.content) == (200, PNG)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert unsigned.status_code == 404


async def test_what_a_browser_could_run_is_only_downloaded(service: Service) -> None:
    """HTML and SVG are never shown on our address."""
    await Shop(service).open()
    for name, data in (
        ("x.html", b"<html><script>1</script></html>"),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ):
        async with await service.client("agent") as client:
            uploaded = (await client.post("/attachments", files={"file": (name, data, "image/png")})).json()
        shown = await load(service, uploaded["url"])

        assert shown.headers["content-type"] == "application/octet-stream"
        assert shown.headers["content-disposition"].startswith("attachment")


async def test_a_range_is_given_for_players(service: Service) -> None:
    """206 with the bytes asked for; nonsense gets the whole file."""
    await Shop(service).open()
    async with await service.client("agent") as client:
        uploaded = (await client.post("/attachments", files={"file": ("a.bin", b"0123456789", "")})).json()
    part = await load(service, uploaded["url"], range="bytes=2-5")
    rest = await load(service, uploaded["url"], range="bytes=8-")
    whole = await load(service, uploaded["url"], range="bytes=99-1")

    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"2345", "bytes 2-5/10")
    assert (rest.content, whole.status_code, whole.content) == (b"89", 200, b"0123456789")


async def test_a_form_without_a_file_is_refused(service: Service) -> None:
    """422 says what to send."""
    async with await service.client("agent") as client:
        answer = await client.post("/attachments", data={"file": "words"})

    assert (answer.status_code, answer.json()["code"]) == (422, "file")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"no part at all"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
        ),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_in_words(service: Service, kind: str, body: bytes) -> None:
    """No boundary, no parts, a part without a name, two files: each is the sender's to mend, and no fault of ours."""
    client = await service.client("agent")

    refused = await client.post("/attachments", content=body, headers={"Content-Type": kind})

    assert (refused.status_code, code_of(refused)) == (422, "file")
    assert refused.json()["detail"].endswith("Send a form with one file in the part `file`")
