"""One picture to one reply, whatever the libraries throw."""

from potluck.services.children.frames import Reply
from potluck.services.children.service import Answer
from potluck.services.pictures import decoding, encoding, frames, looks
from potluck.services.pictures.picture import ProcessedPicture, UnusablePicture, unreadable


def answering(max_pixels: int) -> Answer:
    """What answers requests for pictures of at most `max_pixels`."""
    decoding.prepare(max_pixels)

    def answer(request: bytes) -> Reply:
        try:
            return Reply(frames.answer(process(request, max_pixels)))
        except UnusablePicture as refusal:
            return Reply(frames.refusal(refusal))
        except MemoryError:
            detail = "The picture takes too much memory to read; save it smaller, and send that."
            return Reply(frames.refusal(UnusablePicture("too_many_pixels", detail)))
        except Exception:  # noqa: BLE001  libraries throw anything at hostile pictures
            return Reply(frames.refusal(unreadable()))

    return answer


def process(data: bytes, max_pixels: int) -> ProcessedPicture:
    """The files of a picture. Raises UnusablePicture, and whatever the libraries throw."""
    upright = decoding.decode(data, max_pixels)
    focus_x, focus_y = looks.focus(upright.image)
    return ProcessedPicture(
        digest="",
        width=upright.width,
        height=upright.height,
        colour=looks.colour(upright.image),
        focus_x=focus_x,
        focus_y=focus_y,
        files=encoding.files(upright.image),
    )
