"""The files of an upright picture."""

import io

from PIL import Image

from potluck.services.pictures.picture import Format, PictureFile
from potluck.services.pictures.sizes import sizes

_WEBP = {"quality": 80, "method": 4}
_AVIF = {"quality": 60, "speed": 6, "max_threads": 1}
#: AVIF takes several times longer to make; below a tenth saved it is not worth a second file.
_AVIF_PAYS = 0.9


def files(image: Image.Image) -> tuple[PictureFile, ...]:
    """WebP at every width, and AVIF at every width or none."""
    scaled = [image.resize(size, Image.Resampling.LANCZOS) for size in sizes(*image.size)]
    webp = [_file(each, "webp", _WEBP) for each in scaled]
    avif = [_file(each, "avif", _AVIF) for each in scaled]
    if _bytes(avif) > _bytes(webp) * _AVIF_PAYS:
        return tuple(webp)
    return tuple(each for pair in zip(webp, avif, strict=True) for each in pair)


def _file(image: Image.Image, format: Format, options: dict[str, int]) -> PictureFile:
    kept = io.BytesIO()
    image.save(kept, format.upper(), **options)
    return PictureFile(image.width, format, kept.getvalue())


def _bytes(files: list[PictureFile]) -> int:
    return sum(len(file.content) for file in files)
