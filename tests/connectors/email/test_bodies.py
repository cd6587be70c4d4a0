"""The words and files of a mail."""

import pytest

from connectors.email.bodies import body_of, safe_name, unflow
from connectors.email.mime import parse


def test_soft_line_breaks_are_joined() -> None:
    """format=flowed joins within one quote depth, keeps the signature line, and drops the space with delsp."""
    assert unflow("one \ntwo\n> q \n> r\n>> deeper\n-- \nme", delsp=False) == "one two\n> q r\n>> deeper\n-- \nme"
    assert unflow("wo \nrd", delsp=True) == "word"
    assert unflow(" From here\n >x", delsp=False) == "From here\n>x"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("a\u202efdp.exe", "a fdp.exe"),
        ("a\r\nb.txt", "a b.txt"),
        ('x<y>:"z.txt', "x_y___z.txt"),
        ("  .hidden. ", "hidden"),
        ("a" * 300 + ".pdf", "a" * 137 + ".pdf"),
    ],
)
def test_file_names_are_safe(name: str, safe: str) -> None:
    """No path, control or direction mark survives in a name; its extension does."""
    assert safe_name(name) == safe


def test_images_named_by_the_html_are_inline_whatever_they_claim() -> None:
    """An image is inline when the HTML shows it, and an attachment when it does not."""
    image = b"--b\nContent-Type: image/png\nContent-ID: <%s>\nContent-Disposition: %s\n\nx\n"
    html = b'--b\nContent-Type: text/html\n\n<img src="cid:a@x">\n'
    head = b"Content-Type: multipart/related; boundary=b\n\n"
    body = body_of(parse(head + html + image % (b"a@x", b"attachment") + image % (b"b@x", b"inline") + b"--b--"))

    assert [one.content_id for one in body.attachments] == ["a@x", None]


def test_every_text_of_a_mixed_mail_is_read() -> None:
    """Texts between files belong to the body; a text with a file name is a file."""
    head = b"Content-Type: multipart/mixed; boundary=b\n\n"
    named = b'--b\nContent-Type: text/plain; name="log.txt"\n\nlog\n'
    body = body_of(parse(head + b"--b\n\none\n" + named + b"--b\n\ntwo\n--b--"))

    assert body.text == "one\n\ntwo"
    assert [one.name for one in body.attachments] == ["log.txt"]


def test_an_attached_mail_is_a_file() -> None:
    """A forwarded mail keeps its bytes and is not read into the body."""
    body = body_of(parse(b"Content-Type: message/rfc822\n\nSubject: Inner\n\nwords"))

    assert body.text == ""
    assert (body.attachments[0].name, body.attachments[0].data) == ("Inner.eml", b"Subject: Inner\n\nwords")


@pytest.mark.parametrize("kind", ["application/pkcs7-mime", "application/x-pkcs7-mime"])
def test_encrypted_mails_are_marked(kind: str) -> None:
    """What cannot be read is named."""
    assert body_of(parse(f"Content-Type: {kind}\n\nx".encode())).encrypted == "S/MIME"


def test_an_alternative_without_words_hides_none() -> None:
    """An empty part at the end of an alternative is not the sender's best form."""
    inner = "--c\r\n\r\nInner words\r\n--c\r\nX-Note: 1\r\n\r\n\r\n--c--"
    mail = (
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n\r\nOuter words\r\n'
        f'--b\r\nContent-Type: multipart/alternative; boundary="c"\r\n\r\n{inner}\r\n'
        "--b\r\nContent-Type: text/html\r\n\r\n<p>Best</p>\r\n--b\r\nContent-Type: text/html\r\n\r\n \r\n--b--"
    )
    body = body_of(parse(mail.encode()))

    assert (body.text, (body.html or "").strip()) == ("Inner words", "<p>Best</p>")
