"""Puts the built web app and the migrations into the wheel, beside the code that reads them.

Hatchling calls this while it builds. A wheel without its web app would install and then show
nothing, so the build stops instead, and says what to run.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Path in the working tree -> path in the wheel.
CONTENTS = {"frontend/dist": "inbox/_frontend", "migrations": "inbox/_migrations"}


class WheelContents(BuildHookInterface[Any]):
    """Adds the folders of CONTENTS; an editable install reads them from the working tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add each folder; raises FileNotFoundError, with the remedy, where one is missing."""
        if version == "editable":
            return
        for source, target in CONTENTS.items():
            path = Path(self.root, source)
            if not path.is_dir():
                raise FileNotFoundError(f"{source} is missing: run `make frontend` first")
            build_data["force_include"][str(path)] = target
