"""Pictures for tests, made on the spot."""

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image

FORMATS = ("AVIF", "GIF", "JPEG", "PNG", "WEBP")
RED, GREEN, BLUE, YELLOW = (250, 10, 10), (10, 200, 10), (10, 10, 250), (240, 240, 10)


def photo(width: int, height: int) -> Image.Image:
    """Soft forms and coarse grain; the same at each call."""
    coarse = (width // 8 + 2, height // 8 + 2)
    dice = random.Random(8)  # noqa: S311  a picture, no secret
    grain = Image.frombytes("L", coarse, dice.randbytes(coarse[0] * coarse[1]))
    size = (width, height)
    return Image.merge(
        "RGB",
        (
            grain.resize(size, Image.Resampling.BICUBIC),
            Image.linear_gradient("L").resize(size),
            Image.radial_gradient("L").resize(size),
        ),
    )


def quarters(width: int, height: int) -> Image.Image:
    """Red and green above blue and yellow: no two ways of turning it look alike."""
    image = Image.new("RGB", (width, height), YELLOW)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    """The bytes of a picture in a format."""
    kept = io.BytesIO()
    image.save(kept, format, **options)
    return kept.getvalue()


def opened(data: bytes) -> Image.Image:
    """A picture from bytes, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file, with its length and checksum (W3C PNG 5.3)."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_with(*chunks: bytes, width: int = 8, height: int = 8, rows: bytes | None = None) -> bytes:
    """A grey PNG of any announced size with further chunks before its pixels."""
    pixels = bytes((width + 1) * height) if rows is None else rows
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [png_chunk(b"IHDR", header), *chunks, png_chunk(b"IDAT", zlib.compress(pixels))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + png_chunk(b"IEND", b"")


def near(colour: Any, wanted: tuple[int, int, int], by: int = 12) -> bool:
    """Whether a colour is what was wanted, but for what encoders lose."""
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))


def colour_of(hexadecimal: str) -> tuple[int, ...]:
    """#rrggbb as numbers."""
    return tuple(bytes.fromhex(hexadecimal.removeprefix("#")))
