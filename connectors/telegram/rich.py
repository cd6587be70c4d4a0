"""The words of a rich message: blocks that hold blocks, and texts that hold texts.

https://core.telegram.org/bots/api#richmessage (Bot API 10.3, read 2026-11-23). Blocks are read by the names of their
fields and not by their type, so that one that Telegram adds later still shows its words.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.telegram.payloads import Json

_MAX_NESTING = 32
_WORDS = ("text", "alternative_text", "expression", "button")
_BELOW = ("caption", "credit")
_FILES = ("photo", "video", "animation", "audio", "voice_note", "document", "location")


def rich_words(blocks: tuple[Json, ...]) -> str:
    """What a reader sees, a line for each block; a file inside it is named by its kind, as `[photo]`."""
    return "\n".join(line for block in blocks for line in _lines(block, 0) if line.strip())


def _lines(block: Json, depth: int) -> Iterator[str]:
    if depth > _MAX_NESTING:
        return
    if not isinstance(block, dict):
        yield _inline(block, depth)
        return
    yield from (f"[{name}]" for name in _FILES if name in block)
    yield _inline(block.get("summary"), depth)
    yield _inline(block, depth)
    for button in _list(block.get("buttons")):
        yield _inline(button, depth)
    for row in _list(block.get("cells")):
        yield " | ".join(_inline(cell, depth) for cell in _list(row))
    for item in _list(block.get("items")):
        said = [line for line in _lines(item, depth + 1) if line.strip()]
        mark = _inline(item.get("label"), depth) if isinstance(item, dict) else ""
        yield "\n".join([f"{mark} {said[0] if said else ''}".strip(), *said[1:]])
    for inner in _list(block.get("blocks")):
        yield from _lines(inner, depth + 1)
    for name in _BELOW:
        if name in block:
            yield from _lines(block[name], depth + 1)


def _inline(text: Json, depth: int) -> str:
    if isinstance(text, str):
        return text
    if depth > _MAX_NESTING:
        return ""
    if isinstance(text, list):
        return "".join(_inline(one, depth + 1) for one in text)
    if not isinstance(text, dict):
        return ""
    shown = next((_inline(text[name], depth + 1) for name in _WORDS if name in text), "")
    url = text.get("url")
    # As in other messages, the address behind linked words is nowhere else.
    return f"{shown} ({url})" if isinstance(url, str) and url != shown else shown


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
