"""A program for children that does what it is told, well or badly."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from potluck.services.children.frames import Reply
from potluck.services.children.process_limits import ProcessLimits
from potluck.services.children.service import serve

PROGRAM = "tests.services.children.program"
LIMITS = ProcessLimits(memory_bytes=300_000_000, processor_s=1, open_files=32)
#: The lowest descriptor that is free once the standard files have been seen to.
PIPE_TO_PARENT = 3


def main() -> None:
    serve(lambda: answer, LIMITS)


def answer(request: bytes) -> Reply:
    """A request is an order, a blank and what the order is about."""
    order, _, rest = request.partition(b" ")
    answered = ORDERS[order](rest)
    return Reply(rest if answered is None else answered, is_worn=order == b"wear")


def spin(_: bytes) -> None:
    while True:
        pass


def throw(_: bytes) -> None:
    raise ValueError("thrown")


def chatter(_: bytes) -> None:
    sys.stdout.write("this goes nowhere")
    sys.stdout.flush()


def write_past_python(_: bytes) -> None:
    os.write(1, b"nor does this")


def lie_about_the_length(_: bytes) -> None:
    os.write(PIPE_TO_PARENT, b"\xff\xff\xff\xff")


def swell(size: bytes) -> bytes:
    try:
        bytes(int(size))
    except MemoryError:
        return b"refused"
    return b"had"


def open_files(_: bytes) -> bytes:
    """Descriptors that can be used; that of the listing itself cannot, any more."""
    found = sorted(int(each.name) for each in Path("/dev/fd").iterdir())
    return b" ".join(b"%d" % each for each in found if is_open(each))


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


ORDERS: dict[bytes, Callable[[bytes], bytes | None]] = {
    b"echo": lambda rest: rest,
    b"wear": lambda rest: rest,
    b"pid": lambda _: b"%d" % os.getpid(),
    b"wait": lambda _: time.sleep(60),
    b"die": lambda _: os._exit(1),
    b"spin": spin,
    b"throw": throw,
    b"chatter": chatter,
    b"write": write_past_python,
    b"long": lambda size: bytes(int(size)),
    b"lie": lie_about_the_length,
    b"swell": swell,
    b"open": open_files,
}
