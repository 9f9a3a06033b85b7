"""What the parent believes of a child's reply: nothing that it can check."""

import json
from typing import Any

import pytest

from potluck.services.pictures import PictureFile, ProcessedPicture, UnusablePicture, frames

WEBP = b"RIFF\x00\x00\x00\x00WEBP"
PICTURE = ProcessedPicture(
    digest="d" * 64,
    width=20,
    height=10,
    colour="#0a0b0c",
    focus_x=0,
    focus_y=100,
    files=(
        PictureFile(20, "webp", WEBP),
        PictureFile(20, "avif", b"\x00\x00\x00\x20ftypavif\n"),
    ),
)


def reply(**changes: Any) -> bytes:
    """A good reply but for the members that are changed."""
    line, _, contents = frames.answer(PICTURE).partition(b"\n")
    return json.dumps(json.loads(line) | changes).encode() + b"\n" + contents


class TestReplies:
    def test_a_picture_comes_back_as_it_was(self) -> None:
        assert frames.read(reply(), digest="d" * 64) == PICTURE

    def test_a_refusal_comes_back_as_one(self) -> None:
        payload = frames.refusal(UnusablePicture("too_many_pixels", "Smaller, please."))
        with pytest.raises(UnusablePicture, match="Smaller, please") as refused:
            frames.read(payload, digest="d" * 64)
        assert refused.value.code == "too_many_pixels"

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"\n",
            b"[]\n",
            b"{}\n",
            b"\xff\n",
            reply(refused=["another code", "x"]),
            reply(refused="x"),
            reply(size=[0, 10]),
            reply(size=[20, 12_001]),
            reply(size=[20]),
            reply(size=["20", 10]),
            reply(size=[True, 10]),
            reply(colour="red"),
            reply(colour='#000000" onload="'),
            reply(focus=[-1, 0]),
            reply(focus=[0, 101]),
            reply(files=[]),
            reply(files=[[20, "webp", len(WEBP)]]),
            reply(files=[[20, "webp", len(WEBP)], [20, "avif", 99]]),
            reply(files=[[20, "html", len(WEBP)], [20, "avif", 13]]),
            reply(files=[[20, "avif", len(WEBP)], [20, "avif", 13]]),
            reply(files=[[1201, "webp", len(WEBP)], [20, "avif", 13]]),
            reply(files=[["../x", "webp", len(WEBP)], [20, "avif", 13]]),
            reply(files=[[20, "webp", 0], [20, "avif", 13]]),
            reply() + b"more",
        ],
        ids=range(25),
    )
    def test_nonsense_is_no_picture(self, payload: bytes) -> None:
        with pytest.raises((ValueError, TypeError, KeyError)):
            frames.read(payload, digest="d" * 64)
