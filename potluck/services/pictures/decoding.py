"""From bytes to one upright picture in sRGB, little larger than the largest file made of it."""

import io
import warnings
from dataclasses import dataclass

from PIL import AvifImagePlugin, ExifTags, Image, ImageCms

from potluck.services.pictures.picture import LONGEST_SIDE, UnusablePicture
from potluck.services.pictures.sizes import fitting
from potluck.services.pictures.sniffing import sniff

#: Before it is resampled finely, a picture is averaged down to at least this many times its target.
_GAP = 1.5
#: Pixels of a band in which a picture is averaged down, so that no second copy of it is needed.
_BAND_PIXELS = 1_000_000
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: The decoder of WebP takes 18 bytes a pixel, all others 12 at most; so it gets fewer pixels.
_WEBP_SHARE = 0.6
#: From here on the EXIF orientations exchange width and height.
_FIRST_ON_ITS_SIDE = 5
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True)
class Upright:
    """`image` is RGB without metadata; `width` and `height` are the picture's own, turned alike."""

    image: Image.Image
    width: int
    height: int


def prepare(max_pixels: int) -> None:
    """Sets Pillow's own limit, which it keeps in places that our look at the header cannot see."""
    # Pillow refuses at twice the value that it warns at.
    Image.MAX_IMAGE_PIXELS = max_pixels // 2
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    # A thread for each processor would take all the memory of a child on a large host.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def decode(data: bytes, max_pixels: int) -> Upright:
    """The first frame of a picture.

    Raises UnusablePicture, and whatever Pillow throws at what is damaged.
    """
    image = _open(data, max_pixels)
    width, height = image.size
    profile = image.info.get("icc_profile")
    turn = _orientation(image)
    is_on_its_side = turn >= _FIRST_ON_ITS_SIDE
    target = fitting(width, height, is_on_its_side=is_on_its_side)
    image.draft(None, (int(target[0] * _GAP), int(target[1] * _GAP)))
    image.load()
    small = _to_srgb(_averaged(image, target).resize(target, Image.Resampling.LANCZOS), profile)
    if turn in _TURNS:
        small = small.transpose(_TURNS[turn])
    small.info.clear()
    return Upright(small, *((height, width) if is_on_its_side else (width, height)))


def _open(data: bytes, max_pixels: int) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    format = sniff(data)
    if format is None:
        detail = "This is no picture that can be used; send a JPEG, PNG, WebP, AVIF or GIF file."
        raise UnusablePicture("not_a_picture", detail)
    most = int(max_pixels * _WEBP_SHARE) if format == "WEBP" else max_pixels
    try:
        image = Image.open(io.BytesIO(data), formats=[format])
    except Image.DecompressionBombError as bomb:
        raise _too_many(most) from bomb
    if image.width * image.height > most or max(image.size) > LONGEST_SIDE:
        raise _too_many(most)
    return image


def _too_many(most: int) -> UnusablePicture:
    detail = (
        f"The picture is too large; send one of at most {most / 1e6:g} million pixels "
        f"that is at most {LONGEST_SIDE} pixels wide and high."
    )
    return UnusablePicture("too_many_pixels", detail)


def _orientation(image: Image.Image) -> int:
    """How the camera was held (EXIF 3.0, tag 0x0112); upright when the metadata are nonsense."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001  a picture is not refused for metadata that are dropped
        return 1
    return value if value in _TURNS else 1


def _averaged(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    """The picture averaged down to about twice `target`, opaque, in L, RGB or CMYK.

    In bands: a whole copy of 40 million pixels in another mode would be 160 MB more.
    """
    factor = max(1, int(min(image.width / target[0], image.height / target[1]) / _GAP))
    rows = max(1, _BAND_PIXELS // image.width // factor) * factor
    small: Image.Image | None = None
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        band = _opaque(band).reduce(factor)
        if small is None:
            small = Image.new(band.mode, (band.width, -(-image.height // factor)))
        small.paste(band, (0, top // factor))
    if small is None:
        raise ValueError("A picture has rows.")
    return small


def _opaque(band: Image.Image) -> Image.Image:
    """A band in L, RGB or CMYK; what shines through is white, as it is on most pages."""
    if band.mode.startswith("I"):
        return band.point(lambda value: value * (1 / 256)).convert("L")
    if band.has_transparency_data:
        band = band.convert("RGBA")
        white = Image.new("RGBA", band.size, "white")
        return Image.alpha_composite(white, band).convert("RGB")
    if band.mode in {"L", "RGB", "CMYK"}:
        return band
    return band.convert("L" if band.mode == "1" else "RGB")


def _to_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The picture in sRGB; a profile that does not fit the picture counts as none."""
    if isinstance(profile, bytes) and profile:
        try:
            converted = ImageCms.profileToProfile(
                image, io.BytesIO(profile), _SRGB, outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")
