"""Runs the service and the web app for someone who changes them: each reloads by itself.

The service, `inbox demo` with the words given here, is stopped in order and started again when a
Python file changes; Vite serves the web app and passes on to the service what is not its own. Ends
with Ctrl-C, or when the web app's server ends.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
WATCHED = ("inbox", "connectors", "migrations")
LOOK_SECONDS = 0.5
STOP_SECONDS = 15

#: Path of each watched file -> when it was last changed, in nanoseconds.
State = dict[Path, int]


def state_of(root: Path) -> State:
    """Return the Python files now there; one that vanishes meanwhile is left out."""
    found: State = {}
    for folder in WATCHED:
        for path in (root / folder).rglob("*.py"):
            try:
                found[path] = path.stat().st_mtime_ns
            except FileNotFoundError:
                continue
    return found


def changed(before: State, after: State) -> list[Path]:
    """Return the files that are new, gone or different, sorted."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process as Ctrl-C would, by force after STOP_SECONDS."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the service; it says by itself where it listens and how to sign in."""
    return subprocess.Popen([Path(sys.executable).with_name("inbox"), "demo", *words], cwd=ROOT)


def main() -> int:
    """Run both until one is told to end."""
    words = sys.argv[1:]
    web_app = None
    if (ROOT / "frontend/package.json").exists():
        web_app = subprocess.Popen([ROOT / "scripts/node.sh", "npm", "run", "dev"], cwd=ROOT / "frontend")
    service, before = serve(words), state_of(ROOT)
    try:
        while web_app is None or web_app.poll() is None:
            time.sleep(LOOK_SECONDS)
            after = state_of(ROOT)
            if files := changed(before, after):
                print(f"Changed: {', '.join(str(path.relative_to(ROOT)) for path in files)}")
                stop(service)
                service, before = serve(words), after
    except KeyboardInterrupt:
        pass
    finally:
        for process in filter(None, (service, web_app)):
            stop(process)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
