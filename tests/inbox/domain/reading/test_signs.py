"""Signs of how somebody feels."""

from __future__ import annotations

from inbox.domain.reading.signs import FACE, HINTS, PICTURE, WEIGHTS


def test_every_sign_is_found() -> None:
    """Emoji as pictures; faces by their hint and alone."""
    emoji = [sign for sign in WEIGHTS if len(sign) == 1]
    faces = [sign for sign in WEIGHTS if len(sign) > 1]
    assert all(PICTURE.findall(f"a {sign} b") == [sign] for sign in emoji)
    assert all(FACE.findall(f"a {sign} b") == [sign] for sign in faces)
    assert all(any(hint in sign for hint in HINTS) for sign in faces)
