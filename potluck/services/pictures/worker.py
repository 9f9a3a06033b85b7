"""The program of a child that makes covers."""

import sys

from potluck.services.children.process_limits import ProcessLimits
from potluck.services.children.service import Answer, serve

#: Processor seconds for one picture.
PROCESSOR_S = 10
#: Pillow, the picture as it was sent, and what the encoders need; then what 40 million pixels took
#: at most where it was measured (an AVIF with transparency), so that these have 540 MB.
_BASE_BYTES = 100_000_000
_BYTES_A_PIXEL = 11


def limits(max_pixels: int) -> ProcessLimits:
    """What a child may take that reads pictures of up to `max_pixels`."""
    memory_bytes = _BASE_BYTES + _BYTES_A_PIXEL * max_pixels
    return ProcessLimits(memory_bytes, PROCESSOR_S)


def main() -> None:
    """Serves pictures; returns when the parent closes the pipe."""
    max_pixels = int(sys.argv[1])
    serve(lambda: _load(max_pixels), limits(max_pixels))


def _load(max_pixels: int) -> Answer:
    from potluck.services.pictures.answer import answering  # noqa: PLC0415  loads Pillow

    return answering(max_pixels)
