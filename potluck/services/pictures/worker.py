"""The program of a child that makes covers."""

import sys

from potluck.services.children.process_limits import ProcessLimits
from potluck.services.children.service import Answer, serve

#: Processor seconds for one picture.
PROCESSOR_S = 10
_LIBRARIES_BYTES = 160_000_000
_BYTES_A_PIXEL = 9


def limits(max_pixels: int) -> ProcessLimits:
    """What a child may take that reads pictures of up to `max_pixels`."""
    memory = _LIBRARIES_BYTES + _BYTES_A_PIXEL * max_pixels
    return ProcessLimits(memory_bytes=memory, processor_s=PROCESSOR_S)


def main() -> None:
    """Serves pictures; returns when the parent closes the pipe."""
    max_pixels = int(sys.argv[1])
    serve(lambda: _load(max_pixels), limits(max_pixels))


def _load(max_pixels: int) -> Answer:
    from potluck.services.pictures.answer import answering  # noqa: PLC0415  loads Pillow

    return answering(max_pixels)
