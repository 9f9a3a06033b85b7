"""Files that were made to hurt, to hide something, or broke on their way."""

import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from PIL import Image

from potluck.core.errors import Unavailable
from potluck.services.children.child import Child
from potluck.services.pictures import PictureProcessor, ProcessedPicture, UnusablePicture
from potluck.services.pictures.processor import LIMITS, PROGRAM
from tests.services.children.processes import forget_peak, limits_of, living, needs_proc, peak_kb
from tests.services.pictures.made import (
    FORMATS,
    opened,
    photo,
    png_chunk,
    png_with,
    quarters,
    saved,
)

ROOT = str(Path(__file__).parents[3])
CANARY = b"canary-4711"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert("canary-4711")</script></svg>'
#: A million pixels, so that a test can be at the limit without being slow.
SMALL_LIMIT = 1_000_000


async def refusal(processor: PictureProcessor, data: bytes) -> UnusablePicture:
    with pytest.raises(UnusablePicture) as caught:
        await processor.process(data)
    return caught.value


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP file that announces a canvas (RFC 9649 2.7)."""
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


NOT_PICTURES: dict[str, bytes] = {
    "nothing": b"",
    "one byte": b"\xff",
    "text": b"potatoes, 2 kg",
    "svg": SVG,
    "svg with a declaration": b'<?xml version="1.0"?>\n' + SVG,
    "html": b"<!doctype html><img src=x onerror=alert(1)>",
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "tiff": saved(quarters(8, 8), "TIFF"),
    "big-endian tiff": b"MM\x00*" + bytes(64),
    "bmp": saved(quarters(8, 8), "BMP"),
    "ico": saved(quarters(16, 16), "ICO"),
    "jpeg 2000": saved(quarters(32, 32), "JPEG2000"),
    "ppm": saved(quarters(8, 8), "PPM"),
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64),
    "heic in a plain container": b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic" + bytes(64),
    "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1" + bytes(64),
    "zip": b"PK\x03\x04" + bytes(64),
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(64),
    "pdf before a jpeg": b"%PDF-1.7\n" + saved(quarters(8, 8), "JPEG"),
    "blank before a png": b" " + saved(quarters(8, 8), "PNG"),
}


class TestType:
    @pytest.mark.parametrize("kind", sorted(NOT_PICTURES))
    async def test_l02_what_is_none_of_the_five_formats_is_refused(
        self, processor: PictureProcessor, kind: str
    ) -> None:
        refused = await refusal(processor, NOT_PICTURES[kind])
        assert refused.code == "not_a_picture"
        assert "JPEG, PNG, WebP, AVIF or GIF" in refused.detail

    @pytest.mark.parametrize("polyglot", range(5))
    async def test_l02_nothing_but_the_picture_comes_out_of_a_file_that_is_two_things(
        self, processor: PictureProcessor, polyglot: int
    ) -> None:
        jpeg, png = saved(quarters(64, 64), "JPEG"), saved(quarters(64, 64), "PNG")
        script = b"*/=1;alert('canary-4711')//"
        gif = saved(quarters(64, 64), "GIF", comment=script)
        html = b"--><script>alert('canary-4711')</script><!--"
        sent = (
            gif + script,
            saved(quarters(64, 64), "JPEG", comment=html),
            jpeg + SVG,
            png + b"PK\x03\x04" + CANARY,
            png[:33] + png_chunk(b"tEXt", b"Comment\x00<?php canary-4711 ?>") + png[33:],
        )[polyglot]
        assert CANARY in sent
        assert_clean(await processor.process(sent))


def assert_clean(picture: ProcessedPicture) -> None:
    """None of the files holds anything but the picture."""
    for file in picture.files:
        assert CANARY not in file.content
        decoded = opened(file.content)
        assert dict(decoded.getexif()) == {}
        assert {"exif", "icc_profile", "xmp", "comment"} & set(decoded.info) == set()


class TestMetadata:
    @pytest.mark.parametrize("format", ["AVIF", "JPEG", "PNG", "WEBP"])
    async def test_l04_gps_is_gone(self, processor: PictureProcessor, format: str) -> None:
        exif = Image.Exif()
        exif[0x010F] = CANARY.decode()
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 14.0), 29: CANARY.decode()})
        sent = saved(quarters(64, 64), format, exif=exif)
        assert sent.count(CANARY) == 2
        assert opened(sent).getexif().get_ifd(0x8825)[1] == "N"
        assert_clean(await processor.process(sent))

    @pytest.mark.parametrize("format", ["AVIF", "JPEG", "WEBP"])
    async def test_l04_xmp_and_the_profile_are_gone(
        self, processor: PictureProcessor, format: str
    ) -> None:
        sent = saved(quarters(64, 64), format, xmp=CANARY, icc_profile=CANARY * 20)
        assert sent.count(CANARY) == 21
        assert_clean(await processor.process(sent))

    @pytest.mark.parametrize("format", ["GIF", "JPEG"])
    async def test_l04_comments_are_gone(self, processor: PictureProcessor, format: str) -> None:
        sent = saved(quarters(64, 64), format, comment=CANARY)
        assert CANARY in sent
        assert_clean(await processor.process(sent))


class TestPixels:
    @needs_proc
    async def test_l03_a_9400_square_one_bit_png_is_refused_and_the_parent_stays_small(
        self, processor: PictureProcessor
    ) -> None:
        bomb = saved(Image.new("1", (9400, 9400)), "PNG")
        assert len(bomb) < 20_000
        before_kb = forget_peak()

        refused = await refusal(processor, bomb)

        assert peak_kb() - before_kb < 10_000
        assert refused.code == "too_many_pixels"
        assert refused.detail.startswith("The picture is too large; send one of at most 40 million")

    @pytest.mark.parametrize(
        ("width", "height", "format", "is_taken"),
        [
            (1000, 1000, "PNG", True),
            (1001, 1000, "PNG", False),
            (12_000, 83, "PNG", True),
            (12_001, 1, "PNG", False),
            (1, 12_001, "PNG", False),
            (1000, 600, "WEBP", True),
            (1001, 600, "WEBP", False),
        ],
    )
    async def test_l03_the_limits_are_exact(
        self, width: int, height: int, format: str, *, is_taken: bool
    ) -> None:
        sent = saved(Image.new("L", (width, height)), format)
        async with PictureProcessor(SMALL_LIMIT) as processor:
            if is_taken:
                assert (await processor.process(sent)).width == width
            else:
                assert (await refusal(processor, sent)).code == "too_many_pixels"

    @pytest.mark.parametrize(
        "make",
        [
            lambda: png_with(width=60_000, height=60_000, rows=b"\x00"),
            lambda: png_with(width=0x7FFFFFFF, height=0x7FFFFFFF, rows=b"\x00"),
            lambda: gif(canvas=65_535, frame=1),
            lambda: gif(canvas=1, frame=65_535),
            lambda: saved(Image.new("L", (16_383, 16_383)), "JPEG", quality=1),
            lambda: webp_header(16_383, 16_383),
        ],
        ids=["png", "largest png", "gif", "gif frame beyond its canvas", "jpeg", "webp"],
    )
    async def test_l03_what_a_header_announces_is_enough_to_refuse(
        self, processor: PictureProcessor, make: Callable[[], bytes]
    ) -> None:
        assert (await refusal(processor, make())).code == "too_many_pixels"

    @pytest.mark.parametrize(
        ("kind", "start"),
        [
            (b"iCCP", b"p\x00\x00"),
            (b"zTXt", b"Comment\x00\x00"),
            (b"iTXt", b"Comment\x00\x01\x00\x00\x00"),
        ],
    )
    async def test_l03_packed_metadata_that_swell_cost_their_own_picture_alone(
        self, processor: PictureProcessor, kind: bytes, start: bytes
    ) -> None:
        bomb = png_with(png_chunk(kind, start + zlib.compress(bytes(600_000_000), 1)))
        assert (await refusal(processor, bomb)).code == "unreadable_picture"
        assert (await processor.process(saved(quarters(8, 8), "PNG"))).width == 8

    async def test_l03_what_needs_more_memory_than_there_is_says_so(self) -> None:
        """A child that reads a million pixels has 111 MB, and libwebp keeps copies of the file."""
        heavy = saved(quarters(900, 600), "WEBP") + bytes(40_000_000)
        async with PictureProcessor(SMALL_LIMIT) as processor:
            refused = await refusal(processor, heavy)
        assert refused.code == "too_many_pixels"
        assert refused.detail.startswith("The picture takes too much memory to read")

    async def test_l03_a_long_animation_costs_its_first_frame(
        self, processor: PictureProcessor
    ) -> None:
        frames = [Image.new("P", (2, 2), each % 7) for each in range(3000)]
        sent = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=10)
        assert (await processor.process(sent)).width == 2


def gif(*, canvas: int, frame: int) -> bytes:
    """A GIF of one square frame, with the pixels of a single one (GIF89a 18 and 20)."""
    screen = b"GIF89a" + struct.pack("<HHBBB", canvas, canvas, 0x80, 0, 0) + bytes(6)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, frame, frame, 0) + b"\x02\x02\x44\x01\x00;"


class TestDamage:
    @pytest.mark.parametrize("format", FORMATS)
    async def test_l08_a_file_cut_at_any_kilobyte_is_refused(
        self, processor: PictureProcessor, format: str
    ) -> None:
        lossless = {"lossless": True} if format == "WEBP" else {}
        whole = saved(photo(200, 160), format, quality=95, **lossless)
        assert len(whole) > 4_000
        for end in range(0, len(whole) - 512, 1_000):
            refused = await refusal(processor, whole[:end])
            assert refused.code == ("unreadable_picture" if end else "not_a_picture")

    async def test_l08_a_progressive_jpeg_cut_in_any_scan_is_refused(
        self, processor: PictureProcessor
    ) -> None:
        whole = saved(photo(320, 240), "JPEG", quality=95, progressive=True)
        for end in range(1_000, len(whole) - 512, 1_000):
            assert (await refusal(processor, whole[:end])).code == "unreadable_picture"

    @pytest.mark.parametrize("format", FORMATS)
    async def test_l08_any_bytes_behind_a_good_beginning_are_refused_or_read(
        self, processor: PictureProcessor, format: str
    ) -> None:
        whole = saved(quarters(64, 64), format)
        for start in range(8, min(len(whole), 400), 23):
            spoilt = whole[:start] + bytes(255 - each for each in whole[start : start + 5])
            with suppress(UnusablePicture):
                await processor.process(spoilt + whole[start + 5 :])
        assert (await processor.process(whole)).width == 64

    async def test_a_refusal_says_what_to_do(self, processor: PictureProcessor) -> None:
        refused = await refusal(processor, saved(photo(64, 64), "PNG")[:900])
        assert refused.detail == (
            "The picture is damaged or cut short; open it, save it again, and send that."
        )
        assert str(refused) == refused.detail


class TestChild:
    @needs_proc
    async def test_l03_a_child_that_dies_refuses_its_picture_alone(self) -> None:
        limits = replace(LIMITS, tasks_per_child=9, at_once_s=0)
        async with PictureProcessor(limits=limits) as processor:
            await processor.process(saved(quarters(8, 8), "PNG"))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(refusal, processor, saved(photo(2000, 1500), "PNG"))
                await anyio.wait_all_tasks_blocked()
                os.kill(living(PROGRAM).pop(), signal.SIGKILL)
            assert (await processor.process(saved(quarters(8, 8), "PNG"))).width == 8

    async def test_l03_a_picture_that_takes_too_long_is_refused(self) -> None:
        async with PictureProcessor(limits=replace(LIMITS, wall_s=0.05)) as processor:
            refused = await refusal(processor, saved(photo(2000, 1500), "PNG"))
        assert refused.code == "unreadable_picture"
        assert "took too long" in refused.detail
        assert living(PROGRAM) == set()

    @needs_proc
    async def test_l03_it_may_take_540_mb_and_nothing_else(self) -> None:
        child = await Child.start(PROGRAM, "40000000")
        try:
            limits = limits_of(child.pid)
        finally:
            await child.stop()
        assert limits["Max address space"] == limits["Max data size"] == "540000000"
        assert limits["Max file size"] == limits["Max core file size"] == "0"

    @needs_proc
    async def test_no_child_is_kept_between_pictures(self) -> None:
        async with PictureProcessor() as processor:
            assert living(PROGRAM) == set()
            await processor.process(saved(quarters(8, 8), "PNG"))
            assert living(PROGRAM) == set()

    async def test_too_many_at_once_are_asked_to_come_again(self) -> None:
        results: list[str] = []

        async def process(processor: PictureProcessor) -> None:
            try:
                results.append(str((await processor.process(saved(quarters(8, 8), "PNG"))).width))
            except Unavailable as refused:
                results.append(str(refused.detail))

        limits = replace(LIMITS, waiting=1)
        async with PictureProcessor(limits=limits) as processor, anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(process, processor)
        assert sorted(results) == ["8", "8", "Too many pictures are being read; try again."]

    def test_the_parent_never_loads_what_decodes(self) -> None:
        program = (
            "import sys, potluck.main, potluck.services.pictures, potluck.clients.media_store\n"
            "print([name for name in ('PIL', 'obstore') if name in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"
