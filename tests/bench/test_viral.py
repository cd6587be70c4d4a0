"""A post goes viral, in its short form: everything is there once, and every counter is right."""

from __future__ import annotations

from bench import viral


async def test_nothing_is_lost_doubled_or_miscounted() -> None:
    """Hundreds of comments of many people, shuffled and some delivered twice, land in their threads, each with the
    wait its author is owed and none for those who asked nothing.
    """
    assert await viral.run(viral.SHORT) == []
