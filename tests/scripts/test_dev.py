"""The development run notices each change of a Python file, and nothing else."""

import os
from pathlib import Path

from scripts.dev import changed, state_of


def test_change_addition_and_removal_are_seen(tmp_path: Path) -> None:
    """A file that is edited, added or removed counts as changed; one left alone does not."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    kept, edited, removed = (folder / f"{name}.py" for name in ("kept", "edited", "removed"))
    for path in (kept, edited, removed):
        path.touch()
    before = state_of(tmp_path)

    os.utime(edited, ns=(1, 1))
    removed.unlink()
    added = folder / "added.py"
    added.touch()

    assert changed(before, state_of(tmp_path)) == [added, edited, removed]


def test_files_of_other_kinds_are_not_watched(tmp_path: Path) -> None:
    """Data that the service writes does not restart it."""
    (tmp_path / "inbox").mkdir()
    before = state_of(tmp_path)

    (tmp_path / "inbox/cache.json").touch()
    (tmp_path / "var").mkdir()
    (tmp_path / "var/late.py").touch()

    assert changed(before, state_of(tmp_path)) == []
