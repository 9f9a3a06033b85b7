"""What a cover costs and weighs: pictures that are made here, or those of a folder.

    .venv/bin/python benchmarks/pictures.py [FOLDER]

For each picture: bytes sent, processor seconds of everything that the child does to it, bytes of
its files in WebP and in AVIF, what AVIF saves, and whether it is kept. Decoding runs in this very
process, so hand in pictures that you know.
"""

import io
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from potluck.services.pictures import decoding, encoding
from potluck.services.pictures.answer import process
from potluck.services.pictures.sizes import sizes

MAX_PIXELS = 40_000_000
LINE = "{:<24} {:>10} {:>6} {:>10} {:>10} {:>7}  {}"


def gradient(size: tuple[int, int]) -> Image.Image:
    """Nothing but soft transitions."""
    channels = (Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L"))
    return Image.merge("RGB", tuple(each.resize(size) for each in channels))


def noise(size: tuple[int, int], grain: int = 1) -> Image.Image:
    """Random points, each `grain` pixels wide; the same at each call."""
    small = (size[0] // grain, size[1] // grain)
    dice = random.Random(8)  # noqa: S311  a picture, no secret
    points = Image.frombytes("RGB", small, dice.randbytes(small[0] * small[1] * 3))
    return points.resize(size, Image.Resampling.BICUBIC)


def like_a_photo(size: tuple[int, int]) -> Image.Image:
    """Soft light, coarse forms, fine grain."""
    forms = Image.blend(gradient(size), noise(size, grain=24), 0.5)
    return Image.blend(forms, noise(size, grain=2), 0.06)


def drawing(size: tuple[int, int]) -> Image.Image:
    """Flat areas with hard edges, as a scanned card has."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for line in range(0, size[1], 48):
        for word in range(0, size[0] - 90, 130):
            pen.rectangle(
                (word + 20, line + 10, word + 20 + 37 * (1 + word % 3), line + 26), "black"
            )
    pen.ellipse((size[0] // 3, size[1] // 3, size[0] // 2, size[1] // 2), "firebrick")
    return image


def made() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of twelve-million-pixel pictures."""
    size = (4000, 3000)
    for name, image in (
        ("gradient", gradient(size)),
        ("noise", noise(size)),
        ("like a photo", like_a_photo(size)),
        ("drawing", drawing(size)),
    ):
        for format, options in (("JPEG", {"quality": 90}), ("PNG", {"compress_level": 1})):
            kept = io.BytesIO()
            image.save(kept, format, **options)
            yield f"{name}, {format}", kept.getvalue()


def found(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the files of a folder."""
    for path in sorted(folder.iterdir()):
        yield path.name, path.read_bytes()


def row(name: str, data: bytes) -> str:
    """A line of the table."""
    start = time.process_time()
    picture = process(data, MAX_PIXELS)
    spent = time.process_time() - start
    image = decoding.decode(data, MAX_PIXELS).image
    scaled = [image.resize(size, Image.Resampling.LANCZOS) for size in sizes(*image.size)]
    webp = encoding.byte_size(encoding.encoded(scaled, "webp"))
    avif = encoding.byte_size(encoding.encoded(scaled, "avif"))
    saved = f"{1 - avif / webp:.0%}"
    kept = " ".join(picture.formats)
    return LINE.format(name[:24], len(data), f"{spent:.2f}", webp, avif, saved, kept)


def main() -> None:
    """Prints the table."""
    decoding.prepare(MAX_PIXELS)
    pictures = found(Path(sys.argv[1])) if sys.argv[1:] else made()
    print(LINE.format("picture", "sent", "cpu s", "webp", "avif", "saved", "kept"))
    for name, data in pictures:
        print(row(name, data))


if __name__ == "__main__":
    main()
