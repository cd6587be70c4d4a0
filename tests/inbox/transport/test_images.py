"""Images drawn anew."""

import io

import pytest
from PIL import Image

from connectors.outbound import Blob
from inbox.transport.images import ImageRefused, Images
from inbox.transport.media import DiskMedia, chunks_of


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


async def kept(media: DiskMedia, data: bytes, name: str = "photo.jpg") -> Blob:
    return await media.write(chunks_of(data), max_bytes=50_000_000, name=name)


async def opened(media: DiskMedia, blob: Blob) -> Image.Image:
    return Image.open(io.BytesIO(b"".join([chunk async for chunk in media.read(blob.sha256)])))


async def test_metadata_is_gone_and_the_picture_stands_upright(media: DiskMedia) -> None:
    """EXIF, with its place and orientation, is applied where it turns the picture and then left out."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET-CAMERA"
    data = encoded(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif, comment=b"SECRET-COMMENT") + b"SECRET-TAIL"
    blob = await kept(media, data, "my photo.jpeg")

    drawn = await Images(media).reencode(blob)

    assert (drawn.mime, drawn.name, drawn.kind) == ("image/webp", "my photo.webp", "image")
    picture = await opened(media, drawn)
    assert picture.size == (20, 40)
    assert not picture.getexif()
    assert b"SECRET" not in b"".join([chunk async for chunk in media.read(drawn.sha256)])


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("LA", "PNG"), ("I;16", "PNG"), ("1", "PNG"), ("RGBA", "WEBP"),
     ("P", "GIF")],
)  # fmt: skip
async def test_every_colour_mode_is_drawn(media: DiskMedia, mode: str, kind: str) -> None:
    """Pictures of all the modes that phones and scanners make are drawn, made smaller where asked."""
    blob = await kept(media, encoded(Image.new(mode, (300, 150)), kind))

    drawn = await Images(media).reencode(blob, max_side_px=100)

    assert (await opened(media, drawn)).size == (100, 50)


async def test_animations_stay_animated(media: DiskMedia) -> None:
    """A GIF becomes a moving WebP with the same frames and times."""
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "green", "blue")]
    blob = await kept(media, encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=250), "a.gif")

    picture = await opened(media, await Images(media).reencode(blob))

    assert picture.n_frames == 3
    picture.load()
    assert picture.info["duration"] == 250


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg"),
        (b"%PDF-1.7", "pdf"),
        (encoded(Image.new("RGB", (9, 9)), "TIFF"), "tiff"),
        (encoded(Image.new("RGB", (99, 99), "red"), "PNG")[:60], "can be read"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "can be read"),
    ],
)
async def test_what_is_no_sound_image_is_refused(media: DiskMedia, data: bytes, why: str) -> None:
    """SVG, other formats and damaged files are refused with the reason."""
    with pytest.raises(ImageRefused, match=why):
        await Images(media).reencode(await kept(media, data))


async def test_a_decompression_bomb_is_refused(media: DiskMedia) -> None:
    """A small file that would unpack to 400 million pixels is refused before it is unpacked."""
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 100_000

    with pytest.raises(ImageRefused, match="more pixels"):
        await Images(media).reencode(await kept(media, bomb))
