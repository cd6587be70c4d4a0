"""The measures of the web app run in a real browser, in their short form."""

from __future__ import annotations

from pathlib import Path

from bench import ui


async def test_every_measure_gives_a_figure(chromium: Path) -> None:
    """Each figure has its bar beside it, and the browser complains of nothing meanwhile."""
    findings = await ui.run(ui.SHORT)
    assert len(findings) == 11
    assert all(one.value > 0 for one in findings)
