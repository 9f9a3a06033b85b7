"""The files of an upright picture."""

import io

from PIL import Image

from potluck.services.pictures.picture import Format, PictureFile
from potluck.services.pictures.sizes import sizes

#: Likeness to the picture (SSIM of the brightness, real food photos) is 0.976 and 0.973; figures
#: for other values are in docs/decisions/0011-pictures.md.
_OPTIONS: dict[Format, dict[str, int]] = {
    "webp": {"quality": 80, "method": 4},
    "avif": {"quality": 63, "speed": 8, "max_threads": 1},
}
#: Browsers know WebP everywhere; a second file that saves less than a tenth is not worth its place.
_AVIF_PAYS = 0.9


def files(image: Image.Image) -> tuple[PictureFile, ...]:
    """WebP at every width, and AVIF at every width or none."""
    scaled = [image.resize(size, Image.Resampling.LANCZOS) for size in sizes(*image.size)]
    webp, avif = encoded(scaled, "webp"), encoded(scaled, "avif")
    if byte_size(avif) > byte_size(webp) * _AVIF_PAYS:
        return tuple(webp)
    return tuple(each for pair in zip(webp, avif, strict=True) for each in pair)


def encoded(images: list[Image.Image], format: Format) -> list[PictureFile]:
    """A file of each picture."""
    made = []
    for image in images:
        kept = io.BytesIO()
        image.save(kept, format.upper(), **_OPTIONS[format])
        made.append(PictureFile(image.width, format, kept.getvalue()))
    return made


def byte_size(files: list[PictureFile]) -> int:
    """Bytes of all of them."""
    return sum(len(file.content) for file in files)
