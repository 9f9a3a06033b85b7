"""What becomes of good pictures."""

import hashlib
from itertools import pairwise

import pytest
from PIL import Image, ImageCms

from potluck.services.pictures import PictureProcessor, ProcessedPicture
from tests.services.pictures.made import (
    BLUE,
    FORMATS,
    GREEN,
    RED,
    YELLOW,
    colour_of,
    near,
    opened,
    photo,
    quarters,
    saved,
)

WHITE = (255, 255, 255)


def largest(picture: ProcessedPicture) -> Image.Image:
    """The WebP file of most pixels, decoded."""
    return opened([file for file in picture.files if file.format == "webp"][-1].content)


class TestFiles:
    async def test_a_large_picture_gives_three_widths_in_two_formats(
        self, processor: PictureProcessor
    ) -> None:
        sent = saved(photo(1280, 960), "JPEG", quality=92)

        picture = await processor.process(sent)

        assert (picture.width, picture.height) == (1280, 960)
        assert picture.digest == hashlib.sha256(sent).hexdigest()
        assert [(file.width, file.format) for file in picture.files] == [
            (480, "webp"), (480, "avif"), (800, "webp"), (800, "avif"), (1200, "webp"),
            (1200, "avif"),
        ]  # fmt: skip
        for file in picture.files:
            decoded = opened(file.content)
            assert decoded.format == file.format.upper()
            assert decoded.size == (file.width, file.width * 3 // 4)
        assert picture.widths == [480, 800, 1200]
        assert picture.formats == ["avif", "webp"]
        assert picture.byte_size == sum(len(file.content) for file in picture.files)

    @pytest.mark.parametrize(
        ("width", "height", "widths"),
        [
            (1000, 700, [480, 800, 1000]),
            (480, 480, [480]),
            (30, 20, [30]),
            (1, 1, [1]),
            (450, 3000, [144, 240, 360]),
            (6000, 3, [480, 800, 1200]),
        ],
        ids=["below 1200", "as narrow as a card", "tiny", "one pixel", "a tall strip", "a thread"],
    )
    async def test_nothing_is_enlarged_and_strips_are_made_narrower(
        self, processor: PictureProcessor, width: int, height: int, widths: list[int]
    ) -> None:
        picture = await processor.process(saved(photo(width, height), "PNG"))
        assert (picture.width, picture.height) == (width, height)
        assert picture.widths == widths
        for file in picture.files:
            assert opened(file.content).size == (
                file.width,
                max(1, round(file.width * height / width)),
            )

    async def test_avif_is_left_out_where_it_is_not_smaller(
        self, processor: PictureProcessor
    ) -> None:
        """The box of an AVIF file alone is larger than such a picture in WebP."""
        picture = await processor.process(saved(Image.new("RGB", (2, 2), RED), "PNG"))
        assert picture.formats == ["webp"]
        assert [file.format for file in picture.files] == ["webp"]

    @pytest.mark.parametrize("format", FORMATS)
    async def test_five_formats_are_read(self, processor: PictureProcessor, format: str) -> None:
        picture = await processor.process(saved(quarters(64, 48), format))
        assert near(largest(picture).getpixel((8, 8)), RED, by=40)
        assert near(largest(picture).getpixel((56, 40)), YELLOW, by=40)


class TestTurning:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
    async def test_l04_every_exif_orientation_gives_the_same_upright_picture(
        self, processor: PictureProcessor, format: str, orientation: int
    ) -> None:
        picture = await processor.process(held(quarters(96, 64), orientation, format))
        upright = largest(picture)
        assert (picture.width, picture.height) == upright.size == (96, 64)
        corners = [upright.getpixel(at) for at in ((16, 12), (80, 12), (16, 52), (80, 52))]
        for corner, wanted in zip(corners, (RED, GREEN, BLUE, YELLOW), strict=True):
            assert near(corner, wanted, by=40)

    async def test_a_tall_photo_that_was_stored_on_its_side_gets_the_widths_of_a_tall_one(
        self, processor: PictureProcessor
    ) -> None:
        picture = await processor.process(held(photo(900, 3000), 6, "JPEG"))
        assert (picture.width, picture.height) == (900, 3000)
        assert picture.widths == [288, 480, 720]

    @pytest.mark.parametrize("nonsense", [0, 9, 65535])
    async def test_an_orientation_that_does_not_exist_is_none(
        self, processor: PictureProcessor, nonsense: int
    ) -> None:
        exif = Image.Exif()
        exif[0x0112] = nonsense
        picture = await processor.process(saved(quarters(96, 64), "JPEG", exif=exif))
        assert near(largest(picture).getpixel((16, 12)), RED, by=40)

    async def test_damaged_exif_is_no_reason_to_refuse_a_picture(
        self, processor: PictureProcessor
    ) -> None:
        exif = b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + bytes(range(256))
        picture = await processor.process(saved(quarters(96, 64), "JPEG", exif=exif))
        assert near(largest(picture).getpixel((16, 12)), RED, by=40)


def held(upright: Image.Image, orientation: int, format: str) -> bytes:
    """What a camera stores that was held so that `orientation` makes its picture `upright`."""
    undone = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = upright.transpose(undone[orientation]) if orientation in undone else upright
    return saved(turned, format, exif=exif)


class TestColours:
    async def test_cmyk_becomes_what_it_looks_like(self, processor: PictureProcessor) -> None:
        sent = saved(Image.new("RGB", (64, 64), RED).convert("CMYK"), "JPEG", quality=95)
        assert near(colour_of((await processor.process(sent)).colour), RED)

    async def test_sixteen_bits_of_grey_keep_their_brightness(
        self, processor: PictureProcessor
    ) -> None:
        grey = Image.new("I;16", (64, 64), 0x8000)
        assert near(colour_of((await processor.process(saved(grey, "PNG"))).colour), (128,) * 3)

    @pytest.mark.parametrize("mode", ["1", "L"])
    async def test_grey_and_black_and_white_are_pictures_too(
        self, processor: PictureProcessor, mode: str
    ) -> None:
        picture = await processor.process(saved(Image.new(mode, (64, 64), 255), "PNG"))
        assert near(colour_of(picture.colour), WHITE)

    async def test_what_is_transparent_becomes_white(self, processor: PictureProcessor) -> None:
        half = quarters(64, 64).convert("RGBA")
        half.paste((0, 0, 0, 0), (0, 0, 32, 64))
        for format in ("PNG", "WEBP", "AVIF"):
            shown = largest(await processor.process(saved(half, format)))
            assert shown.mode == "RGB"
            assert near(shown.getpixel((8, 32)), WHITE, by=30)
            assert near(shown.getpixel((48, 12)), GREEN, by=40)

    async def test_half_transparent_grey_is_mixed_with_white(
        self, processor: PictureProcessor
    ) -> None:
        sent = saved(Image.new("LA", (64, 64), (0, 128)), "PNG")
        assert near(colour_of((await processor.process(sent)).colour), (127, 127, 127))

    async def test_a_palette_with_a_transparent_colour_is_white_there(
        self, processor: PictureProcessor
    ) -> None:
        palette = quarters(64, 64).quantize(4)
        red = palette.getpixel((8, 8))
        for format in ("PNG", "GIF"):
            shown = largest(await processor.process(saved(palette, format, transparency=red)))
            assert near(shown.getpixel((8, 8)), WHITE, by=40)
            assert near(shown.getpixel((48, 48)), YELLOW, by=40)

    @pytest.mark.parametrize("format", ["AVIF", "JPEG", "PNG", "WEBP"])
    async def test_a_colour_profile_is_applied_before_it_is_dropped(
        self, processor: PictureProcessor, format: str
    ) -> None:
        """In this profile red and blue have changed places."""
        sent = saved(Image.new("RGB", (64, 64), RED), format, icc_profile=profile_swapped())
        assert near(colour_of((await processor.process(sent)).colour), BLUE, by=30)

    @pytest.mark.parametrize("mode", ["L", "CMYK"])
    async def test_a_profile_for_another_kind_of_picture_counts_as_none(
        self, processor: PictureProcessor, mode: str
    ) -> None:
        white = Image.new("RGB", (64, 64), WHITE).convert(mode)
        picture = await processor.process(saved(white, "JPEG", icc_profile=profile_swapped()))
        assert near(colour_of(picture.colour), WHITE)

    async def test_a_damaged_profile_counts_as_none(self, processor: PictureProcessor) -> None:
        for profile in (b"\x00", profile_swapped()[:300], b"acsp" * 99):
            sent = saved(Image.new("RGB", (64, 64), RED), "JPEG", icc_profile=profile)
            assert near(colour_of((await processor.process(sent)).colour), RED)


def profile_swapped() -> bytes:
    """sRGB with the primaries of red and blue exchanged (tags of ICC.1:2022, 9.2)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"none").replace(b"bXYZ", b"rXYZ").replace(b"none", b"bXYZ")


class TestFrames:
    @pytest.mark.parametrize("format", ["AVIF", "GIF", "PNG", "WEBP"])
    async def test_the_first_frame_of_an_animation_is_taken(
        self, processor: PictureProcessor, format: str
    ) -> None:
        frames = [Image.new("RGB", (64, 64), colour) for colour in (GREEN, RED, BLUE)]
        sent = saved(frames[0], format, save_all=True, append_images=frames[1:], duration=50)
        assert near(colour_of((await processor.process(sent)).colour), GREEN)

    async def test_a_camera_s_file_of_several_pictures_gives_its_first(
        self, processor: PictureProcessor
    ) -> None:
        sent = saved(
            quarters(64, 64), "MPO", save_all=True, append_images=[Image.new("RGB", (32, 32), RED)]
        )
        picture = await processor.process(sent)
        assert (picture.width, picture.height) == (64, 64)
        assert near(largest(picture).getpixel((48, 48)), YELLOW, by=40)


class TestLooks:
    async def test_the_colour_is_the_average(self, processor: PictureProcessor) -> None:
        checks = Image.new("RGB", (64, 64), (0, 0, 0))
        checks.paste((200, 100, 50), (0, 0, 32, 64))
        picture = await processor.process(saved(checks, "PNG"))
        assert near(colour_of(picture.colour), (100, 50, 25), by=2)

    async def test_a_flat_picture_has_its_focus_in_the_middle(
        self, processor: PictureProcessor
    ) -> None:
        picture = await processor.process(saved(Image.new("RGB", (64, 64), RED), "PNG"))
        assert (picture.focus_x, picture.focus_y) == (50, 50)

    @pytest.mark.parametrize("orientation", [1, 6])
    async def test_the_focus_is_where_something_is_to_be_seen(
        self, processor: PictureProcessor, orientation: int
    ) -> None:
        plate = Image.new("RGB", (400, 200), (120, 110, 100))
        plate.paste((250, 250, 240), (300, 20, 360, 80))  # its middle is at 330, 50
        picture = await processor.process(held(plate, orientation, "JPEG"))
        assert abs(picture.focus_x - 82) <= 3
        assert abs(picture.focus_y - 25) <= 3


class TestWidths:
    async def test_files_grow_with_their_width(self, processor: PictureProcessor) -> None:
        picture = await processor.process(saved(photo(1300, 900), "PNG"))
        sizes = [len(file.content) for file in picture.files if file.format == "webp"]
        assert all(smaller < larger for smaller, larger in pairwise(sizes))
