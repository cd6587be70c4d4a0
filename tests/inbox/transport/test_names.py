"""File names of strangers."""

import time

import pytest

from inbox.transport.names import MAX_NAME_BYTES, safe_name


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\evil.exe", "evil.exe"),
        ("cod\u202etxt.exe", "codtxt.exe"),
        ("in\u200bvis\u2066ible\ufeff.pdf", "invisible.pdf"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ('x"; filename="y.html', "x_; filename=_y.html"),
        ("  ..  ", "file"),
        ("", "file"),
        ("...hidden", "hidden"),
        ("NUL.txt", "_NUL.txt"),
        ("φωτογραφία.jpg", "φωτογραφία.jpg"),
        ("ՀԱՅ 📷.png", "ՀԱՅ 📷.png"),
        ("trailing. ", "trailing"),
    ],
)
def test_names_are_made_safe(given: str, safe: str) -> None:
    """No path, no control or direction character, no device; every script stays."""
    assert safe_name(given) == safe


def test_long_names_keep_their_extension() -> None:
    """A name is shortened by bytes, between characters, before its extension."""
    name = safe_name("φ" * 500 + ".jpeg")

    assert len(name.encode()) <= MAX_NAME_BYTES
    assert name.endswith("φ.jpeg")


@pytest.mark.parametrize("given", ["x" * 500, "a." + "e" * 500])
def test_long_names_without_extension_are_cut(given: str) -> None:
    """What looks like no extension is not kept as one."""
    assert len(safe_name(given).encode()) == MAX_NAME_BYTES


def test_a_name_of_marks_takes_no_time() -> None:
    """To put a hundred thousand marks in order took minutes."""
    began = time.process_time()

    assert safe_name("x" + "\u0301\u0327" * 50_000 + ".pdf").endswith(".pdf")
    assert time.process_time() - began < 5
