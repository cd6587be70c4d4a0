"""Draw an image anew: the child process of `images.py`. Reads the image from stdin, writes the new one to stdout.

Run by path, in isolated mode and an empty environment, so it imports nothing of the service. What a crafted image can
break is this process, which has no files, little memory and little time. Exit status: 0 done, 2 not an image that is
drawn, 3 too many pixels or frames.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 50_000_000
MAX_ALL_PIXELS = 150_000_000
"""Over all frames of an animation."""
MEMORY_BYTES = 1_073_741_824
CPU_SECONDS = 15
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def main(max_side_px: int) -> int:
    """Re-encode stdin to stdout as WebP, no side longer than `max_side_px`; without metadata, turned as EXIF says."""
    _limit()
    # After the limits: the library itself is what is being confined.
    from PIL import Image as pil
    from PIL import ImageOps, UnidentifiedImageError

    pil.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        image = pil.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
        frames = getattr(image, "n_frames", 1)
        pixels = image.width * image.height
        if pixels > MAX_PIXELS or pixels * frames > MAX_ALL_PIXELS:
            return 3
        drawn, durations = [], []
        for index in range(frames):
            image.seek(index)
            drawn.append(_frame(image if frames == 1 else image.copy(), max_side_px, ImageOps.exif_transpose))
            durations.append(max(20, int(image.info.get("duration", 100))))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        return 2
    except (pil.DecompressionBombError, MemoryError):
        return 3
    out = io.BytesIO()
    if frames > 1:
        drawn[0].save(out, "WEBP", save_all=True, append_images=drawn[1:], duration=durations, loop=0, quality=80)
    else:
        drawn[0].save(out, "WEBP", quality=85, method=4)
    sys.stdout.buffer.write(out.getvalue())
    return 0


def _frame(image: Image, max_side_px: int, upright: Callable[[Image], Image]) -> Image:
    """One frame, small enough, upright, in RGB or RGBA, with nothing but its pixels."""
    if image.mode.startswith("I"):
        # 16-bit grey: a plain conversion would clip it to white.
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("1", "P", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((max_side_px, max_side_px))
    image = upright(image)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.info.clear()
    return image


def _limit() -> None:
    for what, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
