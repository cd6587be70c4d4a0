"""connectors/telegram/rich.py: the words of a message made of blocks."""

from connectors.telegram.payloads import Json
from connectors.telegram.rich import rich_words


def test_texts_within_texts_are_one_line() -> None:
    """Formatting falls away, an emoji becomes its character, and a linked word keeps its address."""
    text: Json = [
        "My ",
        {"type": "bold", "text": ["new ", {"type": "url", "text": "order", "url": "https://shop.example/7"}]},
        {"type": "custom_emoji", "custom_emoji_id": "55", "alternative_text": "🙂"},
        {"type": "url", "text": "https://a.example", "url": "https://a.example"},
    ]
    assert rich_words(({"type": "paragraph", "text": text},)) == (
        "My new order (https://shop.example/7)🙂https://a.example"
    )


def test_blocks_within_blocks_are_lines() -> None:
    """Lists, tables, quotes, folded parts and captions all show their words; a file is named by its kind."""
    blocks: tuple[Json, ...] = (
        {"type": "heading", "size": 1, "text": "Return"},
        {"type": "divider"},
        {"type": "list", "items": [{"label": "1.", "blocks": [{"type": "paragraph", "text": "shoes"}]}]},
        {"type": "table", "cells": [[{"text": "Size"}, {"text": "42"}]], "caption": "Mine"},
        {"type": "details", "summary": "Why", "blocks": [{"type": "blockquote", "blocks": [], "credit": "Anna"}]},
        {"type": "photo", "photo": [{"file_id": "a"}], "caption": {"text": "the box", "credit": "me"}},
        {"type": "buttons", "buttons": [{"text": "Yes"}]},
        {"type": "something_new", "text": "and this"},
    )
    assert rich_words(blocks).split("\n") == [
        "Return", "1. shoes", "Size | 42", "Mine", "Why", "Anna", "[photo]", "the box", "me", "Yes", "and this",
    ]  # fmt: skip


def test_what_has_another_shape_does_no_harm() -> None:
    """Numbers, nulls and texts nested thousands deep give no words and no error."""
    deep: Json = "x"
    for _ in range(3_000):
        deep = {"type": "bold", "text": deep}
    assert rich_words((1, None, {"type": "paragraph", "text": deep}, {"items": [7]}, {"cells": [None]})) == ""
