"""The child process that draws images, run as `images.py` runs it."""

import io
import subprocess
import sys

from PIL import Image

from inbox.transport import reencode


def draw(data: bytes, max_side_px: int = 100) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", reencode.__file__, str(max_side_px)]
    return subprocess.run(command, input=data, capture_output=True, env={}, check=False)


def gif(frames: int, side: int) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("P", (side, side), index % 250) for index in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def test_it_needs_neither_environment_nor_the_service() -> None:
    """It draws in isolated mode with an empty environment."""
    out = io.BytesIO()
    Image.new("RGB", (10, 10)).save(out, "PNG")

    done = draw(out.getvalue())

    assert done.returncode == 0, done.stderr
    assert done.stdout[8:12] == b"WEBP"


def test_frames_count_together() -> None:
    """An animation of many large frames is refused by the sum of its pixels."""
    done = draw(gif(frames=40, side=2_000))

    assert (done.returncode, done.stdout) == (3, b"")


def test_rubbish_is_no_image() -> None:
    """Bytes that are no image end with status 2 and no output."""
    assert draw(b"rubbish").returncode == 2
