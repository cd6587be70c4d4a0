"""The web app's types are the server's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_generated_types_are_current() -> None:
    """types.generated.ts is exactly what the frames and shapes give today."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.frontend_types", "--check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr


def test_every_frame_has_its_type() -> None:
    """Both unions of the protocol are in the file, so a new frame cannot be forgotten in the client."""
    from inbox.live import frames

    text = (ROOT / "frontend" / "src" / "protocol" / "types.generated.ts").read_text(encoding="utf-8")

    for member in (*frames.ServerFrame.__args__, *frames.AnyClientFrame.__args__):
        assert f"export interface {member.__name__} {{" in text
        assert f"  | {member.__name__}" in text
